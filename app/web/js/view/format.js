/** Figures as people read them. */

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat("en");

/** @param {number} value */
export function compact(value) {
  return value < 10000 ? WHOLE.format(value) : COMPACT.format(value);
}

/** @param {number} value */
export function whole(value) {
  return WHOLE.format(value);
}

/** Frames per second. @param {number} value */
export function rate(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/** @param {number | null} value */
export function milliseconds(value) {
  if (value === null) return "–";
  if (value >= 9950) return `${(value / 1000).toFixed(1)} s`;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ms`;
}

/** @param {number} value */
export function seconds(value) {
  if (value < 60) return `${value.toFixed(1)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} m ${Math.floor(value % 60)} s`;
  return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} m`;
}

/** `CUDAExecutionProvider` is `CUDA` to people. @param {string | null | undefined} provider */
export function providerName(provider) {
  return (provider ?? "").replace(/ExecutionProvider$/, "") || "no provider";
}

/** @param {number} count @param {string} one @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** A class without a label is called by its number. @param {import("../types.js").TrackRow} track */
export function className(track) {
  return track.class === String(track.class_id) ? `class ${track.class_id}` : track.class;
}

/** How fast a track is on the ground, where the stream knows its ground. @param {import("../types.js").TrackRow} track */
export function speedOf({ speed_mps }) {
  return speed_mps === undefined ? null : `${speed_mps.toFixed(1)} m/s`;
}

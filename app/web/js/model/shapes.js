/**
 * What can be drawn on a picture, read from a stream's settings and written as a change of them.
 *
 * Zones and lines are counted, the region is what is looked at, the ground says where metres are. Points are fractions
 * of the picture's sides, so that they hold at any size.
 *
 * @typedef {"zone" | "line" | "region" | "ground"} Kind
 * @typedef {[number, number]} Point
 * @typedef {object} Shape
 * @property {Kind} kind
 * @property {string} name
 * @property {Point[]} points            corners in turn; of a line its start and its end
 * @property {string} [anchor]
 * @property {(string | number)[] | null} [classes]
 * @property {number} [margin]
 * @property {number} [hold_s]
 * @property {number | null} [dwell_s]
 * @property {Point[]} [metres]          of the ground: where its points are
 */

/** A name that the server takes. */
export const NAME = /^[A-Za-z0-9._-]{1,64}$/;
export const MOST_CORNERS = 64;
export const MOST_SHAPES = 32; // zones, and as many lines

/** How few corners each kind may have. */
export const LEAST = /** @type {Record<Kind, number>} */ ({ zone: 3, line: 2, region: 3, ground: 4 });

/** @param {Pick<Shape, "kind" | "name">} shape */
export function keyOf({ kind, name }) {
  return `${kind}/${name}`;
}

/**
 * Every shape of a stream's settings by its key. Those in pixels need the picture's size and are left out without it.
 * @param {Record<string, any>} settings
 * @param {{width: number | null, height: number | null}} size
 * @returns {Map<string, Shape>}
 */
export function shapesOf(settings, size) {
  const { zones = {}, lines = {}, ground = null } = settings.counting ?? {};
  const { region = null, region_unit, region_anchor } = settings.detection ?? {};
  /** @type {Map<string, Shape>} */
  const found = new Map();
  const add = (
    /** @type {Kind} */ kind,
    /** @type {string} */ name,
    /** @type {Point[]} */ points,
    unit = "",
    more = {},
  ) => {
    const scaled = inFractions(points, unit, size);
    if (scaled) found.set(`${kind}/${name}`, { kind, name, points: scaled, ...more });
  };
  for (const [name, { points, unit, ...more }] of Object.entries(zones)) add("zone", name, points, unit, more);
  for (const [name, { start, end, unit, ...more }] of Object.entries(lines))
    add("line", name, [start, end], unit, more);
  if (region) add("region", "region", region, region_unit, { anchor: region_anchor });
  if (ground) add("ground", "ground", ground.image, ground.unit, { metres: ground.metres });
  return found;
}

/**
 * The change of settings, as a merge patch, that makes these shapes what they are to be; null removes one.
 * @param {[string, Shape | null][]} changes  by key
 */
export function patchOf(changes) {
  /** @type {Record<string, any>} */
  const counting = {};
  /** @type {Record<string, any>} */
  const patch = {};
  for (const [key, shape] of changes) {
    const [kind, name] = splitKey(key);
    if (kind === "zone") (counting.zones ??= {})[name] = shape && zoneBody(shape);
    else if (kind === "line") (counting.lines ??= {})[name] = shape && lineBody(shape);
    else if (kind === "ground")
      counting.ground = shape && { image: shape.points, metres: shape.metres, unit: "fractions" };
    else patch.detection = regionBody(shape);
  }
  if (Object.keys(counting).length) patch.counting = counting;
  return patch;
}

/** Where in the settings a shape stands, as the pointers of refusals have it. @param {string} key */
export function pointerOf(key) {
  const [kind, name] = splitKey(key);
  if (kind === "zone" || kind === "line") return `/counting/${kind}s/${name}`;
  return kind === "ground" ? "/counting/ground" : "/detection/region";
}

/** The first name of the kind that is free, for example `zone-2`. @param {Kind} kind @param {Iterable<Shape>} taken */
export function freeName(kind, taken) {
  if (kind === "region" || kind === "ground") return kind;
  const names = new Set([...taken].map(({ name }) => name));
  for (let at = 1; ; at += 1) if (!names.has(`${kind}-${at}`)) return `${kind}-${at}`;
}

/** A point inside the picture, to a ten-thousandth of its sides. @param {Point} point @returns {Point} */
export function inside([x, y]) {
  const clamp = (/** @type {number} */ value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;
  return [clamp(x), clamp(y)];
}

/** @param {Shape | null | undefined} one @param {Shape | null | undefined} other */
export function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** @param {string} key @returns {[Kind, string]} */
export function splitKey(key) {
  const at = key.indexOf("/");
  return [/** @type {Kind} */ (key.slice(0, at)), key.slice(at + 1)];
}

/** @param {Shape} shape */
function zoneBody({ points, anchor, classes = null, margin, hold_s, dwell_s = null }) {
  return { points, unit: "fractions", anchor, classes, margin, hold_s, dwell_s };
}

/** @param {Shape} shape */
function lineBody({ points: [start, end], anchor, classes = null, margin }) {
  return { start, end, unit: "fractions", anchor, classes, margin };
}

/** @param {Shape | null} shape */
function regionBody(shape) {
  if (!shape) return { region: null, region_unit: null, region_anchor: null };
  return { region: shape.points, region_unit: "fractions", region_anchor: shape.anchor ?? "centre" };
}

/** @param {Point[]} points @param {string} unit @param {{width: number | null, height: number | null}} size */
function inFractions(points, unit, { width, height }) {
  if (unit !== "pixels") return points;
  if (!width || !height) return null;
  return points.map(([x, y]) => /** @type {Point} */ ([x / width, y / height]));
}

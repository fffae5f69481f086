/** Where the time of one stream's frames went over the last minute. */

export const SPAN_MS = 60000;
const MOST = 4096; // answers; more than a minute of 60 a second

/** What a frame goes through, in this order. `motion` only where the camera's motion is measured. */
export const STAGES = /** @type {const} */ (["decode", "queue", "detect", "motion", "track"]);

/** @typedef {{at: number, timing: import("../types.js").Timing, wayMs: number | null}} Row */

export class Timings {
  constructor() {
    /** @type {Row[]} */
    this.rows = [];
  }

  /** @param {import("../types.js").TracksMessage} message @param {number} now  milliseconds of performance.now() */
  add({ timing_ms, sent_at }, now) {
    const wayMs = sent_at === undefined ? null : wallMs(now) - sent_at * 1000;
    this.rows.push({ at: now, timing: timing_ms, wayMs });
    if (this.rows.length >= 2 * MOST) this.rows.splice(0, MOST); // rarely, and many at once
  }

  /** The answers of the last minute, oldest first. @param {number} now */
  recent(now) {
    const first = this.rows.findIndex((row) => row.at > now - SPAN_MS);
    return first < 0 ? [] : this.rows.slice(Math.max(first, this.rows.length - MOST));
  }

  /**
   * Median and 99th percentile of each stage and of the whole, in milliseconds.
   * @param {number} now
   * @returns {Record<string, {p50: number, p99: number}> | null}
   */
  percentiles(now) {
    const rows = this.recent(now);
    if (rows.length === 0) return null;
    return Object.fromEntries(
      [...STAGES, /** @type {const} */ ("total")].flatMap((stage) => {
        const values = rows.flatMap(({ timing }) => timing[stage] ?? []).sort((a, b) => a - b);
        return values.length ? [[stage, { p50: rank(values, 0.5), p99: rank(values, 0.99) }]] : [];
      }),
    );
  }

  /**
   * Mean milliseconds of each stage in equal stretches of the last minute, oldest first; null where no frame came.
   * @param {number} now @param {number} count
   */
  stretches(now, count) {
    const sums = Array.from({ length: count }, () => ({ frames: 0, ms: STAGES.map(() => 0) }));
    for (const { at, timing } of this.recent(now)) {
      const sum = sums[Math.min(count - 1, Math.floor(((at - now + SPAN_MS) / SPAN_MS) * count))];
      sum.frames += 1;
      STAGES.forEach((stage, row) => (sum.ms[row] += timing[stage] ?? 0));
    }
    return sums.map(({ frames, ms }) => (frames ? ms.map((value) => value / frames) : null));
  }

  /**
   * How long ago the server got a frame that is on the screen now. Clocks of two machines differ by what is not known:
   * the fastest answer of the last minute is taken to have been on the way for no time.
   * @param {import("../types.js").TracksMessage} message @param {number} now
   * @returns {number | null}  milliseconds
   */
  ageMs({ received_at }, now) {
    const ways = this.recent(now).flatMap(({ wayMs }) => wayMs ?? []);
    if (received_at === undefined || ways.length === 0) return null;
    const apart = ways.reduce((least, way) => Math.min(least, way), Infinity);
    return Math.max(0, wallMs(now) - received_at * 1000 - apart);
  }
}

/** Nearest rank. @param {number[]} sorted @param {number} share */
function rank(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

/** @param {number} now  milliseconds of performance.now() */
function wallMs(now) {
  return performance.timeOrigin + now;
}

/**
 * What zones and lines came to over the last minutes, second by second, as this page heard of it.
 *
 * @typedef {import("../types.js").Counts} Counts
 */

const SECONDS = 180;

/** Values of the last seconds, the newest in the place of its second. */
class Ring {
  constructor() {
    this.values = new Float32Array(SECONDS);
  }

  /** @param {number} second @param {number} value */
  set(second, value) {
    this.values[second % SECONDS] = value;
  }

  /** @param {number} second */
  at(second) {
    return this.values[second % SECONDS];
  }
}

export class CountHistory {
  constructor() {
    /** @type {Counts | null} */
    this.newest = null;
    this.second = -1;
    this.first = -1;
    /** Tracks in each zone. @type {Map<string, Ring>} */
    this.occupancy = new Map();
    /** Crossings of each line. @type {Map<string, {forward: Ring, backward: Ring}>} */
    this.crossings = new Map();
  }

  /** @param {Counts} counts @param {number} now  milliseconds of performance.now() */
  add(counts, now) {
    this.#advance(Math.floor(now / 1000));
    for (const [name, { occupancy }] of Object.entries(counts.zones)) this.#zone(name).set(this.second, occupancy);
    for (const [name, line] of Object.entries(counts.lines)) {
      const before = this.newest?.lines[name];
      // Counts that fell were reset, or the line was moved: what was before is of no line that is there.
      if (before && (line.forward < before.forward || line.backward < before.backward)) this.crossings.delete(name);
      const rings = this.#line(name);
      for (const way of /** @type {const} */ (["forward", "backward"])) {
        const more = before ? line[way] - Math.min(before[way], line[way]) : 0; // at first: of the time before this page
        rings[way].set(this.second, rings[way].at(this.second) + more);
      }
    }
    this.newest = counts;
  }

  /** Tracks in a zone at each of the last seconds, oldest first. @param {string} name @param {number} [seconds] */
  occupancyOf(name, seconds = SECONDS) {
    return this.#last(this.occupancy.get(name), seconds);
  }

  /**
   * Crossings of a line, oldest first, summed over stretches of time.
   * @param {string} name @param {"forward" | "backward"} way @param {number} [stretchS]
   */
  crossingsOf(name, way, stretchS = 10) {
    const each = this.#last(this.crossings.get(name)?.[way], SECONDS);
    const sums = Array.from({ length: SECONDS / stretchS }, () => 0);
    // Counted from the newest second backwards, so that the last bar is the last stretch.
    each.forEach((value, at) => (sums[sums.length - 1 - Math.floor((each.length - 1 - at) / stretchS)] += value));
    return sums;
  }

  /** Crossings of a line both ways within the last minute. @param {string} name */
  perMinute(name) {
    const rings = this.crossings.get(name);
    if (!rings) return 0;
    return [rings.forward, rings.backward].flatMap((ring) => this.#last(ring, 60)).reduce((all, one) => all + one, 0);
  }

  /** @param {Ring | undefined} ring @param {number} seconds */
  #last(ring, seconds) {
    if (!ring || this.second < 0) return [];
    const from = Math.max(this.first, this.second - Math.min(seconds, SECONDS) + 1);
    return Array.from({ length: this.second - from + 1 }, (_, at) => ring.at(from + at));
  }

  /** Between two answers occupancy stands and nobody crosses. @param {number} second */
  #advance(second) {
    if (this.first < 0) this.first = second;
    else if (second - this.second > SECONDS) this.first = second - SECONDS;
    for (let next = Math.max(this.second + 1, second - SECONDS); this.second >= 0 && next <= second; next += 1) {
      for (const ring of this.occupancy.values()) ring.set(next, ring.at(this.second));
      for (const { forward, backward } of this.crossings.values()) {
        forward.set(next, 0);
        backward.set(next, 0);
      }
    }
    this.second = second;
  }

  /** @param {string} name */
  #zone(name) {
    const known = this.occupancy.get(name) ?? new Ring();
    this.occupancy.set(name, known);
    return known;
  }

  /** @param {string} name */
  #line(name) {
    const known = this.crossings.get(name) ?? { forward: new Ring(), backward: new Ring() };
    this.crossings.set(name, known);
    return known;
  }
}

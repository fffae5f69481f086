/** Where each track of one stream has been lately, as centres of its boxes. */

const LENGTH = 48;
const FORGET_AFTER = 120; // answers without the track; a lost one may still come back

/** @typedef {{seq: number, x: number, y: number}} Point */

export class Trails {
  constructor() {
    this.epoch = -1;
    this.answers = 0;
    /** @type {Map<number, {points: Point[], seenAt: number}>} */
    this.byTrack = new Map();
  }

  /** @param {import("../types.js").TracksMessage} message */
  add(message) {
    if (message.epoch !== this.epoch) {
      this.byTrack.clear();
      this.epoch = message.epoch;
    }
    this.answers += 1;
    for (const { track_id, bbox } of message.tracks) this.#append(track_id, message.seq, bbox);
    if (this.answers % FORGET_AFTER === 0) this.#forget();
  }

  /**
   * The points of a track up to a frame, oldest first. A picture lags behind the newest answer; so must its trails.
   * @param {number} trackId @param {number} seq
   */
  upTo(trackId, seq) {
    const points = this.byTrack.get(trackId)?.points ?? [];
    let end = points.length;
    while (end > 0 && points[end - 1].seq > seq) end -= 1;
    return points.slice(0, end);
  }

  /** @param {number} trackId @param {number} seq @param {number[]} bbox */
  #append(trackId, seq, [x1, y1, x2, y2]) {
    const trail = this.byTrack.get(trackId) ?? { points: [], seenAt: 0 };
    this.byTrack.set(trackId, trail);
    trail.points.push({ seq, x: (x1 + x2) / 2, y: (y1 + y2) / 2 });
    trail.seenAt = this.answers;
    if (trail.points.length > LENGTH) trail.points.shift();
  }

  #forget() {
    for (const [trackId, trail] of this.byTrack) {
      if (this.answers - trail.seenAt > FORGET_AFTER) this.byTrack.delete(trackId);
    }
  }
}

/**
 * Everything that is known of one track: what the frames tell while it is watched, and what the server has kept of the
 * time before, asked for again while the track lives.
 */

import { Refused, trackStory } from "../net/api.js";

const AGAIN_MS = 2000;
const MOST = 900; // points of the time since the server was last asked

/** @typedef {import("../types.js").TrackStoryView} Told */

export class TrackStory {
  /** @param {import("./stream.js").Stream} stream @param {number} trackId */
  constructor(stream, trackId) {
    this.stream = stream;
    this.trackId = trackId;
    this.epoch = stream.answers.newest?.epoch ?? stream.view?.epoch ?? 0;
    /** The newest answer that shows it. @type {import("../types.js").TrackRow | null} */
    this.row = null;
    this.seenAt = -Infinity;
    /** @type {Told | null} */
    this.told = null;
    /** Whether the server knows nothing of it. */
    this.unknown = false;
    /** Since the server was asked last: x, y, score. @type {[number, number, number][]} */
    this.live = [];
    this.lastSeq = -1;
    this.dueAt = 0;
    this.asking = false;
    this.closed = false;
  }

  /** Read what came since the last time. @param {number} now */
  update(now) {
    const { answers } = this.stream;
    for (const message of answers.last(answers.capacity)) {
      if (message.epoch !== this.epoch || message.seq <= this.lastSeq) continue;
      this.lastSeq = message.seq;
      const row = message.tracks.find(({ track_id }) => track_id === this.trackId);
      if (row) this.#see(row, now);
    }
    if (now >= this.dueAt && !this.asking && this.fate !== "gone") this.#ask(now);
  }

  /** @returns {"seen" | "lost" | "gone" | "looking"} */
  get fate() {
    const { newest } = this.stream.answers;
    const epoch = newest?.epoch ?? this.stream.view?.epoch;
    if (epoch !== undefined && epoch !== this.epoch) return "gone"; // a new epoch: its ids are others' now
    if (newest?.tracks.some(({ track_id }) => track_id === this.trackId)) return "seen";
    if (this.told)
      return ["lost", "tracked", "confirmed", "active", "live"].includes(this.told.state) ? "lost" : "gone";
    if (this.unknown) return this.row ? "lost" : "gone";
    return this.row ? "lost" : "looking";
  }

  /** Where it was, oldest first: x, y. @returns {[number, number][]} */
  points() {
    const kept = (this.told?.points ?? []).map(([, x, y]) => /** @type {[number, number]} */ ([x, y]));
    return [...kept, ...this.live.map(([x, y]) => /** @type {[number, number]} */ ([x, y]))];
  }

  /** Its scores, oldest first. */
  scores() {
    return [...(this.told?.points ?? []).map((point) => point[3]), ...this.live.map(([, , score]) => score)];
  }

  close() {
    this.closed = true;
  }

  /** @param {import("../types.js").TrackRow} row @param {number} now */
  #see(row, now) {
    this.row = row;
    this.seenAt = now;
    const [x1, y1, x2, y2] = row.bbox;
    this.live.push([(x1 + x2) / 2, (y1 + y2) / 2, row.score]);
    if (this.live.length > MOST) this.live.shift();
  }

  /** @param {number} now */
  async #ask(now) {
    this.asking = true;
    this.dueAt = now + AGAIN_MS;
    const before = this.live.length;
    try {
      const told = await trackStory(this.stream.id, this.trackId);
      if (this.closed) return;
      this.told = told;
      this.unknown = false;
      this.live.splice(0, before); // the server's points hold them
    } catch (error) {
      this.unknown = error instanceof Refused;
    } finally {
      this.asking = false;
    }
  }
}

/** What became of the frames that this page sends. */

const WINDOW = 60;

export class SendCounts {
  constructor() {
    this.sent = 0;
    this.answered = 0;
    this.lost = 0;
    this.skipped = 0; // frames of the medium for which there was no credit
    this.bytes = 0;
    this.mostId = 0;
    /** @type {number[]} */
    this.sentAt = [];
    /** @type {number[]} */
    this.roundTripMs = [];
  }

  /** @param {number} now @param {number} bytes */
  send(now, bytes) {
    this.sent += 1;
    this.bytes = bytes;
    this.sentAt.push(now);
    if (this.sentAt.length > WINDOW) this.sentAt.shift();
  }

  /** @param {number} roundTripMs @param {import("../types.js").TracksMessage} message */
  answer(roundTripMs, message) {
    this.answered += 1;
    this.mostId = Math.max(this.mostId, ...message.tracks.map((track) => track.track_id));
    this.roundTripMs.push(roundTripMs);
    if (this.roundTripMs.length > WINDOW) this.roundTripMs.shift();
  }

  lose() {
    this.lost += 1;
  }

  skip() {
    this.skipped += 1;
  }

  /** Frames per second over the last frames. */
  get fps() {
    const { sentAt } = this;
    return sentAt.length < 2 ? 0 : ((sentAt.length - 1) * 1000) / Math.max(1, sentAt[sentAt.length - 1] - sentAt[0]);
  }

  /** The median time from sending to the answer, or null. */
  get roundTrip() {
    return this.roundTripMs.length ? [...this.roundTripMs].sort((a, b) => a - b)[this.roundTripMs.length >> 1] : null;
  }
}

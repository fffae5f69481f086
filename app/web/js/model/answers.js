/** The last answers of one stream, found by frame number: what a picture's boxes are taken from. */
export class Answers {
  /** @param {number} [capacity] */
  constructor(capacity = 128) {
    this.capacity = capacity;
    this.epoch = -1;
    /** @type {Map<number, import("../types.js").TracksMessage>} */
    this.bySeq = new Map();
    /** @type {import("../types.js").TracksMessage | null} */
    this.newest = null;
  }

  /** @param {import("../types.js").TracksMessage} message */
  add(message) {
    if (message.epoch !== this.epoch) {
      this.bySeq.clear();
      this.epoch = message.epoch;
    }
    this.bySeq.set(message.seq, message);
    this.newest = message;
    // A Map keeps the order of insertion: the first key is the oldest answer.
    if (this.bySeq.size > this.capacity) this.bySeq.delete(/** @type {number} */ (this.bySeq.keys().next().value));
  }

  /** @param {number} epoch @param {number} seq */
  get(epoch, seq) {
    return epoch === this.epoch ? (this.bySeq.get(seq) ?? null) : null;
  }

  clear() {
    this.bySeq.clear();
    this.newest = null;
  }

  /** The newest answers, oldest first. @param {number} count */
  last(count) {
    return [...this.bySeq.values()].slice(-count);
  }
}

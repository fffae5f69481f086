/**
 * Frames of a stream that somebody else sends: pictures come from the server, boxes from the subscription.
 *
 * The two travel apart. A picture waits until the answer with its own frame number is here, and is shown with that
 * answer alone, so that boxes never drift from what they enclose.
 */

const PERIOD_MS = 1000 / 12;
const PATIENCE_MS = 600; // a picture whose answer was skipped on the way is shown bare after this
const PAUSE_MS = 4000; // after a refusal
const WIDTH_STEP = 160; // pictures of like size are shared by all pages that look

/** @typedef {{image: ImageBitmap, epoch: number, seq: number, at: number}} Picture */

export class RemoteFeed {
  /** @param {import("./stream.js").Stream} stream @param {number} [periodMs]  between two pictures, at least */
  constructor(stream, periodMs = PERIOD_MS) {
    this.stream = stream;
    this.periodMs = periodMs;
    this.visible = false;
    this.width = 480;
    this.askedAt = -Infinity;
    this.pausedUntil = -Infinity;
    this.busy = false;
    this.closed = false;
    this.life = stream.life;
    /** The frame on the screen. @type {{epoch: number, seq: number, message: import("../types.js").TracksMessage | null}} */
    this.shown = { epoch: -1, seq: -1, message: null };
    /** @type {Picture | null} */
    this.pending = null;
    /** The picture on the screen; freed when the next takes its place. @type {ImageBitmap | null} */
    this.current = null;
  }

  get id() {
    return this.stream.id;
  }

  get trails() {
    return this.stream.trails;
  }

  /** The next frame to show, or null when nothing has changed. @returns {import("../types.js").Shown | null} */
  take() {
    if (this.life !== this.stream.life) return this.#forget();
    const { newest } = this.stream.answers;
    if (newest && !this.stream.pictured) return this.#bare(newest);
    if (!this.pending) return null;
    const { image, epoch, seq, at } = this.pending;
    const message = this.stream.answers.get(epoch, seq);
    if (!message && performance.now() - at < PATIENCE_MS) return null;
    this.pending = null;
    this.current?.close();
    this.current = image;
    this.shown = { epoch, seq, message };
    return { image, message };
  }

  /** A new epoch: the picture stays until the next one is here, its boxes do not. */
  #forget() {
    this.life = this.stream.life;
    const { message } = this.shown;
    return message && { image: this.current, message: { ...message, tracks: [] } };
  }

  /** @param {import("../types.js").TracksMessage} message */
  #bare(message) {
    if (message.seq === this.shown.seq && message.epoch === this.shown.epoch) return null;
    this.shown = { epoch: message.epoch, seq: message.seq, message };
    return { image: null, message };
  }

  /** Tell how large the picture is on the screen. @param {number} pixels  device pixels */
  resize(pixels) {
    this.width = Math.min(1920, Math.max(WIDTH_STEP, Math.ceil(pixels / WIDTH_STEP) * WIDTH_STEP));
  }

  /** Whether a picture should be asked for now. @param {number} now */
  wants(now) {
    if (!this.visible || this.busy || this.pending || now < this.pausedUntil) return false;
    const { newest } = this.stream.answers;
    if (!newest || !this.stream.pictured || now - this.askedAt < this.periodMs) return false;
    return newest.seq !== this.shown.seq || newest.epoch !== this.shown.epoch;
  }

  /** @param {number} now */
  asked(now) {
    // Counted from when it was due, not from when the loop came round to it: 12 a second stay 12.
    this.askedAt = now - this.askedAt < 2 * this.periodMs ? this.askedAt + this.periodMs : now;
    this.busy = true;
  }

  answered() {
    this.busy = false;
  }

  /** @param {Picture} picture */
  receive(picture) {
    if (this.closed) return picture.image.close();
    this.pending?.image.close();
    this.pending = picture;
  }

  /** @param {number} now */
  refused(now) {
    this.pausedUntil = now + PAUSE_MS;
  }

  close() {
    this.closed = true;
    this.pending?.image.close();
    this.current?.close();
    this.pending = this.current = null;
  }
}

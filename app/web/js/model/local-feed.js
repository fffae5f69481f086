/** Frames that this very page sends: the picture is at hand, and is shown with the answer to it. */
export class LocalFeed {
  /** @param {import("./stream.js").Stream} stream @param {import("../send/sender.js").Sender} sender */
  constructor(stream, sender) {
    this.stream = stream;
    this.sender = sender;
    this.visible = false;
    /** @type {import("../types.js").Shown | null} */
    this.last = null;
  }

  get trails() {
    return this.sender.trails;
  }

  /** The last answered frame, or null when it has been shown. The sender frees the one before. */
  take() {
    const { answered } = this.sender;
    if (answered === this.last) return null;
    this.last = answered;
    return answered;
  }
}

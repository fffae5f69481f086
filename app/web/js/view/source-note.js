/** Over the picture of a camera that brings nothing: what is the matter, and when it is tried again. */

import { h, setAttribute, setText } from "./dom.js";

const WORDS = /** @type {Record<string, string>} */ ({
  connecting: "Connecting…",
  stalled: "The camera sends nothing",
  failed: "The camera cannot be read",
});

export class SourceNote {
  /** @param {import("../model/stream.js").Stream} stream */
  constructor(stream) {
    this.stream = stream;
    this.state = h("b", {});
    this.detail = h("span", {});
    this.next = h("span", { class: "source-next" });
    this.element = h("div", { class: "source-note", hidden: true }, this.state, this.detail, this.next);
  }

  /** @param {number} now */
  update(now) {
    const source = this.stream.view?.source;
    const words = source ? WORDS[source.state] : undefined;
    this.element.hidden = words === undefined;
    if (!source || words === undefined) return;
    setAttribute(this.element, "data-state", source.state);
    setText(this.state, words);
    setText(this.detail, source.detail);
    const left = this.stream.retryIn(now);
    const attempt = source.attempts ? `Attempt ${source.attempts} failed. ` : "";
    const next = left === null ? "" : left < 0.5 ? "Trying again…" : `Next attempt in ${Math.ceil(left)} s`;
    setText(this.next, next && `${attempt}${next}`);
  }
}

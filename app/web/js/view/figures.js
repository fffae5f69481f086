/** The four figures that say how a stream does. */

import { h, setAttribute, setText } from "./dom.js";
import { milliseconds, rate, whole } from "./format.js";

const NAMES = ["fps", "latency", "tracks now", "ids so far"];

export class Figures {
  constructor() {
    this.values = NAMES.map(() => h("dd", {}, "–"));
    this.element = h(
      "dl",
      { class: "figures" },
      ...NAMES.map((name, at) => h("div", {}, h("dt", {}, name), this.values[at])),
    );
    setAttribute(this.element.children[1], "title", "Median from receipt to answer");
  }

  /** @param {import("../types.js").StreamView} view */
  update(view) {
    const texts = [rate(view.fps), milliseconds(view.latency_ms), whole(view.tracks), whole(view.ids)];
    texts.forEach((text, at) => setText(this.values[at], text));
  }
}

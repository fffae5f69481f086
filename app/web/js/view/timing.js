/** Where the time of a frame goes: medians of each stage, as a bar and as figures. */

import { h, setText } from "./dom.js";
import { milliseconds } from "./format.js";
import { Sparkline } from "./sparkline.js";

const STAGES = /** @type {const} */ ([
  ["decode", "from bytes to pixels"],
  ["queue", "waiting for the detector"],
  ["detect", "the detector, with the other frames of its batch"],
  ["track", "association and filter"],
]);

export class TimingPanel {
  constructor() {
    this.parts = STAGES.map(([stage]) => h("span", { class: `part ${stage}` }));
    this.values = STAGES.map(() => h("dd", {}, "–"));
    this.total = h("dd", {}, "–");
    this.line = new Sparkline("Total time of the last frames");
    const rows = STAGES.map(([stage, meaning], at) =>
      h("div", { title: meaning }, h("dt", {}, h("i", { class: `dot ${stage}` }), stage), this.values[at]),
    );
    this.element = h(
      "div",
      { class: "timing" },
      this.line.element,
      h("div", { class: "timing-bar", "aria-hidden": "true" }, ...this.parts),
      h(
        "dl",
        { class: "rows" },
        ...rows,
        h("div", { class: "sum", title: "from receipt to answer" }, h("dt", {}, "total"), this.total),
      ),
    );
  }

  /** @param {import("../model/answers.js").Answers} answers */
  update(answers) {
    const timing = answers.timing();
    if (!timing) return;
    STAGES.forEach(([stage], at) => {
      this.parts[at].style.flexGrow = String(Math.max(0.001, timing[stage]));
      setText(this.values[at], milliseconds(timing[stage]));
    });
    setText(this.total, milliseconds(timing.total));
    this.line.draw(answers.last(120).map((message) => message.timing_ms.total));
  }
}

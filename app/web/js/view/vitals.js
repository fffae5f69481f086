/** How well tracking does, as far as that shows without truth; and what looks wrong, in words. */

import { h, setText } from "./dom.js";
import { seconds } from "./format.js";
import { icon } from "./icons.js";

/** @type {[keyof import("../types.js").Vitals, string, string, (value: number) => string][]} */
const ROWS = [
  ["churn", "new ids per object and second", "high where identities break", (value) => value.toFixed(2)],
  ["mean_length_s", "life of a track", "mean of those that ended", seconds],
  ["fragments", "lost and found again", "share of the tracks", (value) => `${(100 * value).toFixed(0)} %`],
  ["margin", "room left in matching", "0: at the limit, 1: far from it", (value) => value.toFixed(2)],
  ["jitter", "unevenness of frames", "mean distance of the intervals between frames from their median, over it", (value) => `${(100 * value).toFixed(0)} %`],
  ["score", "mean score", "of what is tracked", (value) => value.toFixed(2)],
  [
    "score_drift",
    "drift of the score",
    "against the time before",
    (value) => (value > 0 ? "+" : "") + value.toFixed(2),
  ],
];

export class VitalsPanel {
  /** @param {(path: string) => void} toSetting  leads to where a setting is changed, `tracker.track_thresh` */
  constructor(toSetting) {
    this.toSetting = toSetting;
    this.list = h("ul", {});
    this.concerns = h(
      "div",
      { class: "note warn concerns", role: "status", hidden: true },
      icon("alert"),
      h("div", {}, h("b", {}, "Something looks wrong"), this.list),
    );
    this.values = ROWS.map(() => h("dd", {}));
    this.rows = ROWS.map(([, name, meaning], at) => h("div", { title: meaning }, h("dt", {}, name), this.values[at]));
    this.span = h("p", { class: "muted" });
    this.element = h("div", { class: "vitals" }, this.concerns, h("dl", { class: "rows" }, ...this.rows), this.span);
    this.told = "";
  }

  /** @param {import("../types.js").Vitals} vitals */
  update(vitals) {
    ROWS.forEach(([key, , , form], at) => {
      const value = vitals[key];
      this.rows[at].hidden = typeof value !== "number";
      if (typeof value === "number") setText(this.values[at], form(value));
    });
    setText(this.span, `Over the last ${seconds(vitals.span_s)} of video, ${vitals.frames} frames.`);
    const told = vitals.concerns.map(({ detail }) => detail).join("\n");
    if (told === this.told) return; // read aloud only when it has changed
    this.told = told;
    this.concerns.hidden = vitals.concerns.length === 0;
    this.list.replaceChildren(...vitals.concerns.map((concern) => this.#item(concern)));
  }

  /** @param {import("../types.js").Concern} concern */
  #item({ detail, settings }) {
    const leads = settings.map((path) =>
      h("button", { type: "button", class: "button small", on: { click: () => this.toSetting(path) } }, path),
    );
    return h("li", {}, `${detail[0].toUpperCase()}${detail.slice(1)}.`, h("span", { class: "leads" }, ...leads));
  }
}

/** Why frames were given up, and what can be done about each reason. */

import { h, setAttribute, setText } from "./dom.js";
import { compact, whole } from "./format.js";

/** @type {Record<string, [string, string]>} */
const REASONS = {
  superseded: [
    "a newer frame came first",
    "Frames come faster than they are tracked. Send fewer (max_fps), detect in every k-th only (detection.every), or " +
      "take a faster model or device.",
  ],
  too_old: ["waited longer than max_age_ms", "The detector is behind. Lower the rate, or allow a greater max_age_ms."],
  late: [
    "came after a later frame",
    "Frames arrive out of order. Set order to reorder and give it time with reorder_ms.",
  ],
  rate: ["over max_fps", "This is what max_fps asks for; raise it to track more of them."],
  closed: ["the stream was closed", "They were on the way when the stream ended."],
};

export class DropsPanel {
  constructor() {
    this.list = h("ul", { class: "drops" });
    this.none = h("p", { class: "muted" }, "No frame was dropped.");
    this.element = h("div", { class: "drops-panel" }, this.list, this.none);
    /** @type {Map<string, ReturnType<typeof row>>} */
    this.rows = new Map();
  }

  /** @param {import("../types.js").StreamView} view */
  update({ drops, accounts }) {
    const found = Object.entries(drops ?? {}).filter(([, count]) => count > 0);
    const rest = accounts.dropped - found.reduce((all, [, count]) => all + count, 0);
    if (rest > 0) found.push(["other", rest]);
    found.sort((a, b) => b[1] - a[1]);
    this.none.hidden = found.length > 0;
    for (const [reason, { element }] of this.rows) {
      if (found.some(([name]) => name === reason)) continue;
      element.remove();
      this.rows.delete(reason);
    }
    found.forEach(([reason, count], at) => {
      const shown = this.rows.get(reason) ?? row(reason);
      this.rows.set(reason, shown);
      if (this.list.children[at] !== shown.element)
        this.list.insertBefore(shown.element, this.list.children[at] ?? null);
      const share = count / Math.max(1, accounts.received);
      setText(shown.count, `${compact(count)} · ${percent(share)}`);
      setAttribute(shown.count, "title", `${whole(count)} of ${whole(accounts.received)} frames`);
      shown.bar.style.width = `${(100 * count) / Math.max(1, accounts.dropped)}%`;
    });
  }
}

/** @param {string} reason */
function row(reason) {
  const [words, advice] = REASONS[reason] ?? [reason === "other" ? "other reasons" : reason.replaceAll("_", " "), ""];
  const count = h("span", { class: "drop-count" });
  const bar = h("i", {});
  const element = h(
    "li",
    { "data-reason": reason },
    h("div", { class: "drop-head" }, h("span", {}, words), count),
    h("div", { class: "drop-bar", "aria-hidden": "true" }, bar),
    advice && h("p", { class: "muted" }, advice),
  );
  return { element, count, bar };
}

/** @param {number} share */
function percent(share) {
  const value = 100 * share;
  return value > 0 && value < 0.1 ? "< 0.1 %" : `${value.toFixed(value < 10 ? 1 : 0)} %`;
}

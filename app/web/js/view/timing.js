/** Where the time of a frame goes: each stage over the last minute, as a stacked chart and as figures. */

import { STAGES } from "../model/timings.js";
import { h, setText } from "./dom.js";
import { milliseconds } from "./format.js";
import { StackChart } from "./stack-chart.js";

const EVERY_MS = 1000;
const HOUR_MS = 3_600_000;
const MEANINGS = /** @type {Record<string, string>} */ ({
  decode: "from bytes to pixels",
  queue: "waiting for the detector",
  detect: "the detector, with the other frames of its batch",
  motion: "how the camera itself moved",
  track: "association and filter",
  total: "from receipt to answer",
});

export class TimingPanel {
  constructor() {
    this.chart = new StackChart();
    this.rows = [...STAGES, "total"].map((stage) => new Row(stage));
    this.age = h("p", { class: "muted screen-age", hidden: true });
    const head = ["stage", "median", "99 %"].map((name) => h("th", { scope: "col" }, name));
    const table = h("table", { class: "figures-table" }, h("thead", {}, h("tr", {}, ...head)));
    table.append(...this.rows.map(({ element }) => element));
    this.none = h("p", { class: "muted" }, "No frame was answered in the last minute.");
    this.body = h("div", { class: "timing-body" }, this.chart.element, table);
    this.element = h("div", { class: "timing" }, this.none, this.body, this.age);
    this.dueAt = 0;
  }

  /**
   * @param {import("../model/stream.js").Stream} stream
   * @param {import("../draw/viewport.js").Viewport} viewport @param {number} now
   */
  update({ timings }, viewport, now) {
    if (now < this.dueAt) return;
    this.dueAt = now + EVERY_MS;
    const found = timings.percentiles(now);
    this.none.hidden = found !== null;
    this.body.hidden = found === null;
    for (const row of this.rows) row.update(found?.[row.stage] ?? null);
    if (found) this.chart.draw(timings, now);
    const age = viewport.message && viewport.shown?.image ? timings.ageMs(viewport.message, viewport.shownAt) : null;
    this.age.hidden = age === null;
    if (age !== null) setText(this.age, ageWords(age, viewport.message));
  }

  close() {
    this.chart.close();
  }
}

class Row {
  /** @param {string} stage */
  constructor(stage) {
    this.stage = stage;
    this.values = [h("td", {}), h("td", {})];
    const dot = stage === "total" ? null : h("i", { class: `dot ${stage}` });
    const attributes = { class: stage === "total" ? "sum" : "", title: MEANINGS[stage] };
    this.element = h("tr", attributes, h("th", { scope: "row" }, dot, stage), ...this.values);
  }

  /** @param {{p50: number, p99: number} | null} of */
  update(of) {
    this.element.hidden = of === null;
    if (!of) return;
    setText(this.values[0], milliseconds(of.p50));
    setText(this.values[1], milliseconds(of.p99));
  }
}

/**
 * How old the picture on the screen is. A capture time counts where it is a time of day, and not of a recording.
 * @param {number} ageMs @param {import("../types.js").TracksMessage | null} message
 */
function ageWords(ageMs, message) {
  const words = `On this screen ${milliseconds(ageMs)} after the server got the frame`;
  const waitedMs = ((message?.received_at ?? 0) - (message?.capture_ts ?? 0)) * 1000;
  if (!message?.capture_ts || waitedMs < 0 || waitedMs > HOUR_MS) return `${words}.`;
  return `${words}, ${milliseconds(ageMs + waitedMs)} after it was captured by the sender's clock.`;
}

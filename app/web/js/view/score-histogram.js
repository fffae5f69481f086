/** Scores of the detections of the last frames, and what the thresholds make of them. */

import { VERDICTS, verdictOf } from "../draw/verdicts.js";
import { h, setAttribute, setText } from "./dom.js";

const BINS = 40;
const HEIGHT = 72;

/** @typedef {import("../draw/verdicts.js").Thresholds} Thresholds */

export class ScoreHistogram {
  constructor() {
    this.canvas = h("canvas", { class: "histogram", role: "img", "aria-label": "Scores of detections" });
    this.values = VERDICTS.map(({ name, text }) => {
      const count = h("b", {}, "–");
      return { name, count, element: h("li", { class: `verdict ${name}` }, count, h("span", {}, text)) };
    });
    this.note = h("p", { class: "histogram-note" }, "Take hold of a score to see which boxes it keeps.");
    const legend = h("ul", { class: "verdicts" }, ...this.values.map(({ element }) => element));
    this.element = h("div", { class: "histogram-box" }, this.canvas, this.note, legend);
    this.width = 0;
    this.watch = new ResizeObserver(([entry]) => void (this.width = entry.contentRect.width));
    this.watch.observe(this.canvas);
  }

  /**
   * @param {number[]} scores  of the last frames @param {import("../types.js").DetectionRow[]} newest  of the last one
   * @param {Thresholds} thresholds
   */
  draw(scores, newest, thresholds) {
    this.note.hidden = scores.length > 0;
    const counts = VERDICTS.map(
      ({ name }) => newest.filter(({ score }) => verdictOf(score, thresholds) === name).length,
    );
    counts.forEach((count, at) => setText(this.values[at].count, String(count)));
    const words = VERDICTS.map(({ text }, at) => `${counts[at]} ${text}`).join(", ");
    setAttribute(this.canvas, "aria-label", `Scores of detections. In the last frame: ${words}`);
    if (this.width) this.#paint(scores, thresholds);
  }

  close() {
    this.watch.disconnect();
  }

  /** @param {number[]} scores @param {Thresholds} thresholds */
  #paint(scores, thresholds) {
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(this.width * ratio), HEIGHT * ratio];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const colours = Object.fromEntries(this.values.map(({ name, element }) => [name, getComputedStyle(element).color]));
    const bins = Array.from({ length: BINS }, () => 0);
    for (const score of scores) bins[Math.min(BINS - 1, Math.floor(score * BINS))] += 1;
    const most = Math.max(1, ...bins);
    ctx.clearRect(0, 0, width, height);
    bins.forEach((count, at) => {
      // The root makes the few low ones visible beside the many high ones.
      const high = Math.sqrt(count / most) * (height - 8 * ratio);
      ctx.fillStyle = colours[verdictOf((at + 0.5) / BINS, thresholds)];
      ctx.fillRect((at / BINS) * width + ratio * 0.5, height - high, width / BINS - ratio, high);
    });
    ctx.fillStyle = getComputedStyle(this.canvas).color;
    for (const value of Object.values(thresholds))
      ctx.fillRect(Math.min(1, value) * (width - ratio), 0, ratio * 1.5, height);
  }
}

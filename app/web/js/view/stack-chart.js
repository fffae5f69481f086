/** The mean time of a frame over the last minute, stage upon stage, a column for each second. */

import { STAGES } from "../model/timings.js";
import { h, setText } from "./dom.js";
import { milliseconds } from "./format.js";

const HEIGHT = 72;
const COLUMNS = 60;

export class StackChart {
  constructor() {
    const label = "Mean time per frame by stage, over the last minute";
    this.canvas = h("canvas", { class: "stack-chart", role: "img", "aria-label": label });
    this.most = h("span", { class: "sparkline-most" });
    // A canvas cannot read `light-dark()`; what it stands for is asked of elements of these colours.
    this.swatches = STAGES.map((stage) => h("i", { class: `dot ${stage}`, hidden: true }));
    this.element = h("div", { class: "sparkline-box" }, this.canvas, this.most, ...this.swatches);
    this.width = 0;
    this.watch = new ResizeObserver(([entry]) => void (this.width = entry.contentRect.width));
    this.watch.observe(this.canvas);
  }

  /** @param {import("../model/timings.js").Timings} timings @param {number} now */
  draw(timings, now) {
    if (this.width === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(this.width * ratio), HEIGHT * ratio];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const colours = this.swatches.map((swatch) => getComputedStyle(swatch).backgroundColor);
    const columns = timings.stretches(now, COLUMNS);
    const sums = columns.map((stages) => (stages ?? []).reduce((all, ms) => all + ms, 0));
    const most = Math.max(...sums);
    ctx.clearRect(0, 0, width, height);
    if (most <= 0) return;
    const wide = width / COLUMNS;
    columns.forEach((stages, column) => {
      let top = height;
      stages?.forEach((ms, stage) => {
        const high = (ms / most) * (height - 2 * ratio);
        top -= high;
        ctx.fillStyle = colours[stage];
        ctx.fillRect(Math.floor(column * wide), top, Math.max(1, Math.ceil(wide) - ratio), high);
      });
    });
    setText(this.most, `at most ${milliseconds(most)}`);
  }

  close() {
    this.watch.disconnect();
  }
}

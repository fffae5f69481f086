/** A line of recent values, from zero to the largest; the largest is written beside it. */

import { h, setText } from "./dom.js";
import { milliseconds } from "./format.js";

const HEIGHT = 44;

export class Sparkline {
  /** @param {string} name  what a screen reader calls it */
  constructor(name) {
    this.canvas = h("canvas", { class: "sparkline", role: "img", "aria-label": name });
    this.most = h("span", { class: "sparkline-most" });
    this.element = h("div", { class: "sparkline-box" }, this.canvas, this.most);
    this.width = 0;
    new ResizeObserver(([entry]) => void (this.width = entry.contentRect.width)).observe(this.canvas);
  }

  /** @param {number[]} values  oldest first, milliseconds */
  draw(values) {
    if (values.length < 2 || this.width === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(this.width * ratio), HEIGHT * ratio];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const most = Math.max(...values);
    const colour = getComputedStyle(this.canvas).color;
    ctx.clearRect(0, 0, width, height);
    ctx.beginPath();
    values.forEach((value, at) =>
      ctx.lineTo((at / (values.length - 1)) * width, height - ratio - (value / most) * (height - 3 * ratio)),
    );
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 * ratio;
    ctx.lineJoin = "round";
    ctx.stroke();
    ctx.lineTo(width, height);
    ctx.lineTo(0, height);
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 1;
    setText(this.most, `at most ${milliseconds(most)}`);
  }
}

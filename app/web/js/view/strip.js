/** A small chart of the last minutes: an area of values, or bars up and down. */

import { h, setAttribute } from "./dom.js";

const HEIGHT = 34;

export class Strip {
  constructor() {
    this.canvas = h("canvas", { class: "strip", role: "img" });
    this.element = this.canvas;
    this.width = 0;
    this.ratio = 1;
    this.watch = new ResizeObserver(([entry]) => void (this.width = entry.contentRect.width));
    this.watch.observe(this.canvas);
  }

  /**
   * Values of each second, the newest at the right end; `slots` of them fill the width.
   * @param {number[]} values @param {number} slots @param {string} colour @param {string} label
   */
  area(values, slots, colour, label) {
    const ctx = this.#begin(label);
    if (!ctx) return;
    const { width, height } = this.canvas;
    const most = Math.max(1, ...values);
    const x = (/** @type {number} */ at) => width - ((values.length - at) / slots) * width;
    const y = (/** @type {number} */ value) => height - 1 - (value / most) * (height - 3);
    ctx.beginPath();
    ctx.moveTo(x(0), height);
    values.forEach((value, at) => {
      ctx.lineTo(x(at), y(value));
      ctx.lineTo(x(at + 1), y(value));
    });
    ctx.lineTo(x(values.length), height);
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.3;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.beginPath();
    values.forEach((value, at) => {
      ctx.lineTo(x(at), y(value));
      ctx.lineTo(x(at + 1), y(value));
    });
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.5 * this.ratio;
    ctx.stroke();
  }

  /**
   * Sums of equal stretches of time, the newest at the right end: one way up, the other down.
   * @param {number[]} up @param {number[]} down @param {string} colour @param {string} label
   */
  bars(up, down, colour, label) {
    const ctx = this.#begin(label);
    if (!ctx) return;
    const { width, height } = this.canvas;
    const most = Math.max(1, ...up, ...down);
    const slot = width / up.length;
    const wide = Math.max(1, slot - 2 * this.ratio);
    const half = height / 2;
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.3;
    ctx.fillRect(0, Math.floor(half), width, this.ratio);
    up.forEach((value, at) => {
      ctx.globalAlpha = 1;
      ctx.fillRect(at * slot, half - (value / most) * half, wide, (value / most) * half);
      ctx.globalAlpha = 0.55;
      ctx.fillRect(at * slot, half, wide, (down[at] / most) * half);
    });
    ctx.globalAlpha = 1;
  }

  close() {
    this.watch.disconnect();
  }

  /** An empty canvas of the right size, or null while it has none. @param {string} label */
  #begin(label) {
    setAttribute(this.canvas, "aria-label", label);
    if (this.width === 0) return null;
    this.ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(this.width * this.ratio), HEIGHT * this.ratio];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    ctx.clearRect(0, 0, width, height);
    return ctx;
  }
}

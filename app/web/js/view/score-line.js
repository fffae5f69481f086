/** How sure the detector was of one track, over its life: 0 at the bottom, 1 at the top. */

import { h, setText } from "./dom.js";

const HEIGHT = 48;
const MOST = 400; // points; more than a panel is wide

export class ScoreLine {
  constructor() {
    this.canvas = h("canvas", { class: "score-line", role: "img", "aria-label": "Scores of the track, oldest first" });
    this.text = h("span", { class: "muted" });
    this.element = h(
      "div",
      { class: "score-box" },
      h("div", { class: "score-head" }, h("span", {}, "score"), this.text),
      this.canvas,
    );
    this.width = 0;
    this.watch = new ResizeObserver(([entry]) => void (this.width = entry.contentRect.width));
    this.watch.observe(this.canvas);
    this.drawn = "";
  }

  /** @param {number[]} scores  0 to 1, oldest first */
  draw(scores) {
    const state = `${scores.length} ${scores.at(-1)} ${scores[0]} ${this.width}`;
    if (scores.length < 2 || this.width === 0 || state === this.drawn) return;
    this.drawn = state;
    const values = thinned(scores, MOST);
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [Math.round(this.width * ratio), HEIGHT * ratio];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const colour = getComputedStyle(this.canvas).color;
    ctx.clearRect(0, 0, width, height);
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.globalAlpha = 0.25;
    for (const level of [0, 0.5, 1]) ctx.fillRect(0, Math.min(height - ratio, (1 - level) * height), width, ratio / 2);
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1.5 * ratio;
    ctx.lineJoin = "round";
    ctx.beginPath();
    const inner = height - 2 * ratio;
    values.forEach((value, at) => ctx.lineTo((at / (values.length - 1)) * width, ratio + (1 - value) * inner));
    ctx.stroke();
    setText(this.text, `${Math.min(...scores).toFixed(2)} to ${Math.max(...scores).toFixed(2)}`);
  }

  close() {
    this.watch.disconnect();
  }
}

/** At most so many of them, evenly. @param {number[]} values @param {number} most */
function thinned(values, most) {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, at) => values[Math.round((at * (values.length - 1)) / (most - 1))]);
}

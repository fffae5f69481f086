/** The object itself, cut out of the picture that is on the screen. The last one stays when it is gone. */

import { h } from "./dom.js";

const SIDE = 132; // CSS pixels
const MARGIN = 0.18; // of the box, around it

export class Crop {
  /** @param {number} trackId */
  constructor(trackId) {
    this.trackId = trackId;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    const side = SIDE * this.ratio;
    this.canvas = h("canvas", {
      width: side,
      height: side,
      role: "img",
      "aria-label": `Track ${trackId} in the picture`,
    });
    this.element = h("div", { class: "crop" }, this.canvas);
    /** @type {import("../types.js").Shown | null} */
    this.drawn = null;
  }

  /** @param {import("../types.js").Shown | null} shown */
  draw(shown) {
    if (!shown?.image || !shown.message || shown === this.drawn) return;
    const row = shown.message.tracks.find(({ track_id }) => track_id === this.trackId);
    if (!row) return;
    this.drawn = shown;
    const [x1, y1, x2, y2] = row.bbox;
    const side = Math.max(8, Math.max(x2 - x1, y2 - y1) * (1 + 2 * MARGIN));
    const scale = shown.image.width / shown.message.width; // pictures come as small as they are shown
    const [left, top] = [(x1 + x2 - side) / 2, (y1 + y2 - side) / 2];
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const size = this.canvas.width;
    ctx.fillStyle = "#06080a";
    ctx.fillRect(0, 0, size, size);
    ctx.drawImage(shown.image, left * scale, top * scale, side * scale, side * scale, 0, 0, size, size);
    this.element.classList.add("painted");
  }
}

/** A picture with its layers: two canvases, one below for pixels, one above for what is known about them. */

import { h } from "../view/dom.js";
import { drawBackdrop } from "./backdrop.js";
import { contain, cover } from "./fit.js";
import { trackAt } from "./hit.js";
import { drawBoxes, drawLabels, drawTrails } from "./layers.js";

export class Viewport {
  /**
   * @param {import("../types.js").Feed & {resize?: (pixels: number) => void}} feed
   * @param {Pick<import("../model/prefs.js").Prefs, "layers" | "addEventListener" | "removeEventListener"> & {fit?: string}} prefs
   * @param {string} name  what a screen reader calls the picture
   */
  constructor(feed, prefs, name) {
    this.feed = feed;
    this.prefs = prefs;
    this.picture = h("canvas", { class: "picture", "aria-hidden": "true" });
    this.overlay = h("canvas", {
      class: "overlay",
      role: "img",
      "aria-label": `Live picture of ${name} with its tracks`,
    });
    this.element = h("div", { class: "viewport" }, this.picture, this.overlay);
    /** The track under the pointer. @type {number | null} */
    this.highlight = null;
    /** The track that is looked at more closely. @type {number | null} */
    this.chosen = null;
    /** Drawn over everything else. @type {import("./layers.js").Layer[]} */
    this.extra = [];
    /** When the frame on the screen was drawn. */
    this.shownAt = 0;
    /** @type {import("../types.js").Shown | null} */
    this.shown = null;
    this.dirty = true;
    this.size = { width: 0, height: 0 };
    this.watch = new ResizeObserver(([entry]) => this.#resized(entry.contentRect));
    this.watch.observe(this.element);
    this.onPrefs = () => void (this.dirty = true);
    prefs.addEventListener("change", this.onPrefs);
  }

  /** The answer that is on the screen now. */
  get message() {
    return this.shown?.message ?? null;
  }

  /** @param {number | null} trackId */
  point(trackId) {
    this.dirty ||= this.highlight !== trackId;
    this.highlight = trackId;
  }

  /** @param {number | null} trackId */
  choose(trackId) {
    this.dirty ||= this.chosen !== trackId;
    this.chosen = trackId;
  }

  /** The track at a place of the window, as pointers tell it. @param {number} clientX @param {number} clientY */
  trackAt(clientX, clientY) {
    if (!this.message || !this.placed) return null;
    const { left, top } = this.overlay.getBoundingClientRect();
    const ratio = this.ratio ?? 1;
    return trackAt(this.message.tracks, this.placed, (clientX - left) * ratio, (clientY - top) * ratio);
  }

  /** Part of the drawing loop: draws when there is something new. */
  draw() {
    if (!this.feed.visible || this.size.width === 0) return;
    const next = this.feed.take();
    this.shown = next ?? this.shown;
    if (!this.shown || !(next || this.dirty)) return;
    if (next) this.shownAt = performance.now();
    this.#paint(this.shown);
    this.dirty = false;
    this.element.classList.add("painted");
  }

  close() {
    this.watch.disconnect();
    this.prefs.removeEventListener("change", this.onPrefs);
    this.shown = null;
  }

  /** @param {DOMRectReadOnly} area  remembered, so that drawing never asks for layout */
  #resized({ width, height }) {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    this.ratio = ratio;
    for (const canvas of [this.picture, this.overlay]) Object.assign(canvas, this.size);
    this.feed.resize?.(this.size.width);
    this.dirty = true;
    this.draw(); // a canvas that was resized is empty until it is drawn
  }

  /** The track that stands out; none while the chosen one is out of sight. @param {import("../types.js").TracksMessage} message */
  #strong({ tracks }) {
    if (this.highlight !== null) return this.highlight;
    return tracks.some(({ track_id }) => track_id === this.chosen) ? this.chosen : null;
  }

  /** @param {import("../types.js").Shown} shown */
  #paint({ image, message }) {
    const { width, height } = this.size;
    const below = /** @type {CanvasRenderingContext2D} */ (this.picture.getContext("2d", { alpha: false }));
    const above = /** @type {CanvasRenderingContext2D} */ (this.overlay.getContext("2d"));
    const of = message ?? /** @type {ImageBitmap} */ (image);
    const placed = (this.prefs.fit === "cover" ? cover : contain)(of.width, of.height, width, height);
    this.placed = placed;
    const pixelRatio = this.ratio ?? 1;
    below.fillStyle = "#06080a";
    below.fillRect(0, 0, width, height);
    if (image) below.drawImage(image, placed.x, placed.y, placed.width, placed.height);
    else drawBackdrop(below, placed, pixelRatio);
    above.clearRect(0, 0, width, height);
    if (!message) return;
    const scene = { message, trails: this.feed.trails, placed, pixelRatio, highlight: this.#strong(message) };
    const { boxes, labels, trails } = this.prefs.layers;
    if (trails) drawTrails(above, scene);
    if (boxes) drawBoxes(above, scene);
    if (labels) drawLabels(above, scene);
    for (const layer of this.extra) layer(above, scene);
  }
}

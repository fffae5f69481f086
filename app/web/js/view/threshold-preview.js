/**
 * While a threshold is held, every detection of the frame on the screen is drawn with what becomes of it.
 *
 * Detections are asked for only then, and for a moment after: nobody else pays for them.
 */

import { drawVerdicts } from "../draw/verdicts.js";
import { nextDetections } from "../net/api.js";
import { ScoreHistogram } from "./score-histogram.js";

const WAIT_S = 2;
const PAUSE_MS = 60;
const LINGER_MS = 1500; // after it was let go of
const FRAMES = 60;

export class ThresholdPreview {
  /**
   * @param {import("../model/stream.js").Stream} stream @param {import("../draw/viewport.js").Viewport} viewport
   * @param {() => import("../draw/verdicts.js").Thresholds} thresholds  as they are, or are about to be
   */
  constructor(stream, viewport, thresholds) {
    this.stream = stream;
    this.viewport = viewport;
    this.thresholds = thresholds;
    this.histogram = new ScoreHistogram();
    /** @type {Map<number, import("../types.js").DetectionRow[]>} */
    this.frames = new Map();
    this.until = -Infinity;
    this.held = false;
    this.asking = false;
    this.layer = this.#draw.bind(this);
  }

  get active() {
    return this.held || performance.now() < this.until;
  }

  /** A threshold was taken hold of, or let go. @param {boolean} held @param {HTMLElement} at  its control */
  hold(held, at) {
    if (this.held && !held) this.until = performance.now() + LINGER_MS;
    if (held) this.#float(at);
    this.held = held;
    if (held && !this.viewport.extra.includes(this.layer)) this.viewport.extra.push(this.layer);
    if (held) this.#ask();
    this.refresh();
  }

  /** The thresholds moved. */
  refresh() {
    const rows = [...this.frames.values()];
    if (rows.length)
      this.histogram.draw(
        rows.flat().map(({ score }) => score),
        rows.at(-1) ?? [],
        this.thresholds(),
      );
    this.viewport.dirty = true;
  }

  close() {
    this.held = false;
    this.until = -Infinity;
    this.#leave();
    this.histogram.close();
  }

  async #ask() {
    if (this.asking) return;
    this.asking = true;
    this.frames.clear();
    let since = -1;
    while (this.active) {
      const message = await nextDetections(this.stream.id, since, WAIT_S).catch(() => null);
      if (message?.detections && message.seq !== since) this.#take(message.seq, message.detections);
      since = message?.seq ?? -1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.asking = false;
    this.#leave();
  }

  /** @param {number} seq @param {import("../types.js").DetectionRow[]} detections */
  #take(seq, detections) {
    this.frames.set(seq, detections);
    if (this.frames.size > FRAMES) this.frames.delete(/** @type {number} */ (this.frames.keys().next().value));
    this.refresh();
  }

  /** A picture that is out of sight comes to where the control is not. @param {HTMLElement} control */
  #float(control) {
    const { element } = this.viewport;
    const place = /** @type {HTMLElement} */ (element.parentElement);
    element.classList.add("previewing");
    if (element.classList.contains("floating")) return;
    const { top, bottom, height } = element.getBoundingClientRect();
    if (Math.min(bottom, innerHeight) - Math.max(top, 0) > height / 2) return;
    place.style.minHeight = `${place.offsetHeight}px`; // what lies below it stays where it is
    element.classList.add("floating");
    element.classList.toggle("below-all", control.getBoundingClientRect().top < innerHeight / 2);
  }

  #leave() {
    this.viewport.element.classList.remove("previewing", "floating", "below-all");
    this.viewport.element.parentElement?.style.removeProperty("min-height");
    this.viewport.extra = this.viewport.extra.filter((layer) => layer !== this.layer);
    this.viewport.dirty = true;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {import("../draw/layers.js").Scene} scene */
  #draw(ctx, scene) {
    // Those of the very frame; a frame or two before where the picture is ahead of them.
    const { seq } = scene.message;
    const known = [0, 1, 2, 3].map((back) => this.frames.get(seq - back)).find(Boolean);
    if (known) drawVerdicts(ctx, scene, known, this.thresholds());
  }
}

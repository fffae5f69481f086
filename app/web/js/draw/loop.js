/**
 * One animation frame for everything that draws. It rests while nothing draws, and while the tab is hidden.
 *
 * Many pictures that change each at its own moment would make the browser compose the page at every beat of the screen;
 * they are drawn together, at every second beat, which nobody sees and which halves that work.
 */

const MANY = 5;
const TOGETHER_MS = 30; // a little less than two beats of a screen at 60 Hz

/** @typedef {{draw(now: number): void}} Drawable */

export class Loop {
  constructor() {
    /** @type {Set<Drawable>} */
    this.drawables = new Set();
    this.running = false;
    this.drawnAt = -Infinity;
  }

  /** @param {Drawable} drawable */
  add(drawable) {
    this.drawables.add(drawable);
    if (!this.running) this.#next();
  }

  /** @param {Drawable} drawable */
  remove(drawable) {
    this.drawables.delete(drawable);
  }

  #next() {
    this.running = this.drawables.size > 0;
    if (!this.running) return;
    requestAnimationFrame((beat) => {
      if (this.drawables.size < MANY || beat - this.drawnAt >= TOGETHER_MS) this.#draw(beat);
      this.#next();
    });
  }

  /** @param {number} beat */
  #draw(beat) {
    this.drawnAt = beat;
    const now = performance.now();
    for (const drawable of this.drawables) drawable.draw(now);
  }
}

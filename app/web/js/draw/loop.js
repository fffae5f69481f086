/** One animation frame for everything that draws. It rests while nothing draws, and while the tab is hidden. */
export class Loop {
  constructor() {
    /** @type {Set<{draw(now: number): void}>} */
    this.drawables = new Set();
    this.running = false;
  }

  /** @param {{draw(now: number): void}} drawable */
  add(drawable) {
    this.drawables.add(drawable);
    if (!this.running) this.#next();
  }

  /** @param {{draw(now: number): void}} drawable */
  remove(drawable) {
    this.drawables.delete(drawable);
  }

  #next() {
    this.running = this.drawables.size > 0;
    if (!this.running) return;
    requestAnimationFrame(() => {
      const now = performance.now();
      for (const drawable of this.drawables) drawable.draw(now);
      this.#next();
    });
  }
}

/** Waiting times between attempts: doubled each time, with jitter, so that many pages do not come back at once. */
export class Backoff {
  /** @param {number} [firstMs] @param {number} [mostMs] @param {() => number} [random] */
  constructor(firstMs = 1000, mostMs = 15000, random = Math.random) {
    this.firstMs = firstMs;
    this.mostMs = mostMs;
    this.random = random;
    this.attempts = 0;
  }

  /** The time to wait before the next attempt, in milliseconds. */
  next() {
    const full = Math.min(this.mostMs, this.firstMs * 2 ** this.attempts);
    this.attempts += 1;
    return full * (0.75 + 0.25 * this.random());
  }

  reset() {
    this.attempts = 0;
  }
}

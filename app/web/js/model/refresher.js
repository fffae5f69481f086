/** Asks for lists while the link is open and the tab is seen: streams every second, models and health every five. */

import { Refused, health, listModels, listStreams, newestTracks } from "../net/api.js";

const STREAMS_MS = 1000;
const SERVER_MS = 5000;

export class Refresher {
  /** @param {import("./store.js").Store} store @param {import("../net/link.js").Link} link */
  constructor(store, link) {
    this.store = store;
    this.link = link;
    this.timer = 0;
    this.serverDueAt = 0;
    this.running = false;
    this.again = false;
    link.addEventListener("state", () => {
      this.serverDueAt = 0;
      this.now();
    });
    document.addEventListener("visibilitychange", () => this.now());
  }

  /** Ask at once, and then in the usual rhythm. */
  async now() {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return;
    }
    if (this.link.state !== "open" || document.hidden) return;
    this.running = true;
    try {
      await this.#ask();
    } catch (error) {
      if (!(error instanceof Refused)) this.link.drop("The server does not answer.");
    } finally {
      this.running = false;
    }
    this.timer = setTimeout(() => this.now(), this.again ? 0 : STREAMS_MS);
    this.again = false;
  }

  async #ask() {
    const now = performance.now();
    const serverDue = now >= this.serverDueAt;
    const lists = [this.#streams(now)];
    if (serverDue) {
      this.serverDueAt = now + SERVER_MS;
      lists.push(listModels().then((models) => void (this.store.models = models)));
      lists.push(health().then((state) => void (this.store.health = state)));
    }
    const failed = (await Promise.allSettled(lists)).find((outcome) => outcome.status === "rejected");
    if (failed) throw /** @type {PromiseRejectedResult} */ (failed).reason;
  }

  /** @param {number} now */
  async #streams(now) {
    this.store.list(await listStreams(), now);
    // A page that was slow for a moment is not sent what it missed; of a stream that went quiet it would never hear.
    for (const { id } of this.store.unheard(now)) {
      const message = await newestTracks(id).catch(() => null);
      if (message) this.store.hear(message, now);
    }
  }
}

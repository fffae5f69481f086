/**
 * Asks for pictures of the feeds that are on the screen, all over one socket: few at a time, the one that has waited
 * longest first, so that sixteen cards share what the server and the browser can do.
 *
 * Driven by the drawing loop. While the tab is hidden nothing is asked for. Socket and decoding are in a worker.
 */

import { socketUrl } from "./address.js";

const AT_ONCE = 16;
const TIMEOUT_MS = 5000;

/** @typedef {import("../model/remote-feed.js").RemoteFeed} RemoteFeed */
/** @typedef {{stream?: string, epoch: number, seq: number, image?: ImageBitmap, lost?: string[]}} Answer */

export class Pictures {
  constructor() {
    /** @type {Set<RemoteFeed>} */
    this.feeds = new Set();
    /** What was asked for and has not come. @type {Map<string, {feed: RemoteFeed, at: number}>} */
    this.asked = new Map();
    this.worker = new Worker(new URL("./picture-worker.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.worker.postMessage({ address: socketUrl("v1/pictures") });
  }

  /** @param {RemoteFeed} feed */
  add(feed) {
    this.feeds.add(feed);
  }

  /** @param {RemoteFeed} feed */
  remove(feed) {
    this.feeds.delete(feed);
    if (this.asked.get(feed.id)?.feed === feed) this.asked.delete(feed.id);
    feed.close();
  }

  /** Ask for what is due. @param {number} now  milliseconds of performance.now() */
  draw(now) {
    if (document.hidden) return;
    this.#giveUp(now);
    const room = AT_ONCE - this.asked.size;
    if (room <= 0) return;
    const due = [...this.feeds].filter((feed) => feed.wants(now) && !this.asked.has(feed.id));
    if (due.length === 0) return;
    const chosen = due.sort((a, b) => a.askedAt - b.askedAt).slice(0, room);
    for (const feed of chosen) {
      feed.asked(now);
      this.asked.set(feed.id, { feed, at: now });
    }
    this.worker.postMessage({ pictures: chosen.map(({ id, width }) => ({ stream: id, width })) });
  }

  /** @param {Answer} answer */
  #receive({ stream, epoch, seq, image, lost }) {
    const now = performance.now();
    for (const id of lost ?? []) this.#answered(id); // of the lost connection the link tells
    if (!stream) return;
    const feed = this.#answered(stream);
    if (!feed) image?.close();
    else if (image) feed.receive({ image, epoch, seq, at: now });
    else feed.refused(now);
  }

  /** @param {string} stream */
  #answered(stream) {
    const feed = this.asked.get(stream)?.feed;
    this.asked.delete(stream);
    feed?.answered();
    return feed;
  }

  /** A server that answers no more must not keep a card waiting for ever. @param {number} now */
  #giveUp(now) {
    for (const [stream, { feed, at }] of this.asked) {
      if (now - at < TIMEOUT_MS) break; // a Map keeps the order of insertion
      this.#answered(stream);
      feed.refused(now);
    }
  }
}

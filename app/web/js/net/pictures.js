/**
 * Fetches pictures for the feeds that are on the screen: few at a time, the one that has waited longest first,
 * so that sixteen cards share what the server and the browser can do.
 *
 * Driven by the drawing loop, which rests while the tab is hidden; so do the requests.
 */

import { httpUrl, streamPath } from "./address.js";

const AT_ONCE = 4;
const TIMEOUT_MS = 5000;

export class Pictures {
  constructor() {
    /** @type {Set<import("../model/remote-feed.js").RemoteFeed>} */
    this.feeds = new Set();
    this.inFlight = 0;
  }

  /** @param {import("../model/remote-feed.js").RemoteFeed} feed */
  add(feed) {
    this.feeds.add(feed);
  }

  /** @param {import("../model/remote-feed.js").RemoteFeed} feed */
  remove(feed) {
    this.feeds.delete(feed);
    feed.close();
  }

  /** Start what is due. @param {number} now  milliseconds of performance.now() */
  draw(now) {
    if (this.inFlight >= AT_ONCE) return;
    const due = [...this.feeds].filter((feed) => feed.wants(now)).sort((a, b) => a.askedAt - b.askedAt);
    for (const feed of due.slice(0, AT_ONCE - this.inFlight)) this.#fetch(feed, now);
  }

  /** @param {import("../model/remote-feed.js").RemoteFeed} feed @param {number} now */
  async #fetch(feed, now) {
    this.inFlight += 1;
    feed.asked(now);
    try {
      const path = `${streamPath(feed.id)}/snapshot.jpg?annotate=0&width=${feed.width}`;
      const headers = feed.etag ? { "If-None-Match": feed.etag } : undefined;
      const response = await fetch(httpUrl(path), { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status === 200) await receive(feed, response);
      else if (response.status !== 304) feed.refused(performance.now());
    } catch {
      // No connection, of which the link tells, or a picture that cannot be read, after which the next one may be.
      feed.refused(performance.now());
    } finally {
      feed.answered();
      this.inFlight -= 1;
    }
  }
}

/** @param {import("../model/remote-feed.js").RemoteFeed} feed @param {Response} response */
async function receive(feed, response) {
  const epoch = Number(response.headers.get("Frame-Epoch"));
  const seq = Number(response.headers.get("Frame-Seq"));
  const image = await createImageBitmap(await response.blob());
  feed.receive({ image, epoch, seq, etag: response.headers.get("ETag") ?? "", at: performance.now() });
}

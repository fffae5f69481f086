/**
 * Everything the page knows of the server, fed by the subscription and by the lists.
 *
 * Events: `streams` when a stream came or went. Figures change all the time and are read, not announced.
 */

import { EventBook } from "./event-book.js";
import { Stream } from "./stream.js";

const QUIET_MS = 2000;

export class Store extends EventTarget {
  constructor() {
    super();
    /** @type {Map<string, Stream>} */
    this.streams = new Map();
    /** @type {import("../types.js").ModelView[]} */
    this.models = [];
    /** @type {import("../types.js").Health | null} */
    this.health = null;
    this.events = new EventBook();
    this.listed = false;
    this.telling = false;
  }

  /** Many streams may come at once; they are announced once. */
  #changed() {
    if (this.telling) return;
    this.telling = true;
    queueMicrotask(() => {
      this.telling = false;
      this.dispatchEvent(new Event("streams"));
    });
  }

  /** The stream of that name, made when it is new. @param {string} id */
  ensure(id) {
    const known = this.streams.get(id);
    if (known) return known;
    const stream = new Stream(id);
    this.streams.set(id, stream);
    this.#changed();
    return stream;
  }

  /** A stream that this page itself sends. @param {string} id @param {import("../send/sender.js").Sender} sender */
  attach(id, sender) {
    this.ensure(id).sender = sender;
    this.#changed();
  }

  /** @param {string} id */
  remove(id) {
    if (this.streams.delete(id)) this.#changed();
  }

  /**
   * Take the server's list: it decides which streams there are, unless one was heard of after it was asked for.
   * @param {import("../types.js").StreamView[]} views @param {number} askedAt
   */
  list(views, askedAt) {
    const first = !this.listed;
    this.listed = true;
    for (const view of views) {
      const stream = this.ensure(view.stream);
      if (stream.toldAt >= askedAt) continue;
      stream.view = view;
      stream.viewedAt = askedAt;
    }
    const open = new Set(views.map((view) => view.stream));
    for (const [id, stream] of this.streams) {
      if (!open.has(id) && !stream.sender && stream.heardAt < askedAt) this.remove(id);
    }
    if (first) this.#changed();
  }

  /** @param {import("../types.js").ServerMessage} message @param {number} now */
  hear(message, now) {
    if (message.type === "tracks") this.ensure(message.stream).hear(message, now);
    if (message.type !== "event") return;
    this.events.hear(message);
    if (["reset", "closed"].includes(message.event)) this.streams.get(message.stream)?.forget();
  }

  /** Streams that are quiet, and of whose last frame this page has not heard. @param {number} now */
  unheard(now) {
    return [...this.streams.values()].filter(({ view, answers: { newest }, heardAt }) => {
      if (view?.seq == null || now - heardAt < QUIET_MS) return false;
      return !newest || newest.epoch < view.epoch || (newest.epoch === view.epoch && newest.seq < view.seq);
    });
  }

  /** In the order of their names, numbers by value: cam2 before cam10. */
  sorted() {
    const order = new Intl.Collator(undefined, { numeric: true }).compare;
    return [...this.streams.values()].sort((a, b) => order(a.id, b.id));
  }

  /** The model that runs. */
  get model() {
    return this.models.find((model) => model.loaded) ?? null;
  }

  totals() {
    const views = [...this.streams.values()].flatMap(({ view }) => (view ? [view] : []));
    const sum = (/** @type {(view: import("../types.js").StreamView) => number} */ of) =>
      views.reduce((all, view) => all + of(view), 0);
    return { streams: this.streams.size, fps: sum((view) => view.fps), tracks: sum((view) => view.tracks) };
  }
}

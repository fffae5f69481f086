/** All streams, a card each; only the cards on the screen ask for pictures. */

import { LocalFeed } from "../model/local-feed.js";
import { RemoteFeed } from "../model/remote-feed.js";
import { Card } from "./card.js";
import { h, setAttribute, setText } from "./dom.js";
import { plural } from "./format.js";
import { layerSwitches } from "./layer-switches.js";

const FILTER_FROM = 9; // streams from which on a filter is of use

export class Grid {
  /** @param {HTMLElement} section @param {import("../main.js").Page} page */
  constructor(section, page) {
    this.section = section;
    this.page = page;
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    this.title = h("h1", {}, "Streams");
    this.filter = h("input", {
      type: "search",
      class: "filter",
      placeholder: "Filter by name",
      "aria-label": "Filter streams by name",
      on: { input: () => this.arrange() },
    });
    this.list = h("div", { class: "cards" });
    section.append(h("div", { class: "bar" }, this.title, this.filter, layerSwitches(page.prefs)), this.list);
    this.seen = new IntersectionObserver((entries) => entries.forEach((entry) => this.#look(entry)), {
      rootMargin: "64px",
    });
    page.store.addEventListener("streams", () => this.arrange());
  }

  /** Make the cards match the streams. */
  arrange() {
    const streams = this.page.store.sorted();
    for (const [id, card] of this.cards)
      if (this.page.store.streams.get(id) !== card.stream || card.sender !== card.stream.sender) this.#remove(id, card);
    for (const stream of streams) if (!this.cards.has(stream.id)) this.#add(stream);
    const wanted = this.filter.value.trim().toLowerCase();
    this.filter.hidden = streams.length < FILTER_FROM && !wanted;
    setText(this.title, plural(streams.length, "stream"));
    setAttribute(this.list, "data-count", String(streams.length));
    streams.forEach(({ id }, at) => {
      const { element } = /** @type {Card} */ (this.cards.get(id));
      if (this.list.children[at] !== element) this.list.insertBefore(element, this.list.children[at] ?? null);
      element.hidden = !id.toLowerCase().includes(wanted);
    });
  }

  /** @param {number} now */
  update(now) {
    for (const card of this.cards.values()) if (card.feed.visible) card.update(now);
  }

  /** Put the keyboard's focus on a card. @param {string} id */
  focus(id) {
    this.cards.get(id)?.link.focus();
  }

  /** @param {import("../model/stream.js").Stream} stream */
  #add(stream) {
    const feed = stream.sender ? new LocalFeed(stream, stream.sender) : new RemoteFeed(stream);
    const card = new Card(stream, feed, this.page.prefs);
    this.cards.set(stream.id, card);
    if (feed instanceof RemoteFeed) this.page.pictures.add(feed);
    this.page.loop.add(card.viewport);
    this.seen.observe(card.element);
    card.update(performance.now());
  }

  /** @param {string} id @param {Card} card */
  #remove(id, card) {
    this.seen.unobserve(card.element);
    this.page.loop.remove(card.viewport);
    if (card.feed instanceof RemoteFeed) this.page.pictures.remove(card.feed);
    card.close();
    this.cards.delete(id);
  }

  /** @param {IntersectionObserverEntry} entry */
  #look(entry) {
    const id = /** @type {HTMLElement} */ (entry.target).dataset.stream ?? "";
    const card = this.cards.get(id);
    if (!card) return;
    card.feed.visible = entry.isIntersecting;
    if (entry.isIntersecting) card.update(performance.now());
  }
}

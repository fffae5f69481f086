/** One stream in the grid. */

import { Viewport } from "../draw/viewport.js";
import { Books } from "./books.js";
import { CountsOverlay } from "./counts-overlay.js";
import { h, setAttribute, setText } from "./dom.js";
import { Figures } from "./figures.js";
import { SourceNote } from "./source-note.js";

/** @param {string} id */
export function stageAddress(id) {
  return `#/stream/${encodeURIComponent(id)}`;
}

export class Card {
  /**
   * @param {import("../model/stream.js").Stream} stream
   * @param {import("../types.js").Feed} feed
   * @param {import("../model/prefs.js").Prefs} prefs
   */
  constructor(stream, feed, prefs) {
    this.stream = stream;
    this.feed = feed;
    this.prefs = prefs;
    this.sender = stream.sender;
    this.viewport = new Viewport(feed, prefs, stream.id);
    this.figures = new Figures();
    this.books = new Books();
    this.pill = h("span", { class: "pill idle" }, "waiting");
    this.link = h("a", { class: "card-link", href: stageAddress(stream.id) }, stream.id);
    this.note = h("p", { class: "viewport-note" }, "Waiting for the first frame");
    this.sourceNote = new SourceNote(stream);
    this.counts = new CountsOverlay();
    this.viewport.element.append(this.note, this.sourceNote.element, this.counts.element);
    this.element = h(
      "article",
      { class: "card", "data-stream": stream.id, "aria-label": `Stream ${stream.id}` },
      this.viewport.element,
      h("div", { class: "card-head" }, h("h2", {}, this.link), this.pill),
      this.figures.element,
      this.books.element,
    );
  }

  /** @param {number} now */
  update(now) {
    const { tone, word, detail } = this.stream.condition(now);
    setText(this.pill, word);
    setAttribute(this.pill, "class", `pill ${tone}`);
    setAttribute(this.pill, "title", detail);
    this.sourceNote.update(now);
    const { view, answers } = this.stream;
    const shown = this.prefs.layers.zones ? (this.viewport.message ?? answers.newest) : null;
    this.counts.update(shown?.counts);
    if (!view) return;
    this.figures.update(view);
    this.books.update(view.accounts);
  }

  close() {
    this.viewport.close();
    this.element.remove();
  }
}

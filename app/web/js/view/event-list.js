/** A list of events, newest first. Rows stay where they are while new ones come above them. */

import { colourOf } from "../draw/colour.js";
import { stageAddress } from "./card.js";
import { h, setText } from "./dom.js";
import { clock, eventTone, eventWords, fullTime } from "./event-words.js";

const MOST = 150; // rows in the document, whatever the book holds

/** @typedef {import("../types.js").EventMessage} EventMessage */

export class EventList {
  /**
   * @param {import("../model/event-book.js").EventBook} book
   * @param {{stream?: string, groups?: Set<string>, empty: string}} options  of one stream: it is not named in each row
   */
  constructor(book, { stream = "", groups, empty }) {
    this.book = book;
    this.stream = stream;
    this.named = stream === "";
    this.groups = groups;
    this.shown = "";
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
    this.list = h("ol", { class: "events", "aria-label": "Events, newest first" });
    this.none = h("p", { class: "muted none" }, empty);
    this.element = h("div", { class: "event-scroll", tabindex: "0", role: "region", "aria-label": "Events" });
    this.element.append(this.list, this.none);
  }

  /** Make the rows match the book, when it has changed. */
  update() {
    const groups = this.groups ?? this.book.groups;
    const state = `${this.book.version} ${this.stream} ${[...groups].join()}`;
    if (state === this.shown) return;
    this.shown = state;
    const events = this.book.list({ stream: this.stream, most: MOST, groups });
    const wanted = new Set(events.map((event) => /** @type {number} */ (event.id)));
    for (const [id, row] of this.rows) {
      if (wanted.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    events.forEach((event, at) => {
      const row = this.#row(event);
      if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null);
    });
    this.none.hidden = events.length > 0;
  }

  /** @param {EventMessage} event */
  #row(event) {
    const id = /** @type {number} */ (event.id);
    const known = this.rows.get(id);
    if (known) return known;
    const row = h("li", { class: `event ${eventTone(event)}`, "data-event": event.event }, link(event, this.named));
    this.rows.set(id, row);
    return row;
  }
}

/** @param {EventMessage} event @param {boolean} named */
function link(event, named) {
  const at = event.at ?? 0;
  const dot = h("i", { class: "event-dot", "aria-hidden": "true" });
  if (event.track_id !== undefined) dot.style.backgroundColor = colourOf(event.track_id);
  const track = event.track_id === undefined ? "" : `/track/${event.track_id}`;
  const words = h("span", { class: "event-words" });
  setText(words, eventWords(event));
  return h(
    "a",
    { href: event.event === "closed" ? "#/" : `${stageAddress(event.stream)}${track}` },
    dot,
    words,
    h(
      "span",
      { class: "event-when" },
      named && h("span", { class: "event-stream" }, event.stream),
      h("time", { datetime: new Date(at * 1000).toISOString(), title: fullTime(at) }, clock(at)),
    ),
  );
}

/** What happened in all streams: a button with the number of new events, and the list behind it. */

import { GROUPS } from "../model/event-book.js";
import { h, setAttribute, setText } from "./dom.js";
import { Drawer } from "./drawer.js";
import { EventList } from "./event-list.js";
import { icon } from "./icons.js";

const NAMES = /** @type {Record<string, string>} */ ({
  cameras: "Cameras",
  zones: "Zones and lines",
  health: "Health",
  tracks: "Every track",
});
const NOTHING =
  "Nothing has happened yet. Cameras that come and go, objects that enter a zone or cross a line, and tracking that " +
  "looks wrong appear here.";

export class EventsDrawer {
  /** @param {import("../model/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.book = store.events;
    this.list = new EventList(this.book, { empty: NOTHING });
    this.stream = h("select", { "aria-label": "Events of", on: { change: () => this.#choose() } });
    this.missed = h("p", { class: "muted event-missed", hidden: true });
    const groups = h("div", { class: "chips-row", role: "group", "aria-label": "Kinds of events" });
    groups.append(...Object.keys(GROUPS).map((group) => this.#switch(group)));
    this.drawer = new Drawer("events", "Events", groups, this.stream, this.missed, this.list.element);
    this.badge = h("b", { class: "badge", hidden: true });
    const toggle = () => this.drawer.toggle();
    const attributes = { type: "button", class: "button square", id: "show-events", "aria-label": "Events" };
    this.button = h("button", { ...attributes, on: { click: toggle } }, icon("bell"), this.badge);
    this.drawer.addEventListener("change", () => this.update());
  }

  update() {
    const { open } = this.drawer;
    setAttribute(this.button, "aria-expanded", String(open));
    if (open) {
      this.book.see();
      this.#streams();
      this.list.update();
      this.missed.hidden = this.book.missed === 0;
      setText(this.missed, `${this.book.missed} older events are no longer kept by the server.`);
    }
    const { unseen } = this.book;
    this.badge.hidden = unseen === 0;
    setText(this.badge, unseen > 99 ? "99+" : String(unseen));
    const label = unseen ? `Events, ${unseen} new` : "Events";
    setAttribute(this.button, "aria-label", label);
    setAttribute(this.button, "title", label);
  }

  /** @param {string} group */
  #switch(group) {
    const flip = () => {
      const shown = !this.book.groups.has(group);
      this.book.show(group, shown);
      setAttribute(button, "aria-pressed", String(shown));
      this.update();
    };
    const pressed = String(this.book.groups.has(group));
    const attributes = { type: "button", class: "choice", "aria-pressed": pressed, "data-group": group };
    const button = h("button", { ...attributes, on: { click: flip } }, NAMES[group]);
    return button;
  }

  #choose() {
    this.list.stream = this.stream.value;
    this.list.named = true;
    this.list.update();
  }

  /** The streams there are; the chosen one stays in the list when it has gone. */
  #streams() {
    const ids = this.store.sorted().map(({ id }) => id);
    const chosen = this.stream.value;
    if (chosen && !ids.includes(chosen)) ids.push(chosen);
    const wanted = ["", ...ids];
    if (wanted.join() === [...this.stream.options].map((option) => option.value).join()) return;
    this.stream.replaceChildren(
      ...wanted.map((id) => h("option", { value: id, selected: id === chosen }, id || "All streams")),
    );
  }
}

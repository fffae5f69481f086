/** The tracks of the newest frame. A row keeps its place while its track lives; pointing at it lights its box. */

import { colourOf, inkOn } from "../draw/colour.js";
import { h, setAttribute, setText } from "./dom.js";
import { className, plural, seconds, speedOf } from "./format.js";
import { trackAddress } from "./watching.js";

const COLUMNS = ["id", "class", "score", "age", "speed"];

export class TrackTable {
  /** @param {string} stream @param {(trackId: number | null) => void} point */
  constructor(stream, point) {
    this.stream = stream;
    this.point = point;
    /** @type {number | null} */
    this.chosen = null;
    /** @type {Map<number, {row: HTMLTableRowElement, cells: HTMLTableCellElement[]}>} */
    this.rows = new Map();
    this.caption = h("caption", { class: "sr-only" }, "Current tracks");
    this.body = h("tbody", {});
    const table = h(
      "table",
      {},
      this.caption,
      h("thead", {}, h("tr", {}, ...COLUMNS.map((name) => h("th", { scope: "col" }, name)))),
      this.body,
    );
    this.none = h("p", { class: "muted none" }, "Nothing is tracked at the moment.");
    this.element = h(
      "div",
      {
        class: "table-scroll",
        tabindex: "0",
        role: "region",
        "aria-label": "Current tracks",
        on: { pointerleave: () => point(null) },
      },
      table,
      this.none,
    );
  }

  /** @param {import("../types.js").TrackRow[]} tracks */
  update(tracks) {
    const sorted = [...tracks].sort((a, b) => a.track_id - b.track_id);
    const alive = new Set(sorted.map((track) => track.track_id));
    for (const [id, { row }] of this.rows) {
      if (alive.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    sorted.forEach((track, at) => {
      const { row, cells } = this.#row(track.track_id);
      if (this.body.children[at] !== row) this.body.insertBefore(row, this.body.children[at] ?? null);
      fill(cells, track);
    });
    this.none.hidden = sorted.length > 0;
    setText(this.caption, `Current tracks: ${plural(sorted.length, "track")}`);
  }

  /** Mark the row of the track that is looked at. @param {number | null} id */
  choose(id) {
    this.chosen = id;
    for (const [trackId, { row }] of this.rows) row.classList.toggle("chosen", trackId === id);
  }

  /** @param {number} id */
  #row(id) {
    const known = this.rows.get(id);
    if (known) return known;
    const label = { "aria-label": `Look at track ${id}`, title: `Look at track ${id}` };
    const chip = h("a", { class: "id-chip", href: trackAddress(this.stream, id), ...label }, String(id));
    chip.style.backgroundColor = colourOf(id);
    chip.style.color = inkOn(id);
    const cells = COLUMNS.map((_, at) => h("td", {}, at === 0 ? chip : null));
    const on = { pointerenter: () => this.point(id), click: () => chip.click() };
    chip.addEventListener("click", (event) => event.stopPropagation()); // the row would click it again
    chip.addEventListener("focus", () => this.point(id));
    chip.addEventListener("blur", () => this.point(null));
    const row = h("tr", { "data-track": String(id), class: id === this.chosen ? "chosen" : "", on }, ...cells);
    const made = { row, cells };
    this.rows.set(id, made);
    return made;
  }
}

/** @param {HTMLTableCellElement[]} cells @param {import("../types.js").TrackRow} track */
function fill([, kind, score, age, speed], track) {
  setText(kind, className(track));
  setAttribute(kind, "title", track.uid);
  setText(score, track.score.toFixed(2));
  setText(age, seconds(track.age_s));
  setText(speed, speedOf(track) ?? `${Math.hypot(...track.velocity).toFixed(0)} px/s`);
}

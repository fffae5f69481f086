/**
 * Zones and lines of one stream: drawn on its picture, counted beside it.
 *
 * Puts together the book of shapes, the layer over the picture, the editor with its tools and keys, and the panel.
 */

import { ShapeBook } from "../model/shape-book.js";
import { Refused, resetCounts } from "../net/api.js";
import { confirmed } from "./confirm.js";
import { CountRow } from "./count-row.js";
import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { ShapeEditor } from "./shape-editor.js";
import { ShapeForm } from "./shape-form.js";
import { ShapeKeys } from "./shape-keys.js";
import { ShapeLayer } from "./shape-layer.js";
import { ShapeTools } from "./shape-tools.js";
import { toast } from "./toast.js";

export class Counting {
  /**
   * @param {import("../model/stream.js").Stream} stream
   * @param {HTMLElement} over  the viewport
   * @param {import("../main.js").Page} page
   */
  constructor(stream, over, page) {
    this.stream = stream;
    this.page = page;
    this.book = new ShapeBook(stream);
    this.layer = new ShapeLayer(over, this.book, stream.id);
    this.editor = new ShapeEditor(this.book, this.layer);
    this.keys = new ShapeKeys(this.editor, () => this.turn(false));
    this.tools = new ShapeTools(this.editor, () => this.turn(false));
    this.form = new ShapeForm(this.editor, () => labelsOf(stream, page.store));
    /** @type {Map<string, CountRow>} */
    this.rows = new Map();
    this.edit = h("button", {
      type: "button",
      class: "button small",
      id: "edit-zones",
      on: { click: () => this.turn(!this.editor.active) },
    });
    this.edit.append(icon("pencil"), h("span", {}, "Draw"));
    const label = "Reset counts";
    this.reset = h(
      "button",
      {
        type: "button",
        class: "button quiet square small",
        id: "reset-counts",
        "aria-label": label,
        title: label,
        on: { click: () => this.#reset() },
      },
      icon("reset"),
    );
    this.list = h("ul", { class: "count-list" });
    this.none = h(
      "p",
      { class: "muted" },
      "Draw a zone or a line on the picture, and what goes through it is counted.",
    );
    this.state = h("span", { class: "save-state muted", role: "status" });
    this.element = h(
      "section",
      { class: "panel counting", "aria-labelledby": "counting-title" },
      h(
        "div",
        { class: "panel-head" },
        h("h2", { id: "counting-title" }, "Zones and lines"),
        this.state,
        this.reset,
        this.edit,
      ),
      this.form.element,
      this.none,
      this.list,
    );
    this.show = () => this.#show();
    for (const source of [this.book, this.editor]) source.addEventListener("change", this.show);
    this.onPrefs = () => this.#layers();
    page.prefs.addEventListener("change", this.onPrefs);
    this.#layers();
    this.#show();
  }

  /** Begin or end to draw. @param {boolean} active */
  turn(active) {
    this.editor.turn(active);
    if (active && this.book.shapes.size === 0) this.editor.take("zone");
    const target = active ? this.layer.svg : this.edit;
    target.focus({ preventScroll: true });
  }

  /** Draw a shape of a kind, or change the one there is. @param {"region" | "ground"} kind */
  draw(kind) {
    if (!this.editor.active) this.turn(true);
    const key = `${kind}/${kind}`;
    if (!this.book.shapes.has(key)) this.editor.take(kind);
    else this.#choose(key);
    this.tools.element.scrollIntoView({ block: "start" });
  }

  /** @param {{width: number | null, height: number | null} | null} size  of the picture on the screen @param {import("../types.js").Counts} [counts]  of the frame on the screen */
  update(size, counts) {
    this.book.refresh();
    if (size?.width && size.height) this.layer.fit({ width: size.width, height: size.height });
    this.layer.count(counts ?? this.stream.counts.newest);
    for (const row of this.rows.values()) row.update(this.stream.counts, row.key === this.editor.chosen);
  }

  close() {
    this.keys.close();
    this.layer.close();
    this.page.prefs.removeEventListener("change", this.onPrefs);
    for (const row of this.rows.values()) row.close();
  }

  #show() {
    const counted = [...this.book.shapes].filter(([, { kind }]) => kind === "zone" || kind === "line");
    const wanted = new Map(counted);
    for (const [key, row] of this.rows) {
      if (wanted.has(key)) continue;
      row.close();
      this.rows.delete(key);
    }
    const { colours } = this.book;
    counted.forEach(([key, shape], at) => {
      const row = this.rows.get(key) ?? new CountRow(shape, () => this.#choose(key));
      this.rows.set(key, row);
      if (this.list.children[at] !== row.element) this.list.insertBefore(row.element, this.list.children[at] ?? null);
      row.paint(colours.get(shape.name) ?? "");
      row.update(this.stream.counts, key === this.editor.chosen);
    });
    const { active } = this.editor;
    this.none.hidden = counted.length > 0;
    this.reset.hidden = counted.length === 0 || active;
    setAttribute(this.edit, "aria-pressed", String(active));
    setText(/** @type {Node} */ (this.edit.lastChild), active ? "Done" : counted.length ? "Edit" : "Draw");
    setText(this.state, stateOf(this.book));
    this.element.closest(".stage-body")?.classList.toggle("editing", active);
    this.form.update();
    this.#layers();
  }

  /** @param {string} key */
  #choose(key) {
    if (!this.editor.active) this.turn(true);
    this.editor.take("select");
    this.editor.choose(key);
  }

  /** Shapes are hidden with their switch, unless they are being drawn. */
  #layers() {
    const hidden = !this.page.prefs.layers.zones && !this.editor.active;
    for (const part of [this.layer.svg, this.layer.tags]) part.classList.toggle("off", hidden);
  }

  async #reset() {
    const text = "Entries, exits and crossings start again at 0. Tracks and what is inside stay.";
    if (!(await confirmed({ title: `Reset the counts of ${this.stream.id}?`, text, action: "Reset counts" }))) return;
    try {
      await resetCounts(this.stream.id);
      toast("The counts start again.");
    } catch (error) {
      toast(error instanceof Refused ? error.message : "The server does not answer.", "bad");
    }
  }
}

/** Names of the classes that a stream's boxes can have. @param {import("../model/stream.js").Stream} stream @param {import("../model/store.js").Store} store @returns {string[]} */
export function labelsOf({ view }, store) {
  if (view?.settings.labels) return view.settings.labels;
  const name = view?.settings.model;
  const model = name
    ? store.models.find((one) => one.name === name)
    : (store.models.find((one) => one.default) ?? store.model);
  return model?.labels ?? [];
}

/** @param {ShapeBook} book */
function stateOf(book) {
  const states = [...book.pending.values()].map(({ state }) => state);
  if (states.includes("refused") || states.includes("conflict")) return "Not saved";
  if (states.includes("saving")) return "Saving…";
  return book.done.length + book.undone.length > 0 ? "Saved" : "";
}

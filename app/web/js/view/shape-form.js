/** The properties of the shape that is chosen. Every change is sent at once. */

import { NAME, keyOf } from "../model/shapes.js";
import { h, setAttribute, setText } from "./dom.js";
import { GroundFields } from "./ground-fields.js";
import { icon } from "./icons.js";
import { ClassChips } from "./class-chips.js";
import { numberField, selectField } from "./fields.js";
import { KINDS } from "./shape-view.js";

/** @typedef {import("../model/shapes.js").Shape} Shape */

const ANCHORS = /** @type {[string, string][]} */ ([
  ["bottom", "middle of the lower edge (feet)"],
  ["centre", "centre of the box"],
  ["top", "middle of the upper edge (head)"],
]);

export class ShapeForm {
  /** @param {import("./shape-editor.js").ShapeEditor} editor @param {() => string[]} labels  class names of the stream's model */
  constructor(editor, labels) {
    this.editor = editor;
    this.labels = labels;
    this.title = h("h3", {});
    this.name = h("input", { type: "text", class: "text", maxlength: "64", spellcheck: "false", autocomplete: "off" });
    this.name.addEventListener("change", () => this.#rename());
    this.nameField = h("label", { class: "field" }, h("span", {}, "Name"), this.name);
    this.anchor = selectField("Point of a box that counts", ANCHORS, (anchor) => this.#set({ anchor }));
    this.classes = new ClassChips("Classes that are counted", (classes) => this.#set({ classes }));
    this.margin = numberField("Margin", "of a box's height", { min: 0, max: 1, step: 0.05 }, (margin) =>
      this.#set({ margin: margin ?? 0.1 }),
    );
    this.hold = numberField("Hold", "s", { min: 0, max: 60, step: 0.1 }, (hold_s) =>
      this.#set({ hold_s: hold_s ?? 0.2 }),
    );
    this.dwell = numberField(
      "Tell who stays longer than",
      "s",
      { min: 0, max: 86400, step: 1, empty: "nobody" },
      (dwell_s) => this.#set({ dwell_s }),
    );
    setAttribute(this.margin.element, "title", "How far beyond the border a track must be to have changed sides");
    setAttribute(this.hold.element, "title", "How long a track must have been on a side to have changed to it");
    this.ground = new GroundFields((metres) => this.#set({ metres }));
    this.turn = action("swap", "Turn round", () => this.#turn());
    this.remove = action("trash", "Delete", () => this.#remove(), "danger");
    this.problem = h("p", {});
    this.insist = action("", "Keep mine", () => this.key && editor.book.insist(this.key));
    this.giveUp = action("", "Take the server's", () => this.key && editor.book.giveUp(this.key));
    this.notice = h(
      "div",
      { class: "problem", role: "alert", hidden: true },
      this.problem,
      h("div", { class: "actions start" }, this.insist, this.giveUp),
    );
    const numbers = h("div", { class: "fields" }, this.margin.element, this.hold.element, this.dwell.element);
    this.element = h("form", {
      class: "shape-form",
      hidden: true,
      on: { submit: (/** @type {Event} */ event) => event.preventDefault() },
    });
    this.element.append(
      this.title,
      this.notice,
      this.nameField,
      this.anchor.element,
      numbers,
      this.classes.element,
      this.ground.element,
      h("div", { class: "actions start" }, this.turn, this.remove),
    );
  }

  get key() {
    return this.editor.chosen;
  }

  update() {
    const shape = this.key ? this.editor.book.get(this.key) : null;
    this.element.hidden = !this.editor.active || !shape;
    if (!shape || this.element.hidden) return;
    const { kind } = shape;
    const counted = kind === "zone" || kind === "line";
    setText(this.title, counted ? `${KINDS[kind]} ${shape.name}` : KINDS[kind]);
    this.nameField.hidden = !counted;
    if (document.activeElement !== this.name) this.name.value = shape.name;
    this.anchor.element.hidden = kind === "ground";
    this.anchor.update(shape.anchor ?? "bottom");
    this.anchor.only(kind === "region" ? ["bottom", "centre"] : null);
    for (const field of [this.margin, this.classes]) field.element.hidden = !counted;
    for (const field of [this.hold, this.dwell]) field.element.hidden = kind !== "zone";
    this.margin.update(shape.margin ?? 0.1);
    this.hold.update(shape.hold_s ?? 0.2);
    this.dwell.update(shape.dwell_s ?? null);
    if (counted) this.classes.update(this.labels(), shape.classes ?? null);
    this.ground.element.hidden = kind !== "ground";
    if (kind === "ground") this.ground.update(shape.metres ?? []);
    this.turn.hidden = kind !== "line";
    this.#tell();
  }

  #tell() {
    const pending = this.key ? this.editor.book.pending.get(this.key) : undefined;
    const wrong = pending?.state === "refused" || pending?.state === "conflict";
    this.notice.hidden = !wrong;
    if (!pending || !wrong) return;
    setText(this.problem, pending.state === "refused" ? `Not saved: ${pending.problem}` : pending.problem);
    const there = this.key !== null && this.editor.book.server.has(this.key);
    setText(/** @type {Node} */ (this.giveUp.lastChild), there ? "Take the server's" : "Discard");
    setText(/** @type {Node} */ (this.insist.lastChild), pending.state === "refused" ? "Try again" : "Keep mine");
  }

  /** @param {Partial<Shape>} change */
  #set(change) {
    const shape = this.key ? this.editor.book.get(this.key) : null;
    if (shape && this.key) this.editor.book.apply([[this.key, { ...shape, ...change }]]);
  }

  #rename() {
    const shape = this.key ? this.editor.book.get(this.key) : null;
    if (!shape || !this.key) return;
    const renamed = { ...shape, name: this.name.value.trim() };
    const key = keyOf(renamed);
    const others = [...this.editor.book.shapes].filter(([each]) => each !== this.key);
    const taken = others.some(([, { name }]) => name === renamed.name); // of zones and lines together
    const wrong = taken
      ? "This name is taken."
      : NAME.test(renamed.name)
        ? ""
        : "Up to 64 letters, digits, dots, dashes and underscores.";
    this.name.setCustomValidity(wrong);
    if (!this.name.reportValidity() || key === this.key) return;
    this.editor.book.apply([
      [this.key, null],
      [key, renamed],
    ]);
    this.editor.choose(key);
  }

  #turn() {
    const shape = this.key ? this.editor.book.get(this.key) : null;
    if (shape) this.#set({ points: shape.points.toReversed() });
  }

  #remove() {
    if (!this.key) return;
    const { key } = this;
    this.editor.book.apply([[key, null]]);
    this.editor.choose(null);
    this.editor.layer.svg.focus({ preventScroll: true });
  }
}

/** @param {string} name @param {string} text @param {() => void} act @param {string} [kind] */
function action(name, text, act, kind = "") {
  const mark = name ? icon(name) : "";
  return h("button", { type: "button", class: `button small ${kind}`, on: { click: act } }, mark, h("span", {}, text));
}

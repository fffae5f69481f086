/** Where the four points of the ground lie, in metres: as a rectangle by its sides, or point by point. */

import { h } from "./dom.js";
import { numberField } from "./fields.js";

/** @typedef {[number, number]} Point */

export class GroundFields {
  /** @param {(metres: Point[]) => void} change */
  constructor(change) {
    this.change = change;
    /** @type {Point[]} */
    this.metres = [];
    const limits = { min: -1e6, max: 1e6, step: 0.5 };
    const size = { min: 0.01, max: 1e6, step: 0.5 };
    this.width = numberField("From corner 1 to 2", "m", size, () => this.#rectangle());
    this.depth = numberField("From corner 2 to 3", "m", size, () => this.#rectangle());
    this.rows = [0, 1, 2, 3].map((at) => {
      const fields = [0, 1].map((axis) =>
        numberField(`Corner ${at + 1}, ${axis ? "y" : "x"}`, "m", limits, (value) => this.#set(at, axis, value ?? 0)),
      );
      return { fields, row: h("div", { class: "fields" }, ...fields.map(({ element }) => element)) };
    });
    const words = "If the four corners are a rectangle on the ground, say how long its sides are.";
    const sides = h("div", { class: "fields" }, this.width.element, this.depth.element);
    this.rectangle = h("div", {}, h("p", { class: "muted" }, words), sides);
    this.element = h(
      "div",
      { class: "ground-fields" },
      this.rectangle,
      h("details", {}, h("summary", {}, "Corner by corner"), ...this.rows.map(({ row }) => row)),
    );
  }

  /** @param {Point[]} metres */
  update(metres) {
    this.metres = metres;
    this.rectangle.hidden = metres.length !== 4;
    const [a, b, c] = metres;
    const length = (/** @type {Point} */ one, /** @type {Point} */ other) =>
      one && other ? Math.round(Math.hypot(one[0] - other[0], one[1] - other[1]) * 100) / 100 : null;
    this.width.update(length(a, b));
    this.depth.update(length(b, c));
    this.rows.forEach(({ fields, row }, at) => {
      row.hidden = !metres[at];
      fields.forEach((field, axis) => field.update(metres[at]?.[axis] ?? null));
    });
  }

  #rectangle() {
    const [wide, deep] = [Number(this.width.input.value), Number(this.depth.input.value)];
    if (wide > 0 && deep > 0)
      this.change([
        [0, 0],
        [wide, 0],
        [wide, deep],
        [0, deep],
      ]);
  }

  /** @param {number} at @param {number} axis @param {number} value */
  #set(at, axis, value) {
    const point = /** @type {Point} */ (this.metres[at].with(axis, value));
    this.change(this.metres.with(at, point));
  }
}

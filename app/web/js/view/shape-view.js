/** One shape on the picture: its outline, the arrow of a line, and the corners while it is chosen. */

import { crossesItself, middle, toTheRight } from "../draw/geometry.js";
import { LEAST } from "../model/shapes.js";
import { h, setAttribute, setText } from "./dom.js";
import { pathOf, s } from "./svg.js";

const ARROW = 26; // px from the line to the tip

/** What a viewer calls each kind. */
export const KINDS = /** @type {Record<string, string>} */ ({
  zone: "Zone",
  line: "Line",
  region: "Region",
  ground: "Ground",
});

/**
 * @typedef {object} Look
 * @property {number} width @property {number} height   of the picture on the screen, in CSS pixels
 * @property {string} colour
 * @property {boolean} editing
 * @property {boolean} chosen
 * @property {string} problem   why it is not as the server has it, if it is not
 */

export class ShapeView {
  /** @param {string} key */
  constructor(key) {
    this.key = key;
    this.grip = s("path", { class: "shape-grip", "data-key": key });
    this.outline = s("path", { class: "shape-outline" });
    this.arrow = s("path", { class: "shape-arrow" });
    this.corners = s("g", {});
    this.numbers = s("g", {});
    const parts = [this.outline, this.arrow, this.grip, this.numbers, this.corners];
    this.element = s("g", { class: "shape", "data-key": key }, ...parts);
    this.name = h("b", {});
    this.figures = h("span", {});
    this.tag = h("div", { class: "shape-tag" }, this.name, this.figures);
  }

  /** @param {import("../model/shapes.js").Shape} shape @param {Look} look */
  update(shape, look) {
    const { kind, name } = shape;
    const points = shape.points.map(([x, y]) => /** @type {[number, number]} */ ([x * look.width, y * look.height]));
    const closed = kind !== "line";
    const wrong = look.problem !== "" || (closed && crossesItself(points));
    const { chosen, editing } = look;
    setAttribute(this.element, "class", `shape is-${kind}${chosen ? " chosen" : ""}${wrong ? " wrong" : ""}`);
    for (const { style } of [this.element, this.tag]) style.setProperty("--shape", look.colour);
    for (const path of [this.grip, this.outline]) setAttribute(path, "d", pathOf(points, closed));
    setAttribute(this.arrow, "d", kind === "line" ? arrow(points[0], points[1]) : "");
    setAttribute(this.grip, "tabindex", editing ? "0" : null);
    setAttribute(this.grip, "role", editing ? "button" : null);
    setAttribute(this.grip, "aria-pressed", editing ? String(chosen) : null);
    setAttribute(this.grip, "aria-label", `${KINDS[kind]} ${kind === name ? "" : name}`.trim());
    this.#corners(shape, points, editing && chosen);
    this.#numbers(kind === "ground" && editing && chosen ? points : []);
    setText(this.name, kind === name ? KINDS[kind] : name);
    this.tag.hidden = (kind === "region" || kind === "ground") && !editing;
    this.tag.classList.toggle("wrong", wrong);
    this.#place(points, look);
  }

  /** @param {string} text */
  count(text) {
    setText(this.figures, text);
  }

  remove() {
    this.element.remove();
    this.tag.remove();
  }

  /** Corners keep their elements, so that the one that has the focus keeps it. @param {import("../model/shapes.js").Shape} shape @param {[number, number][]} points @param {boolean} shown */
  #corners({ kind, points: fractions }, points, shown) {
    const sides = shown && kind !== "ground" ? (kind === "line" ? 0 : points.length) : 0;
    const wanted = shown ? points.length : 0;
    const all = /** @type {SVGCircleElement[]} */ ([...this.corners.children]);
    for (const old of all.slice(wanted + sides)) old.remove();
    for (let at = 0; at < wanted + sides; at += 1) {
      const corner = all[at] ?? this.corners.appendChild(s("circle", {}));
      const isSide = at >= wanted;
      const [x, y] = isSide ? middle(points[at - wanted], points[(at - wanted + 1) % points.length]) : points[at];
      const label = isSide ? `Add a corner after corner ${at - wanted + 1}` : cornerName(kind, at, fractions[at]);
      const attributes = { cx: x.toFixed(1), cy: y.toFixed(1), r: isSide ? "4.5" : "6.5", "aria-label": label };
      const more = { class: isSide ? "side-grip" : "corner", tabindex: "0", role: "button", "data-key": this.key };
      for (const [name, value] of Object.entries({ ...attributes, ...more })) setAttribute(corner, name, value);
      setAttribute(corner, "data-corner", isSide ? null : String(at));
      setAttribute(corner, "data-side", isSide ? String(at - wanted) : null);
    }
  }

  /** The metres of the ground are told by the numbers of its corners. @param {[number, number][]} points */
  #numbers(points) {
    const texts = points.map(([x, y], at) =>
      s("text", { class: "corner-number", x: x + 10, y: y + 18 }, String(at + 1)),
    );
    this.numbers.replaceChildren(...texts);
  }

  /** The tag stands above the highest corner; of a line that lies, beside its middle, where the arrow is not. @param {[number, number][]} points @param {Look} look */
  #place(points, { width, height }) {
    const top = points.reduce((best, point) => (point[1] < best[1] ? point : best));
    let [x, y] = [points.reduce((all, [one]) => all + one, 0) / points.length, top[1] - 6];
    if (points.length === 2) {
      const [rx, ry] = toTheRight(points[0], points[1]);
      const lies = Math.abs(ry) > Math.abs(rx);
      [x, y] = lies ? middle(points[0], points[1]) : [top[0], top[1] - 6];
      if (lies) y += ry > 0 ? -8 : 30;
    }
    this.tag.style.left = `${Math.max(0, Math.min(width, x)).toFixed(0)}px`;
    this.tag.style.top = `${Math.max(22, Math.min(height - 2, y)).toFixed(0)}px`;
  }
}

/** @param {string} kind @param {number} at @param {[number, number]} point */
function cornerName(kind, at, [x, y]) {
  const name = kind === "line" ? ["Start", "End"][at] : `Corner ${at + 1}`;
  return `${name}, ${Math.round(x * 100)} % from the left, ${Math.round(y * 100)} % from the top`;
}

/** From the middle of a line to the side that is forward. @param {[number, number]} start @param {[number, number]} end */
function arrow(start, end) {
  const [mx, my] = middle(start, end);
  const [rx, ry] = toTheRight(start, end);
  const tip = /** @type {[number, number]} */ ([mx + rx * ARROW, my + ry * ARROW]);
  const barb = (/** @type {number} */ side) =>
    /** @type {[number, number]} */ ([tip[0] - rx * 9 - ry * 7 * side, tip[1] - ry * 9 + rx * 7 * side]);
  return pathOf([[mx, my], tip], false) + pathOf([barb(1), tip, barb(-1)], false);
}

/** Whether a corner can be taken away. @param {import("../model/shapes.js").Shape} shape */
export function hasSpareCorner({ kind, points }) {
  return kind !== "ground" && points.length > LEAST[kind];
}

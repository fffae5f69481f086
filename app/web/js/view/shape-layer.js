/** All shapes of a stream over its picture, with their counts. Lies exactly over the picture, whatever is around it. */

import { contain } from "../draw/fit.js";
import { h, setAttribute } from "./dom.js";
import { ShapeView } from "./shape-view.js";
import { pathOf, s } from "./svg.js";

export class ShapeLayer {
  /** @param {HTMLElement} over  the viewport @param {import("../model/shape-book.js").ShapeBook} book @param {string} name  of the stream */
  constructor(over, book, name) {
    this.over = over;
    this.book = book;
    /** @type {Map<string, ShapeView>} */
    this.views = new Map();
    /** @type {string | null} */
    this.chosen = null;
    this.editing = false;
    /** The picture on the screen, in CSS pixels. */
    this.place = { x: 0, y: 0, width: 0, height: 0, scale: 1 };
    this.draft = s("path", { class: "shape-draft" });
    this.draftCorners = s("g", { class: "draft-corners" });
    this.cross = s("path", { class: "shape-cross" });
    this.group = s("g", {});
    this.svg = s("svg", { class: "shapes", "aria-label": `Zones and lines of ${name}` });
    this.svg.append(this.group, this.draft, this.draftCorners, this.cross);
    this.tags = h("div", { class: "shape-tags", "aria-hidden": "true" });
    this.over.append(this.svg, this.tags);
    this.watch = new ResizeObserver(() => this.fit(this.size));
    this.watch.observe(over);
    /** @type {{width: number, height: number} | null} */
    this.size = null;
    book.addEventListener("change", () => this.update());
  }

  /** Lie over a picture of this size. @param {{width: number, height: number} | null} size */
  fit(size) {
    this.size = size;
    if (!size) return;
    const { clientWidth, clientHeight } = this.over;
    const place = contain(size.width, size.height, clientWidth, clientHeight);
    if (JSON.stringify(place) === JSON.stringify(this.place)) return;
    this.place = place;
    setAttribute(this.svg, "viewBox", `0 0 ${place.width} ${place.height}`);
    for (const { style } of [this.svg, this.tags]) {
      style.left = `${place.x}px`;
      style.top = `${place.y}px`;
      style.width = `${place.width}px`;
      style.height = `${place.height}px`;
    }
    this.update();
  }

  update() {
    if (this.place.width === 0) return;
    const { shapes } = this.book;
    for (const [key, view] of this.views) {
      if (shapes.has(key)) continue;
      view.remove();
      this.views.delete(key);
    }
    const { colours } = this.book;
    for (const [key, shape] of shapes) {
      const problem = this.book.pending.get(key)?.problem ?? "";
      const look = {
        ...this.place,
        colour: colours.get(shape.name) ?? "",
        editing: this.editing,
        chosen: key === this.chosen,
        problem,
      };
      this.#view(key).update(shape, look);
    }
    setAttribute(this.svg, "role", this.editing ? "application" : "group");
    setAttribute(this.svg, "tabindex", this.editing ? "0" : null);
  }

  /** Write the counts beside the shapes. @param {import("../types.js").Counts | null | undefined} counts */
  count(counts) {
    for (const [key, view] of this.views) {
      const shape = this.book.get(key);
      const zone = shape?.kind === "zone" ? counts?.zones[shape.name] : undefined;
      const line = shape?.kind === "line" ? counts?.lines[shape.name] : undefined;
      view.count(zone ? String(zone.occupancy) : line ? `→ ${line.forward}  ← ${line.backward}` : "");
      view.element.classList.toggle("busy", (zone?.occupancy ?? 0) > 0);
    }
  }

  /** What is being drawn. @param {[number, number][]} points  fractions @param {boolean} closed @param {[number, number] | null} [cross]  where the keyboard is */
  sketch(points, closed, cross = null) {
    const { width, height } = this.place;
    const at = points.map(([x, y]) => /** @type {[number, number]} */ ([x * width, y * height]));
    setAttribute(this.draft, "d", pathOf(at, closed));
    this.draftCorners.replaceChildren(...at.map(([cx, cy], place) => s("circle", { cx, cy, r: place ? 4 : 7 })));
    const lines = cross ? `M${cross[0] * width} 0V${height}M0 ${cross[1] * height}H${width}` : "";
    setAttribute(this.cross, "d", lines);
  }

  /** @param {PointerEvent} event @returns {[number, number]}  fractions of the picture */
  pointOf({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    return [(clientX - left) / this.place.width, (clientY - top) / this.place.height];
  }

  /** The distance of two points on the screen, in CSS pixels. @param {[number, number]} one @param {[number, number]} other */
  apart([ax, ay], [bx, by]) {
    return Math.hypot((ax - bx) * this.place.width, (ay - by) * this.place.height);
  }

  close() {
    this.watch.disconnect();
  }

  /** @param {string} key */
  #view(key) {
    const known = this.views.get(key);
    if (known) return known;
    const view = new ShapeView(key);
    this.views.set(key, view);
    this.group.append(view.element);
    this.tags.append(view.tag);
    return view;
  }
}

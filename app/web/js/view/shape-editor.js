/**
 * Drawing and changing shapes on the picture with mouse, finger or pen.
 *
 * Tools: `select` takes hold of what is there; every other tool is the kind of shape that it draws. What the keyboard
 * does is in shape-keys.js. Events: `change` when tool, choice or draft differ.
 */

import { LEAST, MOST_CORNERS, MOST_SHAPES, freeName, inside, keyOf } from "../model/shapes.js";

/** @typedef {import("../model/shapes.js").Shape} Shape @typedef {import("../model/shapes.js").Kind} Kind @typedef {[number, number]} Point */

const DRAG = 8; // CSS px from which a press is a drag
const REACH = { mouse: 12, pen: 14, touch: 24 }; // how near the first corner closes a shape, in CSS px
const SETTINGS = { anchor: "bottom", classes: null, margin: 0.1 };

export class ShapeEditor extends EventTarget {
  /** @param {import("../model/shape-book.js").ShapeBook} book @param {import("./shape-layer.js").ShapeLayer} layer */
  constructor(book, layer) {
    super();
    this.book = book;
    this.layer = layer;
    this.active = false;
    /** @type {"select" | Kind} */
    this.tool = "select";
    /** @type {Point[]} */
    this.points = [];
    /** Where the keyboard draws; null while the pointer does. @type {Point | null} */
    this.cross = null;
    /** Said to screen readers. */
    this.news = "";
    /** @type {{start: Point, key: string, before: Shape | null, corner: number | null, moved: boolean} | null} */
    this.drag = null;
    const { svg } = layer;
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    svg.addEventListener("pointerup", (event) => this.#up(event));
    svg.addEventListener("pointercancel", () => this.#drop());
    svg.addEventListener("dblclick", () => this.finish());
  }

  get chosen() {
    return this.layer.chosen;
  }

  /** @param {boolean} active */
  turn(active) {
    this.active = this.layer.editing = active;
    this.layer.svg.classList.toggle("editing", active);
    this.choose(null);
    this.take("select");
  }

  /** @param {"select" | Kind} tool */
  take(tool) {
    this.tool = tool;
    this.points = [];
    this.cross = null;
    if (tool !== "select") this.layer.chosen = null;
    this.layer.svg.classList.toggle("drawing", tool !== "select");
    this.#changed();
  }

  /** @param {string | null} key */
  choose(key) {
    this.layer.chosen = key;
    this.#changed();
  }

  /** Set the next corner of what is being drawn. @param {Point} point */
  add(point) {
    const at = inside(point);
    const last = this.points.at(-1);
    if (last && this.layer.apart(last, at) < 4) return; // the second press of a double click
    if (this.points.length >= MOST_CORNERS) return;
    this.points.push(at);
    this.news = `Corner ${this.points.length} is set.`;
    const full = this.tool === "line" ? 2 : this.tool === "ground" ? 4 : MOST_CORNERS;
    if (this.points.length === full) this.finish();
    else this.#changed();
  }

  back() {
    this.points.pop();
    this.news = `${this.points.length} corners are left.`;
    this.#changed();
  }

  /** Give up what is being drawn, or the choice; false when there was neither. */
  cancel() {
    if (this.points.length) this.points = [];
    else if (this.tool !== "select") this.take("select");
    else if (this.chosen) this.layer.chosen = null;
    else return false;
    this.news = "";
    this.#changed();
    return true;
  }

  get complete() {
    return this.tool !== "select" && this.points.length >= LEAST[this.tool];
  }

  /** Close what is being drawn, and keep it. */
  finish() {
    if (this.tool === "select" || !this.complete) return;
    const kind = this.tool;
    const shape = madeOf(kind, freeName(kind, this.book.shapes.values()), this.points);
    this.take("select");
    this.book.apply([[keyOf(shape), shape]]);
    this.choose(keyOf(shape));
    this.news = `${shape.name} is drawn.`;
    this.#changed();
  }

  /** Why no more of a kind can be drawn, if so. @param {Kind} kind */
  barred(kind) {
    const there = [...this.book.shapes.values()].filter((shape) => shape.kind === kind).length;
    if (kind === "region" || kind === "ground") return there ? "There is one; move its corners, or delete it." : "";
    return there >= MOST_SHAPES ? `There are ${MOST_SHAPES} ${kind}s, and no more are possible.` : "";
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.active || event.button > 0 || this.drag) return;
    const { key, corner, side } = /** @type {SVGElement} */ (event.target).dataset;
    const start = this.layer.pointOf(event);
    this.cross = null;
    this.layer.svg.setPointerCapture(event.pointerId);
    this.drag = { start, key: "", before: null, corner: null, moved: false };
    if (this.tool !== "select") return;
    this.choose(key ?? null);
    if (!key) return;
    Object.assign(this.drag, { key, before: this.book.get(key), corner: corner === undefined ? null : Number(corner) });
    if (side !== undefined) this.#split(key, Number(side), start);
  }

  /** A side was taken hold of: it gets a corner there. @param {string} key @param {number} side @param {Point} at */
  #split(key, side, at) {
    const shape = this.book.get(key);
    if (!this.drag || !shape || shape.points.length >= MOST_CORNERS) return;
    const points = shape.points.toSpliced(side + 1, 0, inside(at));
    Object.assign(this.drag, { corner: side + 1, moved: true });
    this.book.preview(key, { ...shape, points });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.active) return;
    const at = this.layer.pointOf(event);
    const { drag } = this;
    if (drag && !drag.moved && this.layer.apart(drag.start, at) > DRAG) drag.moved = true;
    if (this.tool !== "select") return this.#outline(at);
    if (!drag?.before || !drag.moved) return;
    const shape = this.book.get(drag.key);
    if (!shape) return;
    const points =
      drag.corner === null ? moved(drag.before.points, drag.start, at) : shape.points.with(drag.corner, inside(at));
    this.book.preview(drag.key, { ...shape, points });
  }

  /** @param {Point} at */
  #outline(at) {
    const { drag, points, tool } = this;
    if (drag?.moved && points.length === 0) return this.layer.sketch(spanned(tool, drag.start, at), true);
    this.layer.sketch([...points, inside(at)], points.length > 1);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const { drag, tool } = this;
    this.drag = null;
    if (!drag || !this.active) return;
    const at = this.layer.pointOf(event);
    if (tool !== "select")
      return this.#placed(drag, at, REACH[/** @type {"mouse"} */ (event.pointerType)] ?? REACH.mouse);
    const shape = drag.key ? this.book.get(drag.key) : null;
    if (drag.moved && shape) this.book.apply([[drag.key, shape]], [[drag.key, drag.before]]);
  }

  /** @param {{start: Point, moved: boolean}} drag @param {Point} at @param {number} reach */
  #placed({ start, moved: dragged }, at, reach) {
    if (dragged && this.points.length === 0) {
      this.points = spanned(this.tool, start, at);
      return this.finish();
    }
    if (this.complete && this.layer.apart(this.points[0], at) < reach) return this.finish();
    this.add(at);
  }

  #drop() {
    if (this.drag?.before) this.book.giveUp(this.drag.key);
    this.drag = null;
  }

  #changed() {
    this.layer.sketch(this.points, false, this.cross);
    this.layer.update();
    this.dispatchEvent(new Event("change"));
  }
}

/** What a drag across the picture draws: a line, or a rectangle. @param {string} tool @param {Point} start @param {Point} end @returns {Point[]} */
function spanned(tool, start, end) {
  const [[ax, ay], [bx, by]] = [inside(start), inside(end)];
  if (tool === "line")
    return [
      [ax, ay],
      [bx, by],
    ];
  const [left, right, top, bottom] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** The whole shape, as far as it stays in the picture. @param {Point[]} points @param {Point} from @param {Point} to */
export function moved(points, from, to) {
  const by = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), to[axis] - from[axis]));
  });
  return points.map(([x, y]) => inside([x + by[0], y + by[1]]));
}

/** @param {Kind} kind @param {string} name @param {Point[]} points @returns {Shape} */
function madeOf(kind, name, points) {
  if (kind === "zone") return { kind, name, points, ...SETTINGS, hold_s: 0.2, dwell_s: null };
  if (kind === "line") return { kind, name, points, ...SETTINGS };
  if (kind === "region") return { kind, name, points, anchor: "centre" };
  return {
    kind,
    name,
    points,
    metres: [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ],
  };
}

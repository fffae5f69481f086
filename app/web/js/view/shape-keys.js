/**
 * Drawing and changing shapes with the keyboard alone.
 *
 * While a tool draws: arrows move a cross, space sets a corner, Enter closes, Backspace takes the last corner back, Esc
 * gives up. On a shape or a corner that has the focus: arrows move it, Delete removes it. Ctrl+Z and Ctrl+Shift+Z undo
 * and redo.
 */

import { inside } from "../model/shapes.js";
import { moved } from "./shape-editor.js";
import { hasSpareCorner } from "./shape-view.js";

const STEP = 0.02; // of the picture's sides
const FINE = 0.002; // with Shift

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class ShapeKeys {
  /** @param {import("./shape-editor.js").ShapeEditor} editor @param {() => void} leave  end editing */
  constructor(editor, leave) {
    this.editor = editor;
    this.leave = leave;
    this.listen = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    // Before the listeners of the page, whose keys mean something else while nothing is drawn.
    document.addEventListener("keydown", this.listen, true);
  }

  close() {
    document.removeEventListener("keydown", this.listen, true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { target } = event;
    if (!this.editor.active || !(target instanceof Element) || target.closest("dialog")) return;
    const typing = target.closest("input, select, textarea") !== null;
    if (!(typing ? event.key === "Escape" && this.#leave(target) : this.#act(event, target))) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Out of a field, back to the picture. @param {Element} field */
  #leave(field) {
    if (field instanceof HTMLElement) field.blur();
    this.editor.layer.svg.focus();
    return true;
  }

  /** Do what a key means; false when it means nothing here. @param {KeyboardEvent} event @param {Element} target */
  #act(event, target) {
    const { editor } = this;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z") return this.#history(event.shiftKey);
    if (command && event.key.toLowerCase() === "y") return this.#history(true);
    if (command || event.altKey) return false;
    if (event.key === "Escape") return editor.cancel() || (this.leave(), true);
    const onPicture = editor.layer.svg.contains(target) || target === document.body;
    if (!onPicture) return false;
    if (editor.tool !== "select") return this.#draw(event);
    return this.#change(event, target instanceof SVGElement ? target : editor.layer.svg);
  }

  /** @param {boolean} forward */
  #history(forward) {
    if (forward) this.editor.book.redo();
    else this.editor.book.undo();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #draw(event) {
    const { editor } = this;
    const arrow = ARROWS[event.key];
    if (arrow) editor.cross = shifted(editor.cross ?? [0.5, 0.5], arrow, event.shiftKey);
    else if (event.key === " ") editor.add((editor.cross ??= [0.5, 0.5]));
    else if (event.key === "Enter") editor.finish();
    else if (event.key === "Backspace" && editor.points.length) editor.back();
    else return false;
    if (editor.cross && arrow)
      editor.news = `${Math.round(editor.cross[0] * 100)} %, ${Math.round(editor.cross[1] * 100)} %`;
    editor.layer.sketch(editor.points, false, editor.cross);
    editor.dispatchEvent(new Event("change"));
    return true;
  }

  /** @param {KeyboardEvent} event @param {SVGElement} target */
  #change(event, target) {
    const { editor } = this;
    const key = target.dataset.key ?? editor.chosen;
    const shape = key ? editor.book.get(key) : null;
    if (!key || !shape) return false;
    const corner = target.dataset.corner === undefined ? null : Number(target.dataset.corner);
    const arrow = ARROWS[event.key];
    if (arrow) {
      const points =
        corner === null
          ? moved(shape.points, [0, 0], shifted([0, 0], arrow, event.shiftKey))
          : shape.points.with(corner, inside(shifted(shape.points[corner], arrow, event.shiftKey)));
      editor.book.apply([[key, { ...shape, points }]]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const fewer = corner !== null && hasSpareCorner(shape);
      if (fewer) editor.book.apply([[key, { ...shape, points: shape.points.toSpliced(corner, 1) }]]);
      else if (corner === null) this.#remove(key, shape.name);
    } else if (event.key === "Enter" || event.key === " ") {
      this.#press(key, shape, target);
    } else return false;
    return true;
  }

  /** @param {string} key @param {string} name */
  #remove(key, name) {
    this.editor.book.apply([[key, null]]);
    this.editor.choose(null);
    this.editor.news = `${name} is deleted.`;
    this.editor.layer.svg.focus();
  }

  /** Choose a shape, or set a corner on a side of it. @param {string} key @param {import("../model/shapes.js").Shape} shape @param {SVGElement} target */
  #press(key, shape, target) {
    const { side } = target.dataset;
    if (side === undefined) return this.editor.choose(key);
    const at = Number(side);
    const [[ax, ay], [bx, by]] = [shape.points[at], shape.points[(at + 1) % shape.points.length]];
    const points = shape.points.toSpliced(at + 1, 0, inside([(ax + bx) / 2, (ay + by) / 2]));
    this.editor.book.apply([[key, { ...shape, points }]]);
  }
}

/** @param {[number, number]} point @param {[number, number]} by @param {boolean} fine @returns {[number, number]} */
function shifted([x, y], [dx, dy], fine) {
  const step = fine ? FINE : STEP;
  return [x + dx * step, y + dy * step];
}

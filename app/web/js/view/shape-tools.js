/** The line above the picture while shapes are drawn: the tools, undo and redo, and what to do next. */

import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

const TOOLS = /** @type {const} */ ([
  ["select", "pointer", "Select", "Select, move and change shapes"],
  ["zone", "zones", "Zone", "Draw a zone: who is in it is counted"],
  ["line", "line", "Line", "Draw a line: who crosses it is counted"],
  ["region", "region", "Region", "Draw the part of the picture that is looked at"],
  ["ground", "ground", "Ground", "Mark four points whose places on the ground are known, for speeds in m/s"],
]);

export class ShapeTools {
  /** @param {import("./shape-editor.js").ShapeEditor} editor @param {() => void} leave */
  constructor(editor, leave) {
    this.editor = editor;
    this.tools = TOOLS.map(([tool, shape, name, title]) =>
      h(
        "button",
        { type: "button", class: "switch", title, "data-tool": tool, on: { click: () => this.#take(tool) } },
        icon(shape),
        h("span", {}, name),
      ),
    );
    this.undo = button("undo", "Undo (Ctrl+Z)", () => editor.book.undo());
    this.redo = button("redo", "Redo (Ctrl+Shift+Z)", () => editor.book.redo());
    this.finish = action("Close shape", "primary", () => editor.finish());
    this.cancel = action("Cancel", "", () => editor.cancel());
    this.hint = h("p", { class: "shape-hint" });
    this.news = h("p", { class: "sr-only", role: "status" });
    const choice = h("div", { class: "switches", role: "group", "aria-label": "Tool" }, ...this.tools);
    this.element = h(
      "div",
      { class: "shape-tools", role: "toolbar", "aria-label": "Drawing", hidden: true },
      choice,
      this.undo,
      this.redo,
      this.finish,
      this.cancel,
      h("span", { class: "spring" }),
      action("Done", "", leave),
      this.hint,
      this.news,
    );
    editor.addEventListener("change", () => this.update());
    editor.book.addEventListener("change", () => this.update());
    this.update();
  }

  update() {
    const { editor } = this;
    this.element.hidden = !editor.active;
    if (!editor.active) return;
    TOOLS.forEach(([tool, , , title], at) => {
      const barred = tool === "select" ? "" : editor.barred(tool);
      setAttribute(this.tools[at], "aria-pressed", String(tool === editor.tool));
      setAttribute(this.tools[at], "title", barred || title);
      this.tools[at].disabled = barred !== "";
    });
    this.undo.disabled = editor.book.done.length === 0;
    this.redo.disabled = editor.book.undone.length === 0;
    this.finish.hidden = !editor.complete;
    this.cancel.hidden = editor.points.length === 0;
    setText(this.hint, hint(editor));
    setText(this.news, editor.news);
  }

  /** The picture has the focus from now on, so that the keyboard can draw at once. @param {typeof TOOLS[number][0]} tool */
  #take(tool) {
    this.editor.take(tool);
    this.editor.layer.svg.focus({ preventScroll: true });
  }
}

/** @param {import("./shape-editor.js").ShapeEditor} editor */
function hint({ tool, points, complete, chosen, book }) {
  if (tool === "line")
    return points.length ? "Now its other end." : "Drag from start to end, or click both. The arrow shows forward.";
  if (tool === "ground")
    return `Click four points on the ground, round a rectangle for example: ${4 - points.length} to go.`;
  if (tool !== "select" && points.length === 0)
    return "Click corner after corner, or drag a rectangle. Keys: arrows and space.";
  if (tool !== "select")
    return complete
      ? "Click the first corner, double-click or press Enter to close. Backspace takes a corner back."
      : "And the next corner.";
  if (chosen === "ground/ground") return "Drag the corners to where the ground is, and say how far apart they are.";
  if (chosen)
    return "Drag the shape, its corners, or the small dots to add a corner. Delete removes what has the focus.";
  return book.shapes.size ? "Click a shape to change it, or choose what to draw." : "Choose what to draw.";
}

/** @param {string} name @param {string} label @param {() => void} act */
function button(name, label, act) {
  const attributes = { type: "button", class: "button quiet square small", "aria-label": label, title: label };
  return h("button", { ...attributes, "data-act": name, on: { click: act } }, icon(name));
}

/** @param {string} text @param {string} kind @param {() => void} act */
function action(text, kind, act) {
  return h("button", { type: "button", class: `button small ${kind}`, on: { click: act } }, text);
}

/** Short words about what just happened; read aloud, gone by themselves. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const STAY_MS = 6000;

/** @param {string} text @param {"good" | "bad"} [tone] */
export function toast(text, tone = "good") {
  const region = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  const remove = () => note.remove();
  const dismiss = h(
    "button",
    { type: "button", class: "button quiet square small", "aria-label": "Dismiss", on: { click: remove } },
    icon("close"),
  );
  const note = h(
    "div",
    { class: `toast ${tone}` },
    icon(tone === "good" ? "check" : "alert"),
    h("p", {}, text),
    dismiss,
  );
  region.append(note);
  setTimeout(remove, STAY_MS);
}

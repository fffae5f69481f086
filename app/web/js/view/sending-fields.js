/** How many frames a second this page sends, and how wide. */

import { h } from "./dom.js";

const RATES = [5, 10, 15, 30];
const WIDTHS = [320, 480, 640, 960, 1280];

/** @param {import("../model/prefs.js").Prefs} prefs */
export function sendingFields(prefs) {
  return h(
    "div",
    { class: "fields" },
    choice("At most", RATES, "fps", prefs.sending.fps, (fps) => prefs.send({ fps })),
    choice("Width", WIDTHS, "px", prefs.sending.width, (width) => prefs.send({ width })),
  );
}

/**
 * @param {string} label
 * @param {number[]} values
 * @param {string} unit
 * @param {number} chosen
 * @param {(value: number) => void} choose
 */
function choice(label, values, unit, chosen, choose) {
  const options = values.map((value) => h("option", { value, selected: value === chosen }, `${value} ${unit}`));
  const select = h("select", { on: { change: () => choose(Number(select.value)) } }, ...options);
  return h("label", { class: "field" }, h("span", {}, label), select);
}

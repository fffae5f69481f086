/**
 * Controls of single settings. Each has an `element`, the `input` that a label belongs to, and `show`, which takes what
 * the server has; what somebody is at is left alone.
 *
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {HTMLElement} input
 * @property {(value: any) => void} show
 *
 * @typedef {(value: any, held?: boolean) => void} Tell
 */

import { h, setAttribute } from "./dom.js";

/**
 * A slider and a field for the exact value.
 * @param {import("./setting-list.js").Shown} shown @param {import("../model/setting-schema.js").Known} known
 * @param {Tell} tell @param {() => number} otherwise  what no value amounts to
 * @returns {Control & {range: HTMLInputElement}}
 */
export function sliderControl({ slider, open, unit, name }, { least, most, type }, tell, otherwise) {
  const [from, to, step] = slider ?? [0, 1, 0.01];
  const range = h("input", { type: "range", min: from, max: to, step, "aria-label": `${name}, slider` });
  const exact = { type: "number", class: "text exact", min: least, max: most, step: type === "integer" ? 1 : "any" };
  const input = h("input", { ...exact, placeholder: open, inputmode: "decimal" });
  const chosen = () => (open && Number(range.value) >= to ? null : Number(range.value));
  const paint = () => range.style.setProperty("--part", `${((Number(range.value) - from) / (to - from)) * 100}%`);
  range.addEventListener("input", () => {
    paint();
    const value = chosen();
    input.value = value === null ? "" : String(value);
    tell(value, true);
  });
  range.addEventListener("change", () => tell(chosen()));
  input.addEventListener(
    "change",
    () => input.reportValidity() && tell(input.value === "" ? null : Number(input.value)),
  );
  const show = (/** @type {number | null} */ value) => {
    const amount = value ?? (open ? to : otherwise());
    if (!range.matches(":active")) range.value = String(amount);
    setAttribute(range, "aria-valuetext", value === null && open ? open : `${amount}${unit ? ` ${unit}` : ""}`);
    paint();
    if (document.activeElement !== input)
      input.value = value === null && open ? "" : String(Math.round(amount * 1e4) / 1e4);
  };
  const figures = h("span", { class: "exact-box" }, input, unit ? h("span", { class: "muted" }, unit) : null);
  return { element: h("div", { class: "slide" }, range, figures), input, show, range };
}

/** @param {[string, string][]} choices  value and text; "" stands for null @param {Tell} tell @returns {Control & {offer: (choices: [string, string][]) => void}} */
export function choiceControl(choices, tell) {
  const input = h("select", {});
  let offered = "";
  const offer = (/** @type {[string, string][]} */ some) => {
    const text = JSON.stringify(some);
    if (text === offered) return;
    offered = text;
    const { value } = input;
    input.replaceChildren(...some.map(([each, words]) => h("option", { value: each }, words)));
    input.value = value;
  };
  offer(choices);
  input.addEventListener("change", () => tell(input.value === "" ? null : input.value));
  const show = (/** @type {string | null} */ value) => {
    if (input.value !== (value ?? "")) input.value = value ?? "";
  };
  return { element: input, input, show, offer };
}

/** @param {Tell} tell @returns {Control} */
export function switchControl(tell) {
  const input = h("input", { type: "checkbox", role: "switch", class: "toggle" });
  input.addEventListener("change", () => tell(input.checked));
  return { element: input, input, show: (value) => void (input.checked = value === true) };
}

/** @param {import("../model/setting-schema.js").Known} known @param {Tell} tell @returns {Control} */
export function textControl({ type, least, most, optional }, tell) {
  const numeric = type === "number" || type === "integer";
  const limits = numeric
    ? { type: "number", min: least, max: most, step: type === "integer" ? 1 : "any" }
    : { type: "text" };
  const input = h("input", { class: "text", placeholder: optional ? "default" : null, ...limits });
  input.addEventListener("change", () => {
    if (!input.reportValidity()) return;
    tell(input.value === "" ? null : numeric ? Number(input.value) : input.value);
  });
  const show = (/** @type {string | number | null} */ value) => {
    if (document.activeElement !== input) input.value = value === null ? "" : String(value);
  };
  return { element: input, input, show };
}

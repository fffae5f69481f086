/** Fields of forms that send each change at once: each shows what the server has, unless somebody is at it. */

import { h, setAttribute } from "./dom.js";

/**
 * @param {string} label @param {string} unit
 * @param {{min: number, max: number, step: number, empty?: string}} limits  `empty` says what no value means
 * @param {(value: number | null) => void} change
 */
export function numberField(label, unit, { min, max, step, empty }, change) {
  const input = h("input", {
    type: "number",
    class: "text",
    min,
    max,
    step: "any",
    placeholder: empty,
    inputmode: "decimal",
  });
  const told = () => {
    if (!input.reportValidity()) return;
    change(input.value === "" ? null : Number(input.value));
  };
  input.addEventListener("change", told);
  input.addEventListener("keydown", (event) => nudge(event, input, step));
  const element = h("label", { class: "field" }, h("span", {}, unit ? `${label}, ${unit}` : label), input);
  const update = (/** @type {number | null} */ value) => {
    if (document.activeElement !== input) input.value = value === null ? "" : String(value);
  };
  return { element, input, update };
}

/**
 * @param {string} label @param {[string, string][]} choices  value and text
 * @param {(value: string) => void} change
 */
export function selectField(label, choices, change) {
  const options = choices.map(([value, text]) => h("option", { value }, text));
  const select = h("select", {}, ...options);
  select.addEventListener("change", () => change(select.value));
  const element = h("label", { class: "field" }, h("span", {}, label), select);
  const update = (/** @type {string} */ value) => {
    if (select.value !== value) select.value = value;
  };
  const only = (/** @type {string[] | null} */ values) =>
    options.forEach((option) => setAttribute(option, "hidden", values && !values.includes(option.value) ? "" : null));
  return { element, select, update, only };
}

/** `step` of the field is "any", so that every value is allowed; the keys still go in its own steps. @param {KeyboardEvent} event @param {HTMLInputElement} input @param {number} step */
function nudge(event, input, step) {
  const by = event.key === "ArrowUp" ? step : event.key === "ArrowDown" ? -step : 0;
  if (!by) return;
  event.preventDefault();
  const value = Math.min(Number(input.max), Math.max(Number(input.min), Number(input.value) + by));
  input.value = String(Math.round(value * 1e6) / 1e6);
  input.dispatchEvent(new Event("change"));
}

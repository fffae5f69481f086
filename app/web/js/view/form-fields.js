/** Fields of a form that is sent as a whole; each can say below itself what is wrong with it. */

import { h, setText } from "./dom.js";

/** @typedef {{element: HTMLElement, input: any, note: HTMLElement}} Field */

/** @param {string} label @param {string} id @param {string} value @param {string} hint @param {Record<string, any>} [more] @returns {Field} */
export function textField(label, id, value, hint, more = {}) {
  const note = h("span", { class: "field-note", id: `${id}-note` }, hint);
  const attributes = { type: "text", id, value, spellcheck: "false", autocomplete: "off", autocapitalize: "off" };
  const input = h("input", { class: "text", ...attributes, "aria-describedby": note.id, ...more });
  return { element: h("label", { class: "field" }, h("span", {}, label), input, note), input, note };
}

/** @param {string} label @param {string} id @param {Record<string, string>} options @param {string} [chosen] @returns {Field} */
export function choiceField(label, id, options, chosen) {
  const note = h("span", { class: "field-note" });
  const rows = Object.entries(options).map(([value, name]) => h("option", { value, selected: value === chosen }, name));
  const input = h("select", { id }, ...rows);
  return { element: h("label", { class: "field" }, h("span", {}, label), input, note), input, note };
}

/** @param {string} label @param {string} id @param {boolean} checked @returns {Field} */
export function checkField(label, id, checked) {
  const input = h("input", { type: "checkbox", id, checked });
  return { element: h("label", { class: "check" }, input, h("span", {}, label)), input, note: h("span", {}) };
}

/** Say what is wrong, where it is wrong. @param {Field} field @param {string} detail */
export function fail({ element, input, note }, detail) {
  element.classList.add("wrong");
  input.setAttribute("aria-invalid", "true");
  note.setAttribute("role", "alert");
  note.dataset.hint ??= note.textContent ?? "";
  setText(note, detail);
  input.focus();
}

/** Nothing is wrong any more. @param {Field} field */
export function clear({ element, input, note }) {
  element.classList.remove("wrong");
  input.removeAttribute("aria-invalid");
  note.removeAttribute("role");
  if (note.dataset.hint !== undefined) setText(note, note.dataset.hint);
}

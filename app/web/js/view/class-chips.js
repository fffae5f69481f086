/** Choosing classes by their names: none chosen means all. */

import { h, setAttribute, setText } from "./dom.js";

const FILTER_FROM = 13; // classes from which on a filter is of use

export class ClassChips {
  /** @param {string} label @param {(classes: (string | number)[] | null) => void} change */
  constructor(label, change) {
    this.change = change;
    /** @type {(string | number)[]} */
    this.chosen = [];
    this.shown = "";
    this.all = chip("all", () => this.change(null));
    this.list = h("div", { class: "chips-list" });
    this.filter = h("input", {
      type: "search",
      class: "chips-filter",
      placeholder: "Find a class",
      "aria-label": `${label}: find`,
    });
    this.filter.addEventListener("input", () => this.#sift());
    this.legend = h("legend", {}, label);
    this.element = h("fieldset", { class: "chips" }, this.legend, this.filter, this.list);
  }

  /** @param {string[]} labels  of the model @param {(string | number)[] | null} chosen */
  update(labels, chosen) {
    const text = JSON.stringify([labels, chosen]);
    if (text === this.shown) return;
    this.shown = text;
    this.chosen = (chosen ?? []).map((value) => (typeof value === "number" ? (labels[value] ?? value) : value));
    const unknown = this.chosen.filter((value) => !labels.includes(String(value)));
    const first = labels.filter((name) => this.chosen.includes(name));
    const rest = labels.filter((name) => !this.chosen.includes(name));
    this.filter.hidden = labels.length < FILTER_FROM;
    setAttribute(this.all, "aria-pressed", String(this.chosen.length === 0));
    const chips = [...unknown, ...first, ...rest].map((name) => this.#chip(name));
    const focused = document.activeElement?.getAttribute("data-class") ?? null;
    this.list.replaceChildren(this.all, ...chips);
    chips.find((made) => made.dataset.class === focused)?.focus();
    this.#sift();
  }

  /** @param {string | number} name */
  #chip(name) {
    const made = chip(String(name), () => this.#toggle(name));
    setAttribute(made, "data-class", String(name));
    setAttribute(made, "aria-pressed", String(this.chosen.includes(name)));
    return made;
  }

  /** @param {string | number} name */
  #toggle(name) {
    const chosen = this.chosen.includes(name) ? this.chosen.filter((one) => one !== name) : [...this.chosen, name];
    this.change(chosen.length ? chosen : null);
  }

  #sift() {
    const wanted = this.filter.value.trim().toLowerCase();
    for (const made of /** @type {Iterable<HTMLElement>} */ (this.list.children)) {
      made.hidden =
        !(made.dataset.class ?? "").toLowerCase().includes(wanted) && made.getAttribute("aria-pressed") !== "true";
    }
    this.all.hidden = false;
  }
}

/** @param {string} text @param {() => void} act */
function chip(text, act) {
  const made = h("button", { type: "button", class: "choice", on: { click: act } });
  setText(made, text);
  return made;
}

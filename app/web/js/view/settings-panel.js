/** What a stream was told, as the server has it. */

import { h, setText } from "./dom.js";

const UNSET = /** @type {Record<string, string>} */ ({ classes: "all", labels: "the model's", source: "none" });

export class SettingsPanel {
  constructor() {
    this.rows = h("dl", { class: "rows" });
    this.element = h("div", { class: "settings" }, this.rows);
    this.shown = "";
  }

  /** @param {import("../types.js").StreamView} view */
  update(view) {
    const entries = flatten(view.settings);
    const text = JSON.stringify(entries);
    if (text === this.shown) return;
    this.shown = text;
    this.rows.replaceChildren(
      ...entries.map(([name, value]) => {
        const shown = h("dd", {});
        setText(shown, value);
        return h("div", {}, h("dt", {}, name), shown);
      }),
    );
  }
}

/** @param {Record<string, any>} settings @param {string} [prefix] @returns {[string, string][]} */
function flatten(settings, prefix = "") {
  return Object.entries(settings ?? {}).flatMap(([name, value]) => {
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      return flatten(value, `${prefix}${name}.`);
    return [
      [
        prefix + name,
        value === null ? (UNSET[name] ?? "default") : Array.isArray(value) ? value.join(", ") : String(value),
      ],
    ];
  });
}

/** The counts of zones and lines as a few words over a picture. */

import { h, setText } from "./dom.js";
import { whole } from "./format.js";

export class CountsOverlay {
  constructor() {
    this.element = h("ul", { class: "counts", hidden: true, "aria-label": "Counts" });
    /** @type {Map<string, HTMLElement>} */
    this.values = new Map();
  }

  /** @param {import("../types.js").Counts | undefined} counts */
  update(counts) {
    const rows = [
      ...Object.entries(counts?.zones ?? {}).map(([name, zone]) => [
        name,
        `${whole(zone.occupancy)} in · ${whole(zone.entered + zone.appeared)} so far`,
      ]),
      ...Object.entries(counts?.lines ?? {}).map(([name, line]) => [
        name,
        `${whole(line.forward)} → · ${whole(line.backward)} ←`,
      ]),
    ];
    this.element.hidden = rows.length === 0;
    if (rows.map(([name]) => name).join("\n") !== [...this.values.keys()].join("\n"))
      this.#rebuild(rows.map(([name]) => name));
    for (const [name, text] of rows) setText(/** @type {HTMLElement} */ (this.values.get(name)), text);
  }

  /** @param {string[]} names */
  #rebuild(names) {
    this.values = new Map(names.map((name) => [name, h("b", {})]));
    this.element.replaceChildren(...[...this.values].map(([name, value]) => h("li", {}, h("span", {}, name), value)));
  }
}

/**
 * A stream's accounts: what became of every frame. They balance:
 * received = tracked + dropped + rejected + in flight.
 */

import { h, setAttribute, setText } from "./dom.js";
import { compact, whole } from "./format.js";

const ROWS = /** @type {const} */ ([
  ["received", "received"],
  ["tracked", "tracked"],
  ["in_flight", "in flight"],
  ["dropped", "dropped"],
  ["rejected", "rejected"],
]);

export class Books {
  constructor() {
    this.values = ROWS.map(([, name]) => ({ name, value: h("dd", {}, "0") }));
    this.rows = this.values.map(({ name, value }) => h("div", {}, h("dt", {}, name), value));
    this.element = h("dl", { class: "books" }, ...this.rows);
  }

  /** @param {import("../types.js").Books} accounts */
  update(accounts) {
    ROWS.forEach(([key], row) => {
      setText(this.values[row].value, compact(accounts[key]));
      setAttribute(this.rows[row], "title", `${whole(accounts[key])} frames`);
      if (key === "dropped") setAttribute(this.rows[row], "class", accounts[key] > 0 ? "warn" : "");
      if (key === "rejected") setAttribute(this.rows[row], "class", accounts[key] > 0 ? "bad" : "");
    });
  }
}

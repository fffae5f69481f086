/** What one zone or line came to: figures, classes, and the last minutes as a chart. */

import { h, setAttribute, setText } from "./dom.js";
import { plural, seconds, whole } from "./format.js";
import { Strip } from "./strip.js";

const AREA_S = 180;

export class CountRow {
  /** @param {import("../model/shapes.js").Shape} shape @param {() => void} edit */
  constructor({ kind, name }, edit) {
    this.kind = kind;
    this.key = `${kind}/${name}`;
    this.shape = name;
    this.button = h("button", { type: "button", class: "count-name", title: `Change ${name}`, on: { click: edit } });
    this.button.append(name);
    this.big = h("b", { class: "count-now" }, "–");
    this.unit = h("span", { class: "muted" }, kind === "zone" ? "inside" : "a minute");
    this.figures = h("p", { class: "count-figures" });
    this.classes = h("p", { class: "count-classes muted" });
    this.strip = new Strip();
    this.element = h(
      "li",
      { class: "count-row", "data-key": this.key },
      h("div", { class: "count-head" }, this.button, h("span", { class: "count-value" }, this.big, " ", this.unit)),
      this.strip.element,
      this.figures,
      this.classes,
    );
  }

  /** @param {string} colour */
  paint(colour) {
    this.element.style.setProperty("--shape", colour);
  }

  /** @param {import("../model/count-history.js").CountHistory} history @param {boolean} chosen */
  update(history, chosen) {
    setAttribute(this.element, "class", `count-row${chosen ? " chosen" : ""}`);
    if (this.kind === "zone") this.#zone(history, history.newest?.zones[this.shape]);
    else this.#line(history, history.newest?.lines[this.shape]);
  }

  close() {
    this.strip.close();
    this.element.remove();
  }

  /** @param {import("../model/count-history.js").CountHistory} history @param {import("../types.js").ZoneCount | undefined} count */
  #zone(history, count) {
    setText(this.big, count ? whole(count.occupancy) : "–");
    setText(this.figures, count ? walked(count) : "Nothing is counted yet.");
    setText(this.classes, listed(count?.by_class ?? {}, whole));
    const values = history.occupancyOf(this.shape, AREA_S);
    const most = Math.max(0, ...values);
    this.strip.area(values, AREA_S, this.#colour(), `Inside over the last three minutes, at most ${whole(most)}`);
  }

  /** @param {import("../model/count-history.js").CountHistory} history @param {import("../types.js").LineCount | undefined} count */
  #line(history, count) {
    const rate = history.perMinute(this.shape);
    setText(this.big, count ? whole(rate) : "–");
    setText(
      this.figures,
      count ? `${whole(count.forward)} forward →, ${whole(count.backward)} backward ←` : "Nothing is counted yet.",
    );
    setText(
      this.classes,
      listed(count?.by_class ?? {}, ([there, back]) => `${whole(there)} → ${whole(back)} ←`),
    );
    const [up, down] = /** @type {const} */ (["forward", "backward"]).map((way) =>
      history.crossingsOf(this.shape, way),
    );
    this.strip.bars(
      up,
      down,
      this.#colour(),
      `${plural(rate, "crossing")} in the last minute, forward up and backward down`,
    );
  }

  #colour() {
    return getComputedStyle(this.strip.element).color;
  }
}

/** @param {import("../types.js").ZoneCount} count */
function walked({ entered, exited, appeared, vanished, dwell_s }) {
  const parts = [`${whole(entered)} entered`, `${whole(exited)} left`];
  if (appeared) parts.push(`${whole(appeared)} appeared inside`);
  if (vanished) parts.push(`${whole(vanished)} vanished inside`);
  if (dwell_s !== null) parts.push(`stayed ${seconds(dwell_s)} on average`);
  return parts.join(", ");
}

/**
 * @template V
 * @param {Record<string, V>} byClass @param {(value: V) => string} words
 */
function listed(byClass, words) {
  const names = Object.keys(byClass).sort();
  return names.map((name) => `${name} ${words(byClass[name])}`).join(" · ");
}

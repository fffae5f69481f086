/**
 * A stream's settings, changed with immediate effect. Meaning, limits and defaults are the server's own words.
 */

import { SettingChanges } from "../model/setting-changes.js";
import { knownSettings } from "../model/setting-schema.js";
import { openApi } from "../net/api.js";
import { ClassChips } from "./class-chips.js";
import { labelsOf } from "./counting.js";
import { h, setText } from "./dom.js";
import { choiceControl } from "./setting-controls.js";
import { ELSEWHERE, GROUPS } from "./setting-list.js";
import { SettingRow } from "./setting-row.js";
import { ThresholdPreview } from "./threshold-preview.js";

export class SettingsPanel {
  /**
   * @param {import("../model/stream.js").Stream} stream @param {import("../draw/viewport.js").Viewport} viewport
   * @param {import("../main.js").Page} page @param {() => void} drawRegion
   */
  constructor(stream, viewport, page, drawRegion) {
    this.stream = stream;
    this.page = page;
    this.drawRegion = drawRegion;
    this.changes = new SettingChanges(stream);
    /** @type {SettingRow[]} */
    this.rows = [];
    this.preview = new ThresholdPreview(stream, viewport, () => this.#thresholds());
    this.wait = h("p", { class: "muted" }, "Asking the server what can be set…");
    this.element = h("div", { class: "settings" }, this.wait);
    this.changes.addEventListener("change", () => {
      this.update();
      this.preview.refresh();
    });
    this.#build();
  }

  update() {
    for (const row of this.rows) row.update();
    const late = this.rows.find(({ path }) => path === "reorder_ms");
    if (late) late.element.hidden = this.changes.value("order") !== "reorder";
  }

  close() {
    this.preview.close();
  }

  async #build() {
    try {
      const known = knownSettings(await openApi());
      const groups = GROUPS.map(({ title, settings }) => this.#group(title, settings, known));
      this.element.replaceChildren(...groups, this.#rest(known));
      this.update();
    } catch {
      setText(this.wait, "The server does not say what can be set.");
    }
  }

  /** @param {string} title @param {import("./setting-list.js").Shown[]} settings @param {Map<string, import("../model/setting-schema.js").Known>} known */
  #group(title, settings, known) {
    const rows = settings.flatMap((shown) => this.#row(shown, known.get(shown.path)) ?? []);
    const first = title === "Thresholds" ? this.preview.histogram.element : null;
    return h(
      "fieldset",
      { class: "setting-group" },
      h("legend", {}, title),
      first,
      ...rows.map(({ element }) => element),
    );
  }

  /** @param {Map<string, import("../model/setting-schema.js").Known>} known */
  #rest(known) {
    const shown = new Set([...GROUPS.flatMap(({ settings }) => settings.map(({ path }) => path)), ...ELSEWHERE]);
    const more = [...known.values()].filter(({ path, type }) => !shown.has(path) && type !== "other");
    const rows = more.map((each) => this.#row({ path: each.path, name: each.path.split(".").pop() ?? "" }, each));
    const list = h("div", { class: "setting-group" }, ...rows.flatMap((row) => (row ? [row.element] : [])));
    return h("details", { class: "setting-more" }, h("summary", {}, `${more.length} more settings`), list);
  }

  /** @param {import("./setting-list.js").Shown} shown @param {import("../model/setting-schema.js").Known} [known] */
  #row(shown, known) {
    if (!known) return null;
    const row = new SettingRow(shown, known, this.changes, this.#special(shown.path));
    this.rows.push(row);
    if (shown.threshold) this.#watch(row.element);
    return row;
  }

  /** Show what a threshold does while somebody is at it. @param {HTMLElement} element */
  #watch(element) {
    const hold = () => this.preview.hold(true, element);
    const leave = () => this.preview.hold(false, element);
    // A finger or a mouse that has let go leaves the focus behind; the picture is wanted back all the same.
    for (const type of ["focusin", "pointerdown", "input"]) element.addEventListener(type, hold);
    for (const type of ["focusout", "pointerup", "pointercancel", "change"]) element.addEventListener(type, leave);
  }

  /** @param {string} path @returns {import("./setting-controls.js").Control | undefined} */
  #special(path) {
    const tell = (/** @type {any} */ value) => this.changes.set(path, value);
    if (path === "classes") {
      const chips = new ClassChips("Only these classes are tracked", tell);
      const show = (/** @type {any} */ value) => chips.update(labelsOf(this.stream, this.page.store), value);
      return { element: chips.element, input: chips.element, show };
    }
    if (path === "model") {
      const control = choiceControl([], tell);
      const show = (/** @type {any} */ value) => {
        control.offer(modelChoices(this.page.store.models, value));
        control.show(value);
      };
      return { ...control, show };
    }
    if (path !== "detection.region") return undefined;
    const words = h("span", { class: "muted" });
    const draw = h(
      "button",
      {
        type: "button",
        class: "button small",
        "aria-label": "Draw the region on the picture",
        on: { click: this.drawRegion },
      },
      "Draw on the picture",
    );
    const show = (/** @type {any[] | null} */ value) =>
      setText(words, value ? `${value.length} corners` : "the whole picture");
    return { element: h("div", { class: "setting-region" }, words, draw), input: draw, show };
  }

  #thresholds() {
    const high = this.changes.value("tracker.track_thresh");
    const birth = this.changes.value("tracker.det_thresh") ?? high + 0.1;
    return { low: this.changes.value("tracker.low_thresh"), high, birth };
  }
}

/** @param {import("../types.js").ModelView[]} models @param {string | null} chosen @returns {[string, string][]} */
function modelChoices(models, chosen) {
  const names = models.filter(({ loaded }) => loaded).map(({ name }) => name);
  const standard = models.find((model) => model.default)?.name;
  if (chosen && !names.includes(chosen)) names.push(chosen);
  return [
    ["", standard ? `the service's default (${standard})` : "the service's default"],
    ...names.map((name) => /** @type {[string, string]} */ ([name, name])),
  ];
}

/** One setting: its name and meaning, its control, whether it is a default, and what the server did not take. */

import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { choiceControl, sliderControl, switchControl, textControl } from "./setting-controls.js";

export class SettingRow {
  /**
   * @param {import("./setting-list.js").Shown} shown @param {import("../model/setting-schema.js").Known} known
   * @param {import("../model/setting-changes.js").SettingChanges} changes
   * @param {import("./setting-controls.js").Control} [control]  where the usual one does not do
   */
  constructor(shown, known, changes, control) {
    const { path, name } = shown;
    this.path = path;
    this.changes = changes;
    const id = `set-${path.replaceAll(".", "-")}`;
    const tell = (/** @type {any} */ value, held = false) => changes.set(path, value, held);
    this.control = control ?? usual(shown, known, changes, tell);
    this.control.input.id = id;
    setAttribute(this.control.input, "aria-describedby", `${id}-help ${id}-problem`);
    const back = { type: "button", class: "button quiet square small", "aria-label": `${name}: back to the default` };
    this.back = h(
      "button",
      { ...back, title: "Back to the default", on: { click: () => changes.set(path, null) } },
      icon("undo"),
    );
    this.mark = h("span", { class: "muted mark-default" }, "default");
    this.problem = h("p", { class: "setting-problem", id: `${id}-problem`, role: "alert" });
    const help = h("p", { class: "setting-help", id: `${id}-help` }, `${meaning(known)} `, h("code", {}, path));
    const label = h("label", { for: id }, name);
    const wide = shown.slider || control;
    const head = h("div", { class: "setting-head" }, label, this.mark, this.back, wide ? null : this.control.element);
    this.element = h(
      "div",
      { class: "setting", "data-setting": path },
      head,
      wide ? this.control.element : null,
      this.problem,
      help,
    );
  }

  update() {
    const given = this.changes.isGiven(this.path);
    this.control.show(this.changes.value(this.path));
    // Both keep their place, so that nothing beside them moves.
    this.back.style.visibility = given ? "visible" : "hidden";
    this.mark.style.visibility = given ? "hidden" : "visible";
    const problem = this.changes.problems.get(this.path) ?? "";
    setText(this.problem, problem && `Not taken: ${problem}`);
    this.element.classList.toggle("given", given);
  }
}

/** What it means, without what null does: here nobody writes null. @param {import("../model/setting-schema.js").Known} known */
function meaning({ meaning: text }) {
  return text.replace(/; null: [^;]*$/, "");
}

/**
 * @param {import("./setting-list.js").Shown} shown @param {import("../model/setting-schema.js").Known} known
 * @param {import("../model/setting-changes.js").SettingChanges} changes @param {import("./setting-controls.js").Tell} tell
 */
function usual(shown, known, changes, tell) {
  const otherwise = () => shown.otherwise?.((path) => changes.value(path)) ?? known.standard ?? 0;
  if (shown.slider) return sliderControl(shown, known, tell, otherwise);
  if (known.choices)
    return choiceControl(
      known.choices.map((value) => [value, value]),
      tell,
    );
  if (known.type === "boolean") return switchControl(tell);
  return textControl(known, tell);
}

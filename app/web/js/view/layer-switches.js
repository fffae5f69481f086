/** Show or hide boxes, labels and trails, everywhere at once. Keys b, l, t and z do the same. */

import { h, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

const LAYERS = /** @type {const} */ ([
  ["boxes", "Boxes", "b"],
  ["labels", "Labels", "l"],
  ["trails", "Trails", "t"],
  ["zones", "Zones", "z"],
]);

/** @param {import("../model/prefs.js").Prefs} prefs @param {AbortSignal} [signal]  when they are no longer shown */
export function layerSwitches(prefs, signal) {
  const buttons = LAYERS.map(([layer, name, key]) => {
    const label = `${name} (key ${key})`;
    const button = h(
      "button",
      {
        type: "button",
        class: "switch",
        title: label,
        "aria-keyshortcuts": key,
        "data-layer": layer,
        on: { click: () => prefs.toggle(layer) },
      },
      icon(layer),
      h("span", {}, name),
    );
    return button;
  });
  const show = () =>
    buttons.forEach((button, at) => setAttribute(button, "aria-pressed", String(prefs.layers[LAYERS[at][0]])));
  prefs.addEventListener("change", show, { signal });
  show();
  return h("div", { class: "switches", role: "group", "aria-label": "Drawn over the pictures" }, ...buttons);
}

/** @param {import("../model/prefs.js").Prefs} prefs */
export function layerKeys(prefs) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = LAYERS.find(([, , key]) => key === event.key);
    if (found) prefs.toggle(found[0]);
  });
}

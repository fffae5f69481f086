/** The line above the large picture: where the viewer is, and what can be done. */

import { httpUrl } from "../net/address.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { layerSwitches } from "./layer-switches.js";
import { deleteAsked, resetAsked } from "./stream-actions.js";

const QUIET = { class: "button quiet square" };

/** @param {import("./stage.js").Stage} stage @param {import("../main.js").Page} page */
export function stageBar({ stream, title, pill, viewport, left }, page) {
  const back = { class: "button quiet square", href: "#/", id: "stage-back", "aria-label": "Back to all streams" };
  const viewer = {
    ...QUIET,
    id: "stage-embed",
    "aria-label": `Open ${stream.id} alone`,
    target: "_blank",
    rel: "noopener",
  };
  return h(
    "div",
    { class: "bar" },
    h("a", { ...back, title: "Back to all streams (Esc)" }, icon("back")),
    title,
    pill,
    h("span", { class: "spring" }),
    layerSwitches(page.prefs, left.signal),
    h(
      "a",
      { ...viewer, href: httpUrl(`embed/${stream.id}`), title: "The picture alone, for other pages" },
      icon("frame"),
    ),
    button("full", "Full screen", "Full screen", () => viewport.element.requestFullscreen()),
    button("reset", `Reset stream ${stream.id}`, "Reset: a new epoch, ids start again", () => resetAsked(stream, page)),
    button("trash", `Delete stream ${stream.id}`, "Delete the stream", () => deleteAsked(stream, page)),
  );
}

/** @param {string} name @param {string} label @param {string} title @param {() => void} act */
function button(name, label, title, act) {
  const attributes = { ...QUIET, type: "button", "aria-label": label, title };
  return h("button", { ...attributes, id: `stage-${name}`, on: { click: act } }, icon(name));
}

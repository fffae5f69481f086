/** What the viewer should know before sending real pictures to the bundled detector. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {import("../model/store.js").Store} store
 * @returns {HTMLElement | null}  null when a real model runs
 */
export function modelNote(store) {
  if (store.model?.source !== "demo") return null;
  return h(
    "div",
    { class: "note warn" },
    icon("alert"),
    h(
      "div",
      {},
      h(
        "p",
        {},
        h("b", {}, "The bundled detector knows only the demo camera."),
        " In real pictures it finds nothing, or nonsense. For real pictures start the server with a real model:",
      ),
      h("pre", {}, h("code", {}, "trackd models pull yolox_nano\ntrackd serve --model yolox_nano")),
    ),
  );
}

/** The whole page takes a video that is dropped on it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** @param {(file: File) => void} take */
export function dropTarget(take) {
  const veil = h("div", { class: "drop-veil", hidden: true }, icon("film"), h("b", {}, "Drop the video to track it"));
  document.body.append(veil);
  let depth = 0; // every element under the pointer tells of entering and leaving
  const show = (/** @type {boolean} */ shown) => {
    depth = shown ? depth : 0;
    veil.hidden = !shown;
  };
  const carries = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => {
    if (!carries(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) show(false);
  });
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    show(false);
    document.querySelectorAll("dialog[open]").forEach((dialog) => /** @type {HTMLDialogElement} */ (dialog).close());
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}

/** A question before something that cannot be taken back. */

import { h } from "./dom.js";

/**
 * @param {{title: string, text: string, action: string}} question
 * @returns {Promise<boolean>}  true when the viewer agreed
 */
export function confirmed({ title, text, action }) {
  const dialog = h("dialog", {
    class: "dialog narrow",
    "aria-labelledby": "confirm-title",
    "aria-describedby": "confirm-text",
  });
  const close = (/** @type {string} */ answer) => () => dialog.close(answer);
  dialog.append(
    h("h2", { id: "confirm-title" }, title),
    h("p", { id: "confirm-text" }, text),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "button", autofocus: true, on: { click: close("no") } }, "Cancel"),
      h("button", { type: "button", class: "button danger", on: { click: close("yes") } }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

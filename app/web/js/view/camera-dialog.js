/** Asks for a camera that the server is to read, and says at the field what the server has against it. */

import { Refused, patchStream, putStream } from "../net/api.js";
import { CameraForm } from "./camera-form.js";
import { h, setText } from "./dom.js";
import { clear, fail } from "./form-fields.js";
import { toast } from "./toast.js";

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * @param {import("../main.js").Page} page
 * @param {import("../model/stream.js").Stream} [stream]  one whose source is to be changed; else a new one is made
 */
export function cameraDialog(page, stream) {
  const form = new CameraForm(stream, freeName(page));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const label = stream ? "Save" : "Add the camera";
  const save = h("button", { type: "submit", class: "button primary", id: "camera-save" }, label);
  const cancel = h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel");
  const body = h(
    "form",
    { class: "form", novalidate: true },
    h("h2", { id: "camera-title" }, stream ? `Camera of ${stream.id}` : "Add a camera"),
    h("p", { class: "muted" }, "The server reads it by itself, and tries again when it goes away."),
    form.url.element,
    form.name.element,
    h("div", { class: "fields" }, form.transport.element, form.pace.element),
    form.loop.element,
    form.hardware.element,
    problem,
    h("div", { class: "actions" }, cancel, save),
  );
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "camera-title" }, body);
  dialog.addEventListener("close", () => dialog.remove());
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    form.fields.forEach(clear);
    if (!complete(form, page, stream)) return;
    save.disabled = true;
    try {
      await (stream
        ? patchStream(form.id, { source: form.settings() })
        : putStream(form.id, { source: form.settings() }));
      dialog.close();
      await page.refresher.now();
      if (!stream) page.show(form.id);
      toast(stream ? `The camera of ${form.id} was changed.` : `${form.id} connects.`);
    } catch (error) {
      tell(error, form, problem);
    } finally {
      save.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Whether it can be sent; says at the field why not.
 * @param {CameraForm} form @param {import("../main.js").Page} page
 * @param {import("../model/stream.js").Stream | undefined} stream
 */
function complete(form, { store }, stream) {
  if (stream) return true;
  if (!form.address) fail(form.url, "An address is needed.");
  else if (!NAME.test(form.id)) fail(form.name, "Letters, digits, '.', '_' and '-', 64 at most.");
  else if (store.streams.has(form.id)) fail(form.name, `There is a stream ${form.id} already; take another name.`);
  else return true;
  return false;
}

/** @param {unknown} error @param {CameraForm} form @param {HTMLElement} problem */
function tell(error, { places }, problem) {
  const unplaced = [];
  if (!(error instanceof Refused)) unplaced.push("The server does not answer.");
  else if (error.errors.length === 0) unplaced.push(error.message);
  else {
    for (const { pointer, detail } of error.errors) {
      if (places[pointer]) fail(places[pointer], detail);
      else unplaced.push(detail);
    }
  }
  problem.hidden = unplaced.length === 0;
  setText(problem, unplaced.join(" "));
}

/** @param {import("../main.js").Page} page */
function freeName({ store }) {
  let number = 1;
  while (store.streams.has(`cam${number}`)) number += 1;
  return `cam${number}`;
}

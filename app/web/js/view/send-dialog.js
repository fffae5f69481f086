/** Asks for what is needed to send a webcam or a video, and says why it did not work. */

import { MediaError, openVideo, openWebcam } from "../send/media.js";
import { h, setText } from "./dom.js";
import { icon } from "./icons.js";
import { modelNote } from "./model-note.js";
import { sendingFields } from "./sending-fields.js";

/** @param {import("../main.js").Page} page */
export function webcamDialog(page) {
  const start = h(
    "button",
    { type: "button", class: "button primary", autofocus: true, id: "webcam-start" },
    icon("camera"),
    h("span", {}, "Start"),
  );
  const text =
    "Frames of your camera go to this server and come back with tracks. The stream is removed when you stop.";
  const dialog = open(page, "Track my webcam", text, [start]);
  start.addEventListener("click", () => dialog.attempt(() => openWebcam(page.prefs.sending.width), start));
}

/** @param {import("../main.js").Page} page @param {File} [file]  one that was dropped already */
export function videoDialog(page, file) {
  const picker = h("input", {
    type: "file",
    accept: "video/*,.mkv",
    class: "sr-only",
    tabindex: "-1",
    id: "video-file",
    "aria-label": "Video file",
  });
  const choose = h(
    "button",
    { type: "button", class: "dropzone", autofocus: true, on: { click: () => picker.click() } },
    icon("film"),
    h("b", {}, "Drop a video here"),
    h("span", {}, "or choose a file"),
  );
  const text = "The video plays in this page, muted; its frames are sent to this server and answered with tracks.";
  const dialog = open(page, "Track a video", text, [], h("div", {}, choose, picker));
  const take = (/** @type {File} */ taken) => dialog.attempt(() => openVideo(taken), choose);
  picker.addEventListener("change", () => picker.files?.[0] && take(picker.files[0]));
  if (file) take(file);
}

/**
 * @param {import("../main.js").Page} page
 * @param {string} title
 * @param {string} text
 * @param {HTMLElement[]} actions
 * @param {HTMLElement} [content]
 */
function open(page, title, text, actions, content) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const cancel = h("button", { type: "button", class: "button", on: { click: () => element.close() } }, "Cancel");
  const element = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "send-title", on: { close: () => element.remove() } },
    h("h2", { id: "send-title" }, title),
    h("p", { class: "muted" }, text),
    modelNote(page.store),
    content,
    sendingFields(page.prefs),
    problem,
    h("div", { class: "actions" }, cancel, ...actions),
  );
  document.body.append(element);
  element.showModal();
  return {
    attempt: (
      /** @type {() => Promise<import("../send/media.js").Media>} */ get,
      /** @type {HTMLButtonElement} */ button,
    ) => attempt(page, element, problem, button, get),
  };
}

/**
 * @param {import("../main.js").Page} page @param {HTMLDialogElement} dialog @param {HTMLElement} problem
 * @param {HTMLButtonElement} button @param {() => Promise<import("../send/media.js").Media>} get
 */
async function attempt(page, dialog, problem, button, get) {
  problem.hidden = true;
  button.disabled = true;
  try {
    const media = await get();
    if (!dialog.isConnected) return media.release(); // cancelled while the browser asked
    dialog.close();
    page.senders.start(media);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    setText(problem, error.message);
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

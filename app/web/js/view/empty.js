/** No streams: what to do to have one. */

import { curlLine } from "../net/address.js";
import { putStream } from "../net/api.js";
import { h } from "./dom.js";
import { icon, mark } from "./icons.js";
import { attempt } from "./stream-actions.js";
import { toast } from "./toast.js";

/**
 * @param {HTMLElement} section
 * @param {import("../main.js").Page} page
 * @param {{camera: () => void, webcam: () => void, video: () => void}} actions
 */
export function fillEmpty(section, page, actions) {
  const line = curlLine();
  const copy = h(
    "button",
    { type: "button", class: "button small", id: "copy-curl", on: { click: () => copyText(line, copy) } },
    icon("copy"),
    h("span", {}, "Copy"),
  );
  section.append(
    h("div", { class: "empty-mark" }, mark()),
    h("h1", { id: "empty-title" }, "Nothing to watch yet"),
    h("p", { class: "lead" }, "A stream opens with its first frame and appears here by itself."),
    h(
      "div",
      { class: "ways" },
      way(
        "road",
        "Start a demo camera",
        "A rendered street with exact truth; the server draws it itself.",
        "start-demo",
        () => startDemo(page),
      ),
      way(
        "plus",
        "Add a camera",
        "RTSP, HTTP or a file: the server reads it by itself.",
        "empty-camera",
        actions.camera,
      ),
      way("camera", "Track my webcam", "Your camera, answered frame by frame.", "empty-webcam", actions.webcam),
      way("film", "Drop a video", "Drop a file anywhere on this page, or choose one.", "empty-video", actions.video),
    ),
    h(
      "div",
      { class: "terminal" },
      h("p", {}, "Or send a picture from a terminal"),
      h("div", { class: "line" }, h("code", { id: "curl-line", tabindex: "0" }, line), copy),
    ),
  );
}

/** @param {string} name @param {string} title @param {string} text @param {string} id @param {() => void} act */
function way(name, title, text, id, act) {
  return h(
    "button",
    { type: "button", class: "way", id, on: { click: act } },
    icon(name),
    h("b", {}, title),
    h("span", {}, text),
  );
}

/** @param {import("../main.js").Page} page */
function startDemo(page) {
  return attempt(async () => {
    await putStream("demo-1", { source: { url: "demo:?seed=1" } });
    await page.refresher.now();
  }, "The demo camera starts.");
}

/** @param {string} text @param {HTMLButtonElement} button */
async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    /** @type {Element} */ (button.lastElementChild).textContent = "Copied";
  } catch {
    toast("The browser does not let this page copy. Select the line and copy it yourself.", "bad");
  }
}

/** The line at the top: how the server is, what runs on it, how much it does. */

import { h, setAttribute, setText } from "./dom.js";
import { providerName, rate, whole } from "./format.js";
import { icon, mark } from "./icons.js";
import { themeButton } from "./theme.js";

export class Header {
  /**
   * @param {HTMLElement} element
   * @param {import("../model/store.js").Store} store
   * @param {import("../net/link.js").Link} link
   * @param {{camera: () => void, webcam: () => void, video: () => void, server: () => void}} actions
   * @param {HTMLElement} events  the button that opens them
   */
  constructor(element, store, link, actions, events) {
    this.store = store;
    this.link = link;
    const server = { type: "button", on: { click: actions.server }, "aria-haspopup": "true" };
    this.state = h("button", { ...server, class: "pill idle", id: "server-state" }, "connecting");
    this.model = h("button", { ...server, class: "chip", id: "model" });
    this.fps = h("b", { id: "total-fps" }, "0.0");
    this.tracks = h("b", {}, "0");
    this.streams = h("b", {}, "0");
    this.streamsUnit = h("span", { class: "unit" }, "streams");
    this.tracksUnit = h("span", { class: "unit" }, "tracks");
    element.append(
      h("a", { class: "brand", href: "#/", "aria-label": "trackd, all streams" }, mark(), h("span", {}, "trackd")),
      this.state,
      this.model,
      h(
        "div",
        { class: "totals" },
        figure(this.streams, this.streamsUnit),
        figure(this.tracks, this.tracksUnit),
        figure(this.fps, h("span", { class: "unit" }, "fps")),
      ),
      h(
        "div",
        { class: "header-actions" },
        action("add-camera", "plus", "Add a camera", actions.camera),
        action("track-webcam", "camera", "Track my webcam", actions.webcam),
        action("drop-video", "film", "Drop a video", actions.video),
        events,
        themeButton(),
      ),
    );
  }

  update() {
    const { tone, word, detail } = this.#server();
    setText(this.state, word);
    setAttribute(this.state, "class", `pill ${tone}`);
    setAttribute(this.state, "title", detail);
    this.#model();
    const { streams, fps, tracks } = this.store.totals();
    setText(this.streams, whole(streams));
    setText(this.streamsUnit, streams === 1 ? "stream" : "streams");
    setText(this.tracks, whole(tracks));
    setText(this.tracksUnit, tracks === 1 ? "track" : "tracks");
    setText(this.fps, rate(fps));
    document.title =
      this.link.state === "lost" ? "⚠ trackd – no connection" : streams ? `${rate(fps)} fps – trackd` : "trackd";
  }

  #server() {
    const { state } = this.link;
    if (state === "connecting")
      return { tone: "idle", word: "connecting", detail: "Waiting for the server's first word." };
    if (state !== "open") return { tone: "bad", word: "offline", detail: this.link.reason };
    if (this.store.health === null) return { tone: "idle", word: "connected", detail: "Asking whether it is ready." };
    if (this.store.health.ready) return { tone: "good", word: "ready", detail: "The server takes frames." };
    return { tone: "bad", word: "not ready", detail: failing(this.store.health).join("; ") };
  }

  #model() {
    const { model } = this.store;
    this.model.hidden = model === null;
    if (!model) return;
    setText(this.model, `${shortName(model.name)} · ${providerName(model.provider)}`);
    setAttribute(this.model, "title", `Model ${model.name} on ${model.provider}`);
  }
}

/**
 * What each failing check says.
 * @param {import("../types.js").Health} health
 */
export function failing({ checks }) {
  return Object.entries(checks).flatMap(([name, word]) => (word === "ok" ? [] : [`${name}: ${word}`]));
}

/** The last part of a path. @param {string} name */
function shortName(name) {
  return name.split(/[\\/]/).pop() || name;
}

/** @param {HTMLElement} value @param {HTMLElement} unit */
function figure(value, unit) {
  return h("span", { class: "figure" }, value, " ", unit);
}

/** @param {string} id @param {string} picture @param {string} name @param {() => void} act */
function action(id, picture, name, act) {
  const attributes = { type: "button", class: "button", id, "aria-label": name, title: name, on: { click: act } };
  return h("button", attributes, icon(picture), h("span", {}, name));
}

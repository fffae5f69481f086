/** What the server reads for a stream: how that goes, when it is tried again, and changing it. */

import { patchStream } from "../net/api.js";
import { cameraDialog } from "./camera-dialog.js";
import { confirmed } from "./confirm.js";
import { h, setAttribute, setText } from "./dom.js";
import { seconds } from "./format.js";
import { icon } from "./icons.js";
import { attempt } from "./stream-actions.js";

export class SourcePanel {
  /** @param {import("../model/stream.js").Stream} stream @param {import("../main.js").Page} page */
  constructor(stream, page) {
    this.stream = stream;
    this.url = h("code", { class: "source-url" });
    this.state = h("p", { class: "source-state" });
    this.detail = h("p", { class: "muted source-detail" });
    this.rows = {
      for: h("dd", {}),
      "next attempt": h("dd", {}),
      attempts: h("dd", {}),
      connected: h("dd", {}),
      codec: h("dd", {}),
    };
    const rows = Object.entries(this.rows).map(([name, value]) => h("div", {}, h("dt", {}, name), value));
    const edit = { type: "button", class: "button small", on: { click: () => cameraDialog(page, stream) } };
    const end = { type: "button", class: "button small", on: { click: () => this.#stop(page) } };
    this.element = h(
      "div",
      { class: "source" },
      this.url,
      this.state,
      this.detail,
      h("dl", { class: "rows" }, ...rows),
      h(
        "div",
        { class: "actions start" },
        h("button", edit, icon("pencil"), "Change"),
        h("button", end, "Stop reading"),
      ),
    );
  }

  /** @param {number} now */
  update(now) {
    const source = this.stream.view?.source;
    if (!source) return;
    const { tone } = this.stream.condition(now);
    setText(this.url, source.url);
    setText(this.state, STATES[source.state] ?? source.state);
    setAttribute(this.state, "class", `source-state ${tone}`);
    setText(this.detail, source.detail);
    this.detail.hidden = !source.detail;
    const left = this.stream.retryIn(now);
    this.#row("for", source.since_s === undefined ? "" : seconds(source.since_s + this.stream.viewAge(now)));
    this.#row("next attempt", left === null ? "" : left < 0.5 ? "now" : `in ${Math.ceil(left)} s`);
    this.#row("attempts", source.attempts ? String(source.attempts) : "");
    this.#row("connected", (source.connects ?? 0) > 1 ? `${source.connects} times` : "");
    this.#row("codec", source.decoder || (source.codec ?? ""));
  }

  /** @param {keyof SourcePanel["rows"]} name @param {string} text */
  #row(name, text) {
    /** @type {HTMLElement} */ (this.rows[name].parentElement).hidden = text === "";
    setText(this.rows[name], text);
  }

  /** @param {import("../main.js").Page} page */
  async #stop(page) {
    const { id } = this.stream;
    const text =
      "The server no longer reads this camera. The stream, its tracks and counts stay, and its settings too.";
    if (!(await confirmed({ title: `Stop reading ${id}?`, text, action: "Stop" }))) return;
    await attempt(async () => {
      await patchStream(id, { source: null });
      await page.refresher.now();
    }, `${id} is no longer read.`);
  }
}

const STATES = /** @type {Record<string, string>} */ ({
  connecting: "Connecting…",
  live: "Live",
  stalled: "Silent: it was live and sends nothing",
  failed: "It cannot be read",
  ended: "Over: the file has been read to its end",
});

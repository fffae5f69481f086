/** Beside the picture of a stream that this page sends: how it goes, how fast, stop. */

import { h, setText } from "./dom.js";
import { milliseconds, rate, whole } from "./format.js";
import { icon } from "./icons.js";
import { modelNote } from "./model-note.js";
import { sendingFields } from "./sending-fields.js";

export class SenderPanel {
  /** @param {import("../send/sender.js").Sender} sender @param {import("../main.js").Page} page */
  constructor(sender, page) {
    this.sender = sender;
    this.status = h("p", { class: "sender-status", role: "status" });
    this.rows = {
      "sent per second": h("dd", {}),
      answered: h("dd", {}),
      "there and back": h("dd", {}),
      "without an answer": h("dd", {}),
    };
    this.again = h(
      "button",
      { type: "button", class: "button", on: { click: () => sender.again() } },
      icon("reset"),
      h("span", {}, "Play again"),
    );
    const stop = h(
      "button",
      { type: "button", class: "button danger", id: "sender-stop", on: { click: () => sender.stop() } },
      icon("stop"),
      h("span", {}, "Stop"),
    );
    this.stop = stop;
    this.element = h(
      "section",
      { class: "panel sender", "aria-label": "Sending" },
      h("h2", {}, sender.media.kind === "webcam" ? "Your webcam" : sender.media.name),
      this.status,
      h(
        "dl",
        { class: "rows" },
        ...Object.entries(this.rows).map(([name, value]) => h("div", {}, h("dt", {}, name), value)),
      ),
      sendingFields(page.prefs),
      h("div", { class: "actions start" }, stop, this.again),
      modelNote(page.store),
    );
  }

  update() {
    const { state, counts, problem } = this.sender;
    setText(this.status, words(this.sender));
    this.status.classList.toggle("bad", state === "failed");
    this.again.hidden = state !== "ended" && state !== "failed";
    const running = state === "live" || state === "opening";
    setText(/** @type {Node} */ (this.stop.lastChild), running ? "Stop" : "Close");
    this.stop.classList.toggle("danger", running);
    setText(this.rows["sent per second"], rate(state === "live" ? counts.fps : 0));
    setText(this.rows["answered"], `${whole(counts.answered)} of ${whole(counts.sent)}`);
    setText(this.rows["there and back"], milliseconds(counts.roundTrip));
    setText(this.rows["without an answer"], counts.lost ? `${whole(counts.lost)} – ${problem}` : "0");
  }
}

/** @param {import("../send/sender.js").Sender} sender */
function words({ state, media, problem, counts }) {
  if (state === "opening") return "Opening the stream…";
  if (state === "failed") return problem;
  if (state === "ended") return `Over: ${whole(counts.answered)} frames were tracked.`;
  if (state === "stopped") return "Stopping…";
  return media.kind === "webcam"
    ? "Frames of your camera go to this server and nowhere else."
    : "The video plays here; its frames go to this server and nowhere else.";
}

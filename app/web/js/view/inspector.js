/** One track, looked at closely: its picture, how it does, where it was, and why it was born. Follows it live. */

import { colourOf, inkOn } from "../draw/colour.js";
import { storyLayer } from "../draw/story-layer.js";
import { TrackStory } from "../model/track-story.js";
import { Crop } from "./crop.js";
import { h, setAttribute, setText } from "./dom.js";
import { className, plural, seconds } from "./format.js";
import { icon } from "./icons.js";
import { ScoreLine } from "./score-line.js";

const FATES = /** @type {Record<string, [string, string, string]>} */ ({
  seen: ["good", "in view", "A box in the newest frame."],
  lost: ["warn", "lost", "Not in the newest frame; it is searched for, and keeps its id if it comes back in time."],
  gone: ["bad", "gone", "It has ended. What you see is the last that was known."],
  looking: ["idle", "looking", "Waiting for the server's word on it."],
});
const ROWS = ["age", "score", "speed", "size", "zones", "missing", "first seen"];

export class Inspector {
  /**
   * @param {import("../model/stream.js").Stream} stream @param {number} trackId
   * @param {import("../draw/viewport.js").Viewport} viewport @param {() => void} close
   */
  constructor(stream, trackId, viewport, close) {
    this.story = new TrackStory(stream, trackId);
    this.viewport = viewport;
    this.layer = storyLayer(this.story);
    viewport.extra.push(this.layer);
    viewport.choose(trackId);
    this.crop = new Crop(trackId);
    this.line = new ScoreLine();
    this.born = h("p", { class: "muted born" });
    this.kind = h("b", {}, "");
    this.pill = h("span", { class: "pill idle", role: "status" }, "");
    this.values = ROWS.map(() => h("dd", {}, "–"));
    this.rows = ROWS.map((name, at) => h("div", { "data-row": name }, h("dt", {}, name), this.values[at]));
    const chip = h("span", { class: "id-chip" }, String(trackId));
    chip.style.backgroundColor = colourOf(trackId);
    chip.style.color = inkOn(trackId);
    const label = "Close the track's panel";
    const x = { type: "button", class: "button quiet square small", "aria-label": label, title: `${label} (Esc)` };
    this.title = h("h2", { tabindex: "-1", class: "inspect-title" }, chip, this.kind);
    this.element = h(
      "section",
      { class: "panel inspect", "aria-label": `Track ${trackId}`, "data-inspect": String(trackId) },
      h(
        "div",
        { class: "panel-head" },
        this.title,
        this.pill,
        h("button", { ...x, on: { click: close } }, icon("close")),
      ),
      h("div", { class: "inspect-body" }, this.crop.element, h("dl", { class: "rows" }, ...this.rows)),
      this.line.element,
      this.born,
    );
  }

  /** Part of the drawing loop: the crop follows every frame. */
  draw() {
    this.crop.draw(this.viewport.shown);
  }

  /** @param {number} now */
  update(now) {
    const { story } = this;
    story.update(now);
    const [tone, word, detail] = FATES[story.fate];
    setAttribute(this.pill, "class", `pill ${tone}`);
    setAttribute(this.pill, "title", detail);
    setText(this.pill, word);
    this.crop.element.classList.toggle("stale", story.fate !== "seen");
    const { row, told } = story;
    if (row) setText(this.kind, className(row));
    else if (told) setText(this.kind, told.class);
    const texts = this.#texts();
    ROWS.forEach((name, at) => {
      this.rows[at].hidden = texts[name] === "";
      setText(this.values[at], texts[name]);
    });
    this.line.draw(story.scores());
    setText(this.born, this.#born());
    this.viewport.dirty ||= story.fate !== "seen";
  }

  /** @returns {Record<string, string>} */
  #texts() {
    const { row, told } = this.story;
    const [x1, y1, x2, y2] = row?.bbox ?? told?.bbox ?? [0, 0, 0, 0];
    const score = row?.score ?? told?.points.at(-1)?.[3];
    const age = Math.max(row?.age_s ?? 0, told?.age_s ?? 0);
    return {
      age: row || told ? seconds(age) : "–",
      score: score === undefined ? "–" : score.toFixed(2),
      speed: row ? speed(row) : "",
      size: row || told ? `${(x2 - x1).toFixed(0)} × ${(y2 - y1).toFixed(0)} px` : "–",
      zones: (row?.zones ?? told?.zones ?? []).join(", "),
      missing: told?.gaps ? `${plural(told.gaps, "time")} and found again` : "",
      "first seen": told ? `frame ${told.first_seq}, at ${seconds(told.first_pts)}` : "",
    };
  }

  /** Why there is such a track. */
  #born() {
    const { told, unknown } = this.story;
    if (told?.born) return `Why it was born: ${bornWords(told.born)}`;
    if (told) return "How it was born was not seen.";
    return unknown ? "The server has not kept how it was born." : "";
  }

  close() {
    this.story.close();
    this.line.close();
    this.viewport.extra = this.viewport.extra.filter((layer) => layer !== this.layer);
    this.viewport.choose(null);
    this.element.remove();
  }
}

/** @param {import("../types.js").TrackRow} row */
function speed({ velocity, speed_mps }) {
  const pixels = `${Math.hypot(...velocity).toFixed(0)} px/s`;
  return speed_mps === undefined
    ? pixels
    : `${speed_mps.toFixed(1)} m/s · ${(speed_mps * 3.6).toFixed(0)} km/h · ${pixels}`;
}

/** @param {NonNullable<import("../types.js").TrackStoryView["born"]>} born */
function bornWords({ seq, score, detail }) {
  return detail || `in frame ${seq}, from a detection with score ${score.toFixed(2)}`;
}

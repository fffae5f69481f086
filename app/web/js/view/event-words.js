/** Events in the words of somebody who watches. */

import { seconds } from "./format.js";

/** Short names of the kinds, for people. */
export const KIND_NAMES = /** @type {Record<string, string>} */ ({
  opened: "stream opened",
  reset: "reset",
  closed: "stream closed",
  source: "camera",
  health: "tracking health",
  track_start: "track began",
  track_end: "track ended",
  zone_enter: "entered a zone",
  zone_exit: "left a zone",
  zone_dwell: "stays in a zone",
  line_cross: "crossed a line",
});

const GONE = "gone: ";
const AS_ALWAYS = "it no longer looks so";

/** What looked wrong, for people. */
const CONCERNS = /** @type {Record<string, string>} */ ({
  short_lives: "tracks that vanish at once",
  far_apart: "tracks that vanish at once",
  below_threshold: "scores just below the threshold",
  passed_over: "new ids beside lost tracks",
  given_up_early: "tracks given up early",
  broken: "tracks that break",
  leaps: "tracks that leap",
  frame_rate: "the rate of frames",
  jitter: "uneven frames",
  dropped: "dropped frames",
  score_fell: "falling scores",
  blind: "an empty picture",
});

/**
 * What happened, in a line; the stream is named beside it.
 * @param {import("../types.js").EventMessage} event
 */
export function eventWords(event) {
  const who = event.track_id === undefined ? "" : `${event.class ?? "track"} ${event.track_id}`;
  const stayed = event.dwell_s === undefined ? "" : ` after ${seconds(event.dwell_s).replaceAll(" ", "\u00a0")}`;
  switch (event.event) {
    case "opened":
      return "The stream opened.";
    case "closed":
      return "The stream closed.";
    case "reset":
      return `Tracking began anew (epoch ${event.epoch}).`;
    case "source":
      return `Camera: ${event.detail}`;
    case "health":
      return event.detail.startsWith(GONE) ? over(event) : event.detail;
    case "track_start":
      return `${who} was seen first`;
    case "track_end":
      return `${who} is gone`;
    case "zone_enter":
      return `${who} ${event.detail === "appeared" ? "appeared in" : "entered"} ${event.zone}`;
    case "zone_exit":
      return `${who} ${event.detail === "vanished" ? "vanished in" : "left"} ${event.zone}${stayed}`;
    case "zone_dwell":
      return `${who} has been in ${event.zone} for ${seconds(event.dwell_s ?? 0).replaceAll(" ", "\u00a0")}`;
    case "line_cross":
      return `${who} crossed ${event.line} ${event.direction === "backward" ? "backward" : "forward"}`;
    default:
      return event.detail || event.event;
  }
}

/** @param {import("../types.js").EventMessage} event */
function over({ concern = "", detail }) {
  const why = detail.slice(GONE.length);
  return `No longer a concern: ${CONCERNS[concern] ?? concern.replaceAll("_", " ")}${why === AS_ALWAYS ? "" : ` (${why})`}`;
}

/** Good, bad or neither. @param {import("../types.js").EventMessage} event */
export function eventTone({ event, detail }) {
  if (event === "health") return detail.startsWith(GONE) ? "good" : "warn";
  if (event !== "source") return "";
  const state = detail.split(/[\s:,;.]/)[0].toLowerCase();
  return { failed: "bad", stalled: "warn", live: "good" }[state] ?? "";
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** @param {number} at  seconds since 1970 */
export function clock(at) {
  return CLOCK.format(at * 1000);
}

/** @param {number} at */
export function fullTime(at) {
  return DAY.format(at * 1000);
}

/** What the page knows of one stream. */

import { Answers } from "./answers.js";
import { CountHistory } from "./count-history.js";
import { Timings } from "./timings.js";
import { Trails } from "./trails.js";

const QUIET_MS = 5000;

/** @typedef {{tone: "good" | "warn" | "bad" | "idle", word: string, detail: string}} Condition */

export class Stream {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {import("../types.js").StreamView | null} */
    this.view = null;
    this.answers = new Answers();
    this.trails = new Trails();
    this.timings = new Timings();
    this.heardAt = -Infinity;
    /** When the view was asked for. */
    this.viewedAt = 0;
    /** When the view was last told as the answer to a change. */
    this.toldAt = -Infinity;
    this.counts = new CountHistory();
    /** Counts the times that everything was forgotten. */
    this.life = 0;
    /** False when its frames come as detections: there is no picture to ask for. */
    this.pictured = true;
    /** The sender in this very page, if it is one. @type {import("../send/sender.js").Sender | null} */
    this.sender = null;
  }

  /** @param {import("../types.js").TracksMessage} message @param {number} now */
  hear(message, now) {
    this.answers.add(message);
    this.trails.add(message);
    this.timings.add(message, now);
    this.heardAt = now;
    if (message.counts) this.counts.add(message.counts, now);
    // No detector saw it and nothing was decoded, though it was its turn: somebody else's detections.
    this.pictured = message.predicted === true || message.timing_ms.detect > 0 || message.timing_ms.decode > 0;
  }

  /** The server's answer to a change, which no list that was asked for earlier may write over. @param {import("../types.js").StreamView} view @param {number} now */
  told(view, now) {
    this.view = view;
    this.viewedAt = this.toldAt = now;
  }

  /** A new epoch: what was on the screen belongs to the past. */
  forget() {
    this.life += 1;
    this.answers.clear();
    this.trails = new Trails();
    this.counts = new CountHistory();
  }

  /** Seconds since its view was told: figures that count down do so between two lists. @param {number} now */
  viewAge(now) {
    return Math.max(0, now - this.viewedAt) / 1000;
  }

  /** Seconds until the server tries its source again, null where it does not. @param {number} now */
  retryIn(now) {
    const told = this.view?.source?.retry_in_s;
    return told == null ? null : Math.max(0, told - this.viewAge(now));
  }

  /** How the stream is, in a word. @param {number} now @returns {Condition} */
  condition(now) {
    if (this.sender) return this.sender.condition();
    const source = this.view?.source;
    if (source) return ofSource(source);
    const quietMs = now - this.heardAt;
    if (quietMs < QUIET_MS) return { tone: "good", word: "receiving", detail: "Frames come from a client." };
    if (this.view?.seq == null) return { tone: "idle", word: "waiting", detail: "No frame has come yet." };
    return { tone: "idle", word: "quiet", detail: "No frame has come for a while." };
  }
}

/** @param {{url: string, state: string, detail: string}} source @returns {Condition} */
function ofSource(source) {
  const tones = /** @type {Record<string, Condition["tone"]>} */ ({
    live: "good",
    connecting: "warn",
    stalled: "warn",
    failed: "bad",
    ended: "idle",
  });
  return { tone: tones[source.state] ?? "idle", word: source.state, detail: source.detail || source.url };
}

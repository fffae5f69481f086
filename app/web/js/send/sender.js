/**
 * Sends the frames of a medium, one for each credit, and keeps each picture until its answer is here: what is shown is
 * a frame of this page with the boxes of that very frame.
 *
 * Event: `state`. States: `opening`, `live`, `ended` (the video is over), `failed`, `stopped`.
 */

import { Trails } from "../model/trails.js";
import { deleteStream } from "../net/api.js";
import { eachFrame } from "./frame-clock.js";
import { Grabber } from "./grabber.js";
import { Ingest } from "./ingest.js";
import { SendCounts } from "./send-counts.js";

const AHEAD = 2; // frames on the way at most: more would only be older when they are answered
const EARLY_MS = 6; // a frame this much before its time is taken; frames come on the screen's beat

export class Sender extends EventTarget {
  /** @param {string} id @param {import("./media.js").Media} media @param {import("../model/prefs.js").Prefs} prefs */
  constructor(id, media, prefs) {
    super();
    this.id = id;
    this.media = media;
    this.prefs = prefs;
    this.grabber = new Grabber();
    /** @type {"opening" | "live" | "ended" | "failed" | "stopped"} */
    this.state = "opening";
    this.problem = "";
    /** @type {import("../types.js").Shown | null} */
    this.answered = null;
    this.counts = new SendCounts();
    this.trails = new Trails();
    /** @type {Map<number, {image: ImageBitmap, sentAt: number}>} */
    this.waiting = new Map();
    this.dueAt = 0;
    this.lastMediaTime = -1;
    media.video.addEventListener("ended", () => this.ingest?.bye());
    this.start();
  }

  /** Begin, or begin again after the end. */
  start() {
    this.counts = new SendCounts();
    this.trails = new Trails();
    this.dueAt = 0;
    this.lastMediaTime = -1;
    this.ingest = new Ingest(this.id);
    this.ingest.addEventListener("open", () => this.#play());
    this.ingest.addEventListener("answer", (event) => this.#answer(/** @type {CustomEvent} */ (event).detail));
    this.ingest.addEventListener("lost", (event) => this.#lose(/** @type {CustomEvent} */ (event).detail));
    this.ingest.addEventListener("end", (event) => this.#end(/** @type {CustomEvent} */ (event).detail));
    this.#become("opening");
  }

  /** Play the video from its beginning, as a new stream of the same name. */
  async again() {
    await deleteStream(this.id).catch(() => null); // it may be gone already
    this.media.video.currentTime = 0;
    this.start();
  }

  /** Say goodbye, give the medium back, and remove the stream. @param {boolean} [leaving]  the page is about to go */
  async stop(leaving = false) {
    if (this.state === "stopped") return;
    this.#become("stopped");
    this.clock?.();
    this.media.video.pause();
    this.media.release();
    const ended = new Promise((resolve) => this.ingest?.addEventListener("end", resolve));
    const open = this.ingest?.open;
    this.ingest?.bye();
    if (open && !leaving) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2000))]);
    this.#free();
    await deleteStream(this.id, leaving).catch(() => null); // it may be gone already
    this.dispatchEvent(new Event("gone"));
  }

  /** @returns {import("../model/stream.js").Condition} */
  condition() {
    if (this.state === "live") return { tone: "good", word: "sending", detail: `This page sends ${this.media.name}.` };
    if (this.state === "failed") return { tone: "bad", word: "failed", detail: this.problem };
    if (this.state === "opening") return { tone: "warn", word: "opening", detail: "Waiting for the server." };
    return { tone: "idle", word: this.state, detail: `${this.media.name} is over.` };
  }

  async #play() {
    this.#become("live");
    this.clock = eachFrame(this.media.video, (now, mediaTime) => this.#frame(now, mediaTime));
    await this.media.video
      .play()
      .catch((error) => this.#end({ clean: false, detail: `The video cannot be played: ${error.message}` }));
  }

  /** @param {number} now @param {number} mediaTime */
  async #frame(now, mediaTime) {
    const { ingest, grabber, media, prefs } = this;
    if (this.state !== "live" || !ingest?.open || now < this.dueAt - EARLY_MS || mediaTime <= this.lastMediaTime)
      return;
    if (grabber.busy || ingest.credit < 1 || this.waiting.size >= AHEAD) return void this.counts.skip();
    this.dueAt = Math.max(this.dueAt + 1000 / prefs.sending.fps, now);
    this.lastMediaTime = mediaTime;
    const grabbed = await grabber.grab(media.video, prefs.sending.width).catch(() => null);
    if (!grabbed) return void this.counts.skip(); // the medium was given back, or has no picture at this moment
    const { image, jpeg } = grabbed;
    if (this.state !== "live" || ingest !== this.ingest || !ingest.open) return void image.close();
    const seq = ingest.send(jpeg, media.kind === "video" ? mediaTime : now / 1000);
    this.waiting.set(seq, { image, sentAt: performance.now() });
    this.counts.send(performance.now(), jpeg.size);
  }

  /** @param {import("../types.js").TracksMessage} message */
  #answer(message) {
    const sent = this.waiting.get(message.seq);
    if (!sent) return;
    this.waiting.delete(message.seq);
    this.counts.answer(performance.now() - sent.sentAt, message);
    this.trails.add(message);
    this.answered?.image?.close();
    this.answered = { image: sent.image, message };
  }

  /** @param {{seq: number | null, detail: string}} loss */
  #lose({ seq, detail }) {
    this.counts.lose();
    this.problem = detail;
    if (seq === null) return;
    this.waiting.get(seq)?.image.close();
    this.waiting.delete(seq);
  }

  /** @param {{clean: boolean, detail: string}} end */
  #end({ clean, detail }) {
    if (this.state === "stopped") return;
    this.clock?.();
    this.media.video.pause();
    for (const { image } of this.waiting.values()) image.close();
    this.waiting.clear();
    this.problem = clean ? "" : detail;
    this.#become(clean ? "ended" : "failed");
  }

  #free() {
    for (const { image } of this.waiting.values()) image.close();
    this.waiting.clear();
    this.answered?.image?.close();
    this.answered = null;
  }

  /** @param {Sender["state"]} state */
  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

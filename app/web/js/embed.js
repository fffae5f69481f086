/**
 * The viewer that other pages embed: one stream's picture with its boxes, and nothing to press.
 *
 * In the address: theme=dark|light, fit=contain|cover, and boxes, labels, trails, counts = 0 or 1.
 */

import { Loop } from "./draw/loop.js";
import { Viewport } from "./draw/viewport.js";
import { RemoteFeed } from "./model/remote-feed.js";
import { Stream } from "./model/stream.js";
import { Backoff } from "./net/backoff.js";
import { Link } from "./net/link.js";
import { Pictures } from "./net/pictures.js";
import { CountsOverlay } from "./view/counts-overlay.js";
import { h, setText } from "./view/dom.js";

const PERIOD_MS = 1000 / 24;
const FIRST_MS = 1000; // between two attempts to connect
const MOST_MS = 8000;
const QUIET_MS = 10000;

const viewer = /** @type {HTMLElement} */ (document.getElementById("viewer"));
const id = decodeURIComponent(location.pathname.split("/").pop() ?? "");
const wishes = readWishes(new URLSearchParams(location.search));
const stream = new Stream(id);
const feed = new RemoteFeed(stream, PERIOD_MS);
const viewport = new Viewport(feed, wishes, id);
const counts = new CountsOverlay();
const word = h("p", { class: "word", role: "status" }, `Waiting for ${id}…`);
// It waits for a stream that is not there yet, and for one that was closed to open again.
const path = `v1/subscribe?streams=${encodeURIComponent(id)}&messages=tracks,events&wait=1`;
const link = new Link(new Backoff(FIRST_MS, MOST_MS), path);

document.title = `${id} – trackd`;
if (wishes.theme) document.documentElement.dataset.theme = wishes.theme;
viewer.append(viewport.element, counts.element, word);
link.addEventListener("message", (event) => hear(/** @type {CustomEvent} */ (event).detail));
link.addEventListener("state", () => link.state === "open" && stream.forget());
feed.visible = true;
const pictures = new Pictures();
pictures.add(feed);
const loop = new Loop();
loop.add(pictures);
loop.add(viewport);
setInterval(() => document.hidden || tell(), 500);
link.open();

/** @param {import("./types.js").ServerMessage} message */
function hear(message) {
  if (message.type === "tracks") stream.hear(message, performance.now());
  if (message.type !== "event" || !["reset", "closed"].includes(message.event)) return;
  stream.forget();
  stream.heardAt = -Infinity;
}

/** What a viewer should know: that nothing comes, and why. */
function tell() {
  const message = viewport.message ?? stream.answers.newest;
  counts.update(wishes.counts ? message?.counts : undefined);
  const text = state();
  word.hidden = text === "";
  setText(word, text);
}

/** Nothing where there is nothing to say. */
function state() {
  if (link.state === "lost" || link.state === "retrying") return "No connection. Trying again…";
  if (stream.heardAt === -Infinity) return `Waiting for ${id}…`;
  return performance.now() - stream.heardAt > QUIET_MS ? "No frame has come for a while." : "";
}

/** @param {URLSearchParams} query */
function readWishes(query) {
  const on = (/** @type {string} */ name) => !["0", "false", "no", "off"].includes(query.get(name) ?? "1");
  const theme = query.get("theme");
  const target = Object.assign(new EventTarget(), {
    layers: { boxes: on("boxes"), labels: on("labels"), trails: on("trails"), zones: on("zones") },
    fit: query.get("fit") === "cover" ? "cover" : "contain",
    theme: theme === "dark" || theme === "light" ? theme : "",
    counts: on("counts"),
  });
  return target;
}

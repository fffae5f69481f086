/**
 * The one socket that brings every stream's messages, and the page's word on whether the server is there.
 *
 * States: `connecting` (first attempt), `open`, `lost` (waiting for the next attempt), `retrying` (attempt under way).
 * Events: `state`, and `message` with the parsed message as `detail`.
 */

import { socketUrl } from "./address.js";
import { Backoff } from "./backoff.js";

const HELLO_MS = 8000;

export class Link extends EventTarget {
  /** @param {Backoff} [backoff] @param {string} [path]  which streams are read */
  constructor(backoff = new Backoff(), path = "v1/subscribe?messages=tracks,events") {
    super();
    this.path = path;
    this.backoff = backoff;
    /** @type {"connecting" | "open" | "lost" | "retrying"} */
    this.state = "connecting";
    this.retryAt = 0;
    this.reason = "";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.timer = 0;
  }

  open() {
    clearTimeout(this.timer);
    const socket = new WebSocket(socketUrl(this.path), ["trackd.v1.json"]);
    this.socket = socket;
    this.timer = setTimeout(() => this.drop("The server does not answer."), HELLO_MS);
    socket.addEventListener("message", (event) => this.#receive(socket, event));
    socket.addEventListener("close", (event) => socket === this.socket && this.#lose(explain(event)));
  }

  /** Try again at once. */
  retryNow() {
    if (this.state !== "lost") return;
    this.#become("retrying");
    this.open();
  }

  /** Give the connection up, because another call found the server silent. @param {string} reason */
  drop(reason) {
    if (!this.socket) return;
    const socket = this.socket;
    this.#lose(reason);
    socket.close();
  }

  /** @param {WebSocket} socket @param {MessageEvent} event */
  #receive(socket, event) {
    if (socket !== this.socket || typeof event.data !== "string") return;
    if (this.state !== "open") {
      clearTimeout(this.timer);
      this.backoff.reset();
      this.#become("open");
    }
    this.dispatchEvent(new CustomEvent("message", { detail: JSON.parse(event.data) }));
  }

  /** @param {string} reason */
  #lose(reason) {
    clearTimeout(this.timer);
    this.socket = null;
    this.reason = reason;
    const wait = this.backoff.next();
    this.retryAt = performance.now() + wait;
    this.timer = setTimeout(() => this.retryNow(), wait);
    this.#become("lost");
  }

  /** @param {Link["state"]} state */
  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

/** @param {CloseEvent} event */
function explain(event) {
  if (event.code === 1012 || event.code === 1001) return "The server is restarting.";
  if (event.code === 1013) return "The server is too busy to take another page.";
  if (event.reason) return `The server closed the connection: ${event.reason}.`;
  return "No connection to the server.";
}

/**
 * The socket that takes one stream's frames and answers them. A frame spends one credit, its answer returns it.
 *
 * Events: `open`; `answer` with a tracks message; `lost` with `{seq, detail}` for a frame that will have none;
 * `end` with `{clean, detail}` when the socket has closed.
 */

import { socketUrl, streamPath } from "../net/address.js";
import { jpegHeader } from "./trk1.js";

export class Ingest extends EventTarget {
  /** @param {string} id */
  constructor(id) {
    super();
    this.credit = 0;
    this.nextSeq = 1;
    this.saidBye = false;
    this.socket = new WebSocket(socketUrl(`${streamPath(id)}/ws`), ["trackd.v1.json"]);
    this.socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    this.socket.addEventListener("close", (event) =>
      this.#tell("end", { clean: this.saidBye && event.code === 1000, detail: explain(event) }),
    );
  }

  /**
   * Send one frame; there must be credit.
   * @param {Blob} jpeg @param {number} captureTs  seconds
   * @returns {number}  its sequence number
   */
  send(jpeg, captureTs) {
    const seq = this.nextSeq;
    this.nextSeq += 1;
    this.credit -= 1;
    this.socket.send(new Blob([jpegHeader(seq, captureTs), jpeg]));
    return seq;
  }

  get open() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** No more frames: the server answers what is in flight and closes. */
  bye() {
    this.saidBye = true;
    if (this.open) this.socket.send('{"type":"bye"}');
    else this.socket.close();
  }

  /** @param {any} message */
  #receive(message) {
    if (message.type === "hello") {
      this.credit = message.credit;
      this.nextSeq = message.next_seq;
      this.#tell("open", message);
    } else if (message.type === "tracks") {
      this.credit += 1;
      this.#tell("answer", message);
    } else if (message.type === "drop" || (message.type === "error" && message.seq != null)) {
      this.credit += 1;
      this.#tell("lost", { seq: message.seq, detail: message.detail ?? message.reason });
    } else if (message.type === "error") {
      this.#tell("lost", { seq: null, detail: message.detail });
    }
  }

  /** @param {string} type @param {object} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {CloseEvent} event */
function explain(event) {
  if (event.code === 1012 || event.code === 1001) return "The server was stopped or restarted.";
  if (event.code === 1013) return "The server is too busy.";
  if (event.code === 4404) return "The stream was deleted.";
  if (event.code === 4409) return "Somebody else sends to this stream.";
  return event.reason || "The connection was lost.";
}

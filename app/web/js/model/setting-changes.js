/**
 * Changes of one stream's settings on their way to the server: one request at a time, the newest value of each wins.
 *
 * Events: `change` when something was sent, taken or refused.
 */

import { Refused, patchStream } from "../net/api.js";
import { patchAt, valueAt } from "./setting-schema.js";

const PAUSE_MS = 120; // while a slider is held

export class SettingChanges extends EventTarget {
  /** @param {import("./stream.js").Stream} stream */
  constructor(stream) {
    super();
    this.stream = stream;
    /** Not sent yet. @type {Map<string, any>} */
    this.waiting = new Map();
    /** Sent, and not answered. @type {Map<string, any>} */
    this.sent = new Map();
    /** Why a setting is not what was asked for. @type {Map<string, string>} */
    this.problems = new Map();
    this.timer = 0;
  }

  /** The value as it is or is about to be. @param {string} path */
  value(path) {
    for (const values of [this.waiting, this.sent]) if (values.has(path)) return values.get(path);
    return valueAt(this.stream.view?.settings ?? {}, path);
  }

  /** Whether the setting was said; else it is a default. @param {string} path */
  isGiven(path) {
    for (const values of [this.waiting, this.sent]) if (values.has(path)) return values.get(path) !== null;
    return this.stream.view?.given?.includes(path) ?? false;
  }

  /** @param {string} path @param {any} value  null: back to the default @param {boolean} [held]  more is about to come */
  set(path, value, held = false) {
    this.waiting.set(path, value);
    this.problems.delete(path);
    this.dispatchEvent(new Event("change"));
    if (!held) {
      clearTimeout(this.timer);
      this.timer = 0;
      this.#pump();
    } else if (!this.timer) {
      this.timer = setTimeout(() => {
        this.timer = 0;
        this.#pump();
      }, PAUSE_MS);
    }
  }

  async #pump() {
    if (this.sent.size || this.waiting.size === 0) return;
    [this.sent, this.waiting] = [this.waiting, new Map()];
    try {
      this.stream.told(await patchStream(this.stream.id, patchAt(this.sent)), performance.now());
    } catch (error) {
      this.#refused(error);
    } finally {
      this.sent = new Map();
    }
    this.dispatchEvent(new Event("change"));
    this.#pump();
  }

  /** @param {unknown} error */
  #refused(error) {
    if (!(error instanceof Refused)) return this.#blame([...this.sent.keys()], "The server does not answer.");
    for (const { pointer, detail } of error.errors) {
      // What contradicts something else is told of the table that both are in.
      const blamed = [...this.sent.keys()].filter((path) => {
        const own = `/${path.replaceAll(".", "/")}`;
        return own === pointer || own.startsWith(`${pointer}/`) || pointer.startsWith(`${own}/`);
      });
      this.#blame(blamed, detail);
    }
    const unblamed = [...this.sent.keys()].filter((path) => !this.problems.has(path));
    if (unblamed.length === this.sent.size) this.#blame(unblamed, error.message);
  }

  /** @param {string[]} paths @param {string} words */
  #blame(paths, words) {
    for (const path of paths) this.problems.set(path, words);
  }
}

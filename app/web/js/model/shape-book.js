/**
 * The shapes of one stream as this page has them: the server's, and over them what was changed here and is on its way.
 *
 * Every change is sent at once. What somebody else changed meanwhile is never written over silently: the shape is
 * marked, and the viewer chooses. What the server refuses stays on the page with the reason.
 *
 * Events: `change` when anything of it differs.
 */

import { coloursOfNames } from "../draw/colour.js";
import { Refused, getStream, patchStream } from "../net/api.js";
import { patchOf, pointerOf, same, shapesOf } from "./shapes.js";

/**
 * @typedef {import("./shapes.js").Shape} Shape
 * @typedef {[string, Shape | null]} Change   a key, and what is to be there
 * @typedef {object} Pending
 * @property {Shape | null} base      what the server had when the change began
 * @property {Shape | null} value
 * @property {"drawing" | "saving" | "refused" | "conflict"} state
 * @property {string} problem
 * @property {string[]} keys          all that changed with it: a new name is one shape gone and one come
 * @typedef {{before: Change[], after: Change[]}} Step
 */

const MOST_STEPS = 100;

export class ShapeBook extends EventTarget {
  /** @param {import("./stream.js").Stream} stream */
  constructor(stream) {
    super();
    this.stream = stream;
    /** @type {Map<string, Shape>} */
    this.server = new Map();
    /** @type {Map<string, Pending>} */
    this.pending = new Map();
    /** @type {Step[]} */
    this.undone = [];
    /** @type {Step[]} */
    this.done = [];
    this.heard = "";
    this.last = Promise.resolve();
  }

  /** Take what the stream's view says by now. */
  refresh() {
    const { view } = this.stream;
    if (!view) return;
    const { width, height, settings } = view;
    const text = JSON.stringify([
      width,
      height,
      settings.counting,
      settings.detection?.region,
      settings.detection?.region_unit,
    ]);
    if (text === this.heard) return;
    this.heard = text;
    this.server = shapesOf(settings, view);
    this.#changed();
  }

  /** All shapes by key, those that are about to go left out. @returns {Map<string, Shape>} */
  get shapes() {
    const shown = new Map(this.server);
    for (const key of this.pending.keys()) {
      const shape = this.get(key);
      if (shape) shown.set(key, shape);
      else shown.delete(key);
    }
    return shown;
  }

  /** The colour of each name. */
  get colours() {
    return coloursOfNames([...this.shapes.values()].map(({ name }) => name));
  }

  /** @param {string} key */
  get(key) {
    const pending = this.pending.get(key);
    const stays = pending?.value === null && pending.state !== "saving"; // it could not be deleted
    return pending && !stays ? pending.value : (this.server.get(key) ?? null);
  }

  /** Show a change that is not complete yet: a drag. @param {string} key @param {Shape} shape */
  preview(key, shape) {
    this.#put([[key, shape]], "drawing");
  }

  /**
   * Make changes, and send them. `from` has what was there before a preview, for undo.
   * @param {Change[]} changes @param {Change[]} [from]
   */
  apply(changes, from = changes.map(([key]) => [key, this.get(key)])) {
    if (changes.every(([key, shape], at) => same(shape, from[at][1]) && !this.pending.has(key))) return;
    this.done.push({ before: from, after: changes });
    this.undone = [];
    if (this.done.length > MOST_STEPS) this.done.shift();
    this.#send(changes);
  }

  undo() {
    const step = this.done.pop();
    if (!step) return;
    this.undone.push(step);
    this.#send(step.before);
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return;
    this.done.push(step);
    this.#send(step.after);
  }

  /** Send a refused change, or one of a conflict, over what the server has. @param {string} key */
  insist(key) {
    /** @type {Change[]} */
    const changes = [];
    for (const each of this.pending.get(key)?.keys ?? []) {
      const pending = this.pending.get(each);
      if (!pending) continue;
      pending.base = this.server.get(each) ?? null;
      changes.push([each, pending.value]);
    }
    this.#send(changes);
  }

  /** Take what the server has. @param {string} key */
  giveUp(key) {
    for (const each of this.pending.get(key)?.keys ?? []) this.pending.delete(each);
    this.#changed();
  }

  get saving() {
    return [...this.pending.values()].some(({ state }) => state === "saving");
  }

  /** @param {Change[]} changes @param {Pending["state"]} state */
  #put(changes, state) {
    const keys = changes.map(([key]) => key);
    for (const [key, value] of changes) {
      const known = this.pending.get(key);
      const base = known ? known.base : (this.server.get(key) ?? null);
      this.pending.set(key, { base, value, state, problem: "", keys });
    }
    this.#changed();
  }

  /** @param {Change[]} changes */
  #send(changes) {
    this.#put(changes, "saving");
    // One after another: the next is compared with what this one came to.
    this.last = this.last.then(() => this.#save(changes));
  }

  /** @param {Change[]} changes */
  async #save(changes) {
    try {
      this.#take(await getStream(this.stream.id));
      const changed = changes.filter(([key]) => !same(this.pending.get(key)?.base, this.server.get(key)));
      if (changed.length) return this.#mark(changed, "conflict", () => "Changed on another page meanwhile.");
      this.#take(await patchStream(this.stream.id, patchOf(changes)));
      for (const [key, value] of changes) this.#settle(key, value);
      this.#changed();
    } catch (error) {
      const words = error instanceof Refused ? ofShape(error) : () => "The server does not answer.";
      this.#mark(changes, "refused", words);
    }
  }

  /** @param {string} key @param {Shape | null} value */
  #settle(key, value) {
    const pending = this.pending.get(key);
    if (!pending) return;
    if (pending.value === value) this.pending.delete(key);
    else pending.base = this.server.get(key) ?? null; // it was changed again meanwhile
  }

  /** @param {Change[]} changes @param {Pending["state"]} state @param {(key: string) => string} words */
  #mark(changes, state, words) {
    for (const [key, value] of changes) {
      const pending = this.pending.get(key);
      if (pending?.value === value) Object.assign(pending, { state, problem: words(key) });
    }
    this.#changed();
  }

  /** @param {import("../types.js").StreamView} view */
  #take(view) {
    this.stream.told(view, performance.now());
    this.refresh();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** What a refusal says of one shape; else all it says. @param {Refused} error */
function ofShape(error) {
  return (/** @type {string} */ key) => {
    const pointer = pointerOf(key);
    const mine = error.errors.filter((found) => found.pointer === pointer || found.pointer.startsWith(`${pointer}/`));
    return mine.map(({ detail }) => detail).join("; ") || error.message;
  };
}

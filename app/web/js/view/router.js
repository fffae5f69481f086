/** What the page shows: the grid, the invitation when there is nothing, or one stream. The address says which. */

import { stageAddress } from "./card.js";
import { Stage } from "./stage.js";

export class Router {
  /**
   * @param {import("../main.js").Page} page
   * @param {{grid: HTMLElement, empty: HTMLElement, stage: HTMLElement}} parts
   */
  constructor(page, parts) {
    this.page = page;
    this.parts = parts;
    /** @type {Stage | null} */
    this.stage = null;
    this.lastId = "";
    addEventListener("hashchange", () => this.route());
    addEventListener("keydown", (event) => this.#key(event));
    page.store.addEventListener("streams", () => this.route());
  }

  /** Show what the address and the streams ask for. */
  route() {
    const { store } = this.page;
    const { id, track } = wanted();
    const stream = id === null ? null : (store.streams.get(id) ?? null);
    // It was shown and is gone, and so is its page. One that was never seen may be about to open: the grid waits for it.
    if (id !== null && !stream && this.stage?.stream.id === id) return void (location.hash = "#/");
    if (this.stage && (this.stage.stream !== stream || this.stage.sender !== stream?.sender)) this.#leave();
    if (stream && !this.stage) this.#enter(stream);
    this.#inspect(track);
    this.parts.stage.hidden = !this.stage;
    this.parts.grid.hidden = this.stage !== null || store.streams.size === 0;
    this.parts.empty.hidden = this.stage !== null || store.streams.size > 0 || !store.listed;
    if (!this.stage && this.lastId && document.activeElement === document.body) this.#returnFocus();
  }

  /** @param {number} now */
  update(now) {
    if (this.stage) this.stage.update(now);
    else this.page.grid.update(now);
  }

  /** Show a track closely; a link into the middle of the page leads to its panel. @param {number | null} track */
  #inspect(track) {
    if (!this.stage) return;
    const { watching, table } = this.stage;
    const before = watching.inspector;
    watching.inspect(track);
    table.choose(track);
    if (!before && watching.inspector && innerWidth < 980) watching.inspected.scrollIntoView({ block: "nearest" });
  }

  /** @param {import("../model/stream.js").Stream} stream */
  #enter(stream) {
    this.stage = new Stage(stream, this.page);
    this.lastId = stream.id;
    this.parts.stage.replaceChildren(...this.stage.parts);
    this.parts.stage.hidden = false;
    this.stage.update(performance.now());
    this.stage.title.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }

  #leave() {
    this.stage?.close();
    this.stage = null;
    this.parts.stage.replaceChildren();
  }

  #returnFocus() {
    this.page.grid.focus(this.lastId);
    this.lastId = "";
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const busy = document.querySelector("dialog[open]") || document.fullscreenElement || event.defaultPrevented;
    if (event.key !== "Escape" || !this.stage || busy) return;
    location.hash = wanted().track === null ? "#/" : stageAddress(this.stage.stream.id);
  }
}

/** @returns {{id: string | null, track: number | null}} */
function wanted() {
  // What a stream may be called needs no decoding.
  const found = /^#\/stream\/([A-Za-z0-9._-]+)(?:\/track\/(\d{1,15}))?$/.exec(location.hash);
  return { id: found?.[1] ?? null, track: found?.[2] === undefined ? null : Number(found[2]) };
}

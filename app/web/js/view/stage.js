/** One stream, large, with everything that is known about it beside the picture. */

import { Viewport } from "../draw/viewport.js";
import { LocalFeed } from "../model/local-feed.js";
import { RemoteFeed } from "../model/remote-feed.js";
import { Books } from "./books.js";
import { Counting } from "./counting.js";
import { h, setAttribute, setText } from "./dom.js";
import { Figures } from "./figures.js";
import { SenderPanel } from "./sender-panel.js";
import { SettingsPanel } from "./settings-panel.js";
import { stageBar } from "./stage-bar.js";
import { TrackTable } from "./track-table.js";
import { Watching } from "./watching.js";

const PERIOD_MS = 1000 / 24; // one picture alone may come faster than each of many

export class Stage {
  /**
   * @param {import("../model/stream.js").Stream} stream
   * @param {import("../main.js").Page} page
   */
  constructor(stream, page) {
    this.stream = stream;
    this.sender = stream.sender;
    this.page = page;
    this.feed = stream.sender ? new LocalFeed(stream, stream.sender) : new RemoteFeed(stream, PERIOD_MS);
    this.feed.visible = true;
    this.viewport = new Viewport(this.feed, page.prefs, stream.id);
    this.counting = new Counting(stream, this.viewport.element, page);
    this.figures = new Figures();
    this.books = new Books();
    this.watching = new Watching(stream, this.viewport, page);
    this.table = new TrackTable(stream.id, (id) => this.viewport.point(id));
    this.settings = new SettingsPanel(stream, this.viewport, page, () => this.counting.draw("region"));
    this.senderPanel = stream.sender ? new SenderPanel(stream.sender, page) : null;
    this.left = new AbortController();
    this.pill = h("span", { class: "pill idle" }, "");
    this.title = h("h1", { id: "stage-title", tabindex: "-1" }, stream.id);
    this.note = h("p", { class: "viewport-note" }, "Waiting for the first frame");
    this.viewport.element.append(this.note);
    this.parts = [
      stageBar(this, page),
      h(
        "div",
        { class: "stage-body" },
        h("div", { class: "stage-picture" }, this.counting.tools.element, this.viewport.element),
        this.#side(),
        this.#below(),
      ),
    ];
    if (this.feed instanceof RemoteFeed) page.pictures.add(this.feed);
    page.loop.add(this.viewport);
  }

  #below() {
    return h("div", { class: "below" }, ...this.watching.panels, section("Settings", this.settings.element));
  }

  #side() {
    const now = section("Now", this.figures.element, this.books.element);
    return h(
      "aside",
      { class: "side", "aria-label": `About ${this.stream.id}` },
      this.senderPanel?.element,
      this.watching.inspected,
      this.watching.sourcePanel,
      this.counting.element,
      now,
      section("Tracks", this.table.element),
    );
  }

  /** @param {number} now */
  update(now) {
    const { tone, word, detail } = this.stream.condition(now);
    setText(this.pill, word);
    setAttribute(this.pill, "class", `pill ${tone}`);
    setAttribute(this.pill, "title", detail);
    const { view, answers } = this.stream;
    this.senderPanel?.update();
    this.table.update((this.viewport.message ?? answers.newest)?.tracks ?? []);
    this.watching.update(now);
    const shown = this.viewport.message ?? answers.newest;
    this.counting.update(shown ?? view, shown?.counts);
    this.#proportion((this.viewport.message ?? answers.newest) || view);
    if (!view) return;
    this.figures.update(view);
    this.books.update(view.accounts);
    this.settings.update();
  }

  /** Give the picture's place its own proportions. @param {{width: number | null, height: number | null} | null} of */
  #proportion(of) {
    if (!of?.width || !of.height) return;
    const aspect = (of.width / of.height).toFixed(4);
    const { style } = this.viewport.element;
    if (style.getPropertyValue("--aspect") !== aspect) style.setProperty("--aspect", aspect);
  }

  close() {
    this.left.abort();
    this.page.loop.remove(this.viewport);
    if (this.feed instanceof RemoteFeed) this.page.pictures.remove(this.feed);
    this.counting.close();
    this.settings.close();
    this.watching.close();
    this.viewport.close();
  }
}

/** @param {string} title @param {...HTMLElement} children */
function section(title, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), ...children);
}

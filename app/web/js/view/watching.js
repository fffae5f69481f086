/** What the large view shows beside the tracks: one track closely, the camera, events, times, drops, health. */

import { DropsPanel } from "./drops.js";
import { EventList } from "./event-list.js";
import { h } from "./dom.js";
import { Inspector } from "./inspector.js";
import { stageAddress } from "./card.js";
import { SourceNote } from "./source-note.js";
import { SourcePanel } from "./source-panel.js";
import { TimingPanel } from "./timing.js";
import { VitalsPanel } from "./vitals.js";

const ALL = new Set(["cameras", "zones", "health", "tracks"]);

export class Watching {
  /**
   * @param {import("../model/stream.js").Stream} stream
   * @param {import("../draw/viewport.js").Viewport} viewport
   * @param {import("../main.js").Page} page
   */
  constructor(stream, viewport, page) {
    this.stream = stream;
    this.viewport = viewport;
    this.page = page;
    /** @type {Inspector | null} */
    this.inspector = null;
    this.inspected = h("div", { class: "inspected", hidden: true });
    this.timing = new TimingPanel();
    this.drops = new DropsPanel();
    this.vitals = new VitalsPanel(toSetting);
    this.source = new SourcePanel(stream, page);
    this.note = new SourceNote(stream);
    viewport.element.append(this.note.element);
    const empty = "Nothing has happened in this stream since the page was opened.";
    this.events = new EventList(page.store.events, { stream: stream.id, groups: ALL, empty });
    this.events.named = false;
    this.sourcePanel = section("Camera", this.source.element);
    this.vitalsPanel = section("Tracking health", this.vitals.element);
    this.panels = [
      h(
        "div",
        { class: "column" },
        section("Time per frame", this.timing.element),
        section("Dropped frames", this.drops.element),
        this.vitalsPanel,
      ),
      section("Events", this.events.element),
    ];
    viewport.element.addEventListener("click", (event) => this.#click(event));
    viewport.element.addEventListener("pointermove", (event) => this.#move(event));
    viewport.element.addEventListener("pointerleave", () => viewport.point(null));
  }

  /** Look at one track, or at none. @param {number | null} trackId */
  inspect(trackId) {
    if (this.inspector?.story.trackId === trackId) return;
    if (this.inspector) {
      this.page.loop.remove(this.inspector);
      this.inspector.close();
      this.inspector = null;
    }
    this.inspected.hidden = trackId === null;
    if (trackId === null) return;
    const close = () => void (location.hash = stageAddress(this.stream.id));
    this.inspector = new Inspector(this.stream, trackId, this.viewport, close);
    this.inspected.replaceChildren(this.inspector.element);
    this.inspector.update(performance.now());
    this.page.loop.add(this.inspector);
  }

  /** @param {number} now */
  update(now) {
    const { view } = this.stream;
    this.inspector?.update(now);
    this.timing.update(this.stream, this.viewport, now);
    this.events.update();
    this.sourcePanel.hidden = !view?.source;
    this.note.update(now);
    this.vitalsPanel.hidden = !view?.vitals;
    if (!view) return;
    this.source.update(now);
    this.drops.update(view);
    if (view.vitals) this.vitals.update(view.vitals);
  }

  close() {
    this.inspect(null);
    this.timing.close();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (event.target !== this.viewport.overlay) return; // what lies above the picture is about something else
    const found = this.viewport.trackAt(event.clientX, event.clientY);
    if (found !== null) location.hash = trackAddress(this.stream.id, found);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const free = event.target === this.viewport.overlay && event.pointerType === "mouse";
    const found = free ? this.viewport.trackAt(event.clientX, event.clientY) : null;
    this.viewport.point(found);
    this.viewport.overlay.classList.toggle("on-track", found !== null);
  }
}

/** @param {string} id @param {number} trackId */
export function trackAddress(id, trackId) {
  return `${stageAddress(id)}/track/${trackId}`;
}

/** Lead to a setting; it is on this very page. @param {string} path */
function toSetting(path) {
  const settings = document.querySelector("#stage .settings");
  const row = /** @type {HTMLElement | null | undefined} */ (settings?.querySelector(`[data-setting="${path}"]`));
  const folded = row?.closest("details");
  if (folded) folded.open = true;
  (row ?? settings?.closest(".panel"))?.scrollIntoView({ behavior: "smooth", block: row ? "center" : "start" });
  // Not the button beside it, which is hidden while the default holds.
  /** @type {HTMLElement | null | undefined} */ ((row ?? settings)?.querySelector("input, select"))?.focus({
    preventScroll: true,
  });
}

/** @param {string} title @param {...HTMLElement} children */
function section(title, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), ...children);
}

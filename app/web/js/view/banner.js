/** Bars below the header: the server is gone, or it is there and takes no frames. */

import { h, setText } from "./dom.js";
import { icon } from "./icons.js";
import { failing } from "./header.js";

export class Banners {
  /**
   * @param {HTMLElement} region
   * @param {import("../model/store.js").Store} store
   * @param {import("../net/link.js").Link} link
   */
  constructor(region, store, link) {
    this.store = store;
    this.link = link;
    // The countdown changes every second and is not read aloud; that the server is gone is, once.
    this.reason = h("span", {});
    this.countdown = h("span", { class: "countdown", "aria-hidden": "true" });
    const retry = h(
      "button",
      { type: "button", class: "button small", on: { click: () => link.retryNow() } },
      "Try now",
    );
    this.gone = h(
      "div",
      { class: "banner bad", id: "banner-gone", hidden: true },
      icon("alert"),
      h("p", {}, this.reason, " ", this.countdown),
      retry,
    );
    this.why = h("span", {});
    this.unready = h(
      "div",
      { class: "banner warn", id: "banner-unready", hidden: true },
      icon("alert"),
      h("p", {}, h("b", {}, "The server is not ready."), " ", this.why),
    );
    region.append(this.gone, this.unready);
  }

  update() {
    const lost = this.link.state === "lost" || this.link.state === "retrying";
    this.gone.hidden = !lost;
    document.documentElement.classList.toggle("offline", lost);
    if (lost) {
      const left = Math.max(0, Math.ceil((this.link.retryAt - performance.now()) / 1000));
      setText(
        this.reason,
        this.store.streams.size ? `${this.link.reason} What you see is the last that came.` : this.link.reason,
      );
      setText(
        this.countdown,
        this.link.state === "retrying" || left === 0 ? "Reconnecting…" : `Reconnecting in ${left} s…`,
      );
    }
    const { health } = this.store;
    const unready = !lost && health !== null && !health.ready;
    this.unready.hidden = !unready;
    if (unready) setText(this.why, failing(health).join("; ") || "It takes no frames at the moment.");
  }
}

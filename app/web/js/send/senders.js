/** The streams that this page sends. When the page goes, they go with it. */

import { Sender } from "./sender.js";

export class Senders {
  /** @param {import("../main.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Set<Sender>} */
    this.active = new Set();
    addEventListener("pagehide", () => this.active.forEach((sender) => sender.stop(true)));
  }

  /** Send a medium as a new stream, and show it. @param {import("./media.js").Media} media */
  start(media) {
    const { store, prefs } = this.page;
    const id = `${media.kind}-${crypto.getRandomValues(new Uint16Array(1))[0].toString(36).padStart(4, "0")}`;
    const sender = new Sender(id, media, prefs);
    this.active.add(sender);
    sender.addEventListener("gone", () => {
      this.active.delete(sender);
      store.remove(id);
    });
    store.attach(id, sender);
    this.page.show(id);
    return sender;
  }
}

/** What the viewer chose, kept in this browser. Where storage is forbidden the choice lives as long as the page. */

const KEY = "trackd.prefs";

export class Prefs extends EventTarget {
  constructor() {
    super();
    this.layers = { boxes: true, labels: true, trails: true, zones: true };
    this.sending = { fps: 15, width: 640 };
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      Object.assign(this.layers, kept.layers);
      Object.assign(this.sending, kept.sending);
    } catch {
      // Unreadable or forbidden: the defaults stand.
    }
  }

  /** @param {keyof import("../types.js").Layers} layer */
  toggle(layer) {
    this.layers[layer] = !this.layers[layer];
    this.#changed();
  }

  /** @param {Partial<{fps: number, width: number}>} change */
  send(change) {
    Object.assign(this.sending, change);
    this.#changed();
  }

  #changed() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ layers: this.layers, sending: this.sending }));
    } catch {
      // Forbidden; see above.
    }
    this.dispatchEvent(new Event("change"));
  }
}

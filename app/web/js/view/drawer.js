/** A panel at the side of the page, beside which the pictures go on. Escape closes it; the focus goes back. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

export class Drawer extends EventTarget {
  /** @param {string} id @param {string} title @param {...HTMLElement} content */
  constructor(id, title, ...content) {
    super();
    const close = h(
      "button",
      {
        type: "button",
        class: "button quiet square small",
        "aria-label": `Close ${title}`,
        on: { click: () => this.close() },
      },
      icon("close"),
    );
    this.title = h("h2", { id: `${id}-title`, tabindex: "-1" }, title);
    this.element = h(
      "aside",
      { class: "drawer", id, "aria-labelledby": `${id}-title`, hidden: true },
      h("div", { class: "drawer-head" }, this.title, close),
      ...content,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // the page below stays as it is
      this.close();
    });
    /** @type {Element | null} */
    this.opener = null;
    document.body.append(this.element);
  }

  get open() {
    return !this.element.hidden;
  }

  toggle() {
    if (this.open) this.close();
    else this.show();
  }

  show() {
    if (this.open) return;
    for (const other of document.querySelectorAll(".drawer:not([hidden])")) other.dispatchEvent(new Event("leave"));
    this.element.addEventListener("leave", () => this.close(), { once: true });
    this.opener = document.activeElement;
    this.element.hidden = false;
    document.documentElement.classList.add("with-drawer");
    this.title.focus({ preventScroll: true });
    this.dispatchEvent(new Event("change"));
  }

  close() {
    if (!this.open) return;
    this.element.hidden = true;
    document.documentElement.classList.toggle("with-drawer", document.querySelector(".drawer:not([hidden])") !== null);
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus({ preventScroll: true });
    this.dispatchEvent(new Event("change"));
  }
}

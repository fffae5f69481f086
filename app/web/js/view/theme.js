/** Dark or light: the system's choice until the viewer makes one, which this browser remembers. */

import { h, setAttribute } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "trackd.theme";

/** @returns {"dark" | "light"} */
function current() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** The button that changes it. */
export function themeButton() {
  const button = h("button", { type: "button", class: "button quiet square", id: "theme", on: { click: toggle } });
  function show() {
    const other = current() === "dark" ? "light" : "dark";
    button.replaceChildren(icon(other === "dark" ? "moon" : "sun"));
    setAttribute(button, "aria-label", `Use the ${other} theme`);
    setAttribute(button, "title", `Use the ${other} theme`);
  }
  function toggle() {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Forbidden: the choice lives as long as the page.
    }
    show();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
  return button;
}

/** What the server says of itself: whether it takes frames, what is wrong if it does not, its models and their devices. */

import { h, setAttribute, setText } from "./dom.js";
import { Drawer } from "./drawer.js";
import { plural, providerName } from "./format.js";
import { stageAddress } from "./card.js";

const CHECKS = /** @type {Record<string, string>} */ ({
  engine: "Service",
  batcher: "Detector",
  provider: "Device",
});
const SERVES = new Set(["ready", "loading", "failed"]);

export class ServerDrawer {
  /** @param {import("../model/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.checks = h("ul", { class: "checks" });
    this.models = h("div", { class: "models" });
    this.drawer = new Drawer(
      "server",
      "Server",
      h("section", {}, h("h3", {}, "Health"), this.checks),
      h("section", {}, h("h3", {}, "Models"), this.models),
    );
    this.told = "";
    this.drawer.addEventListener("change", () => this.update());
  }

  update() {
    if (!this.drawer.open) return;
    const { models, health } = this.store;
    const told = JSON.stringify([models, health]);
    if (told === this.told) return; // rebuilt when something changed: open parts and the focus stay otherwise
    this.told = told;
    this.checks.replaceChildren(...Object.entries(health?.checks ?? {}).map(([name, word]) => check(name, word)));
    const served = models.filter(({ state, loaded }) => loaded || SERVES.has(state));
    this.models.replaceChildren(...served.map((model) => modelCard(model, health?.devices?.[model.name])));
    const rest = models.filter((model) => !served.includes(model));
    if (rest.length) this.models.append(listed(rest));
  }
}

/** @param {string} name @param {string} word */
function check(name, word) {
  const good = word === "ok";
  const label = CHECKS[name] ?? name.replace(/^model:/, "Model ");
  return h(
    "li",
    {},
    h("span", {}, label),
    h("span", { class: `pill ${good ? "good" : "bad"}` }, good ? "ok" : "trouble"),
    !good && h("p", { class: "check-word" }, word),
  );
}

/** @param {import("../types.js").ModelView} model @param {string} [runsOn] */
function modelCard(model, runsOn) {
  const [tone, word] = condition(model);
  const rows = Object.entries({
    "runs on": runsOn ?? (model.provider ? providerName(model.provider) : ""),
    asked: model.device && model.device !== "auto" ? model.device : "",
    version: model.version ? `${model.version}${model.loaded_at ? `, since ${when(model.loaded_at)}` : ""}` : "",
    input: model.input ? `${model.input.width} × ${model.input.height}` : "",
    classes: model.labels ? plural(model.labels.length, "class", "classes") : "",
    batch: model.batch_limit > 1 ? `up to ${model.batch_limit} frames` : "",
    memory: model.memory_bytes ? `${(model.memory_bytes / 2 ** 20).toFixed(0)} MB` : "",
    licence: model.licence ?? "",
  }).filter(([, value]) => value);
  const element = h(
    "article",
    { class: "model", "data-model": model.name, "aria-label": `Model ${model.name}` },
    h(
      "div",
      { class: "panel-head" },
      h("h4", {}, model.name),
      model.default && h("span", { class: "chip" }, "default"),
      h("span", { class: `pill ${tone}` }, word),
    ),
    model.summary && h("p", { class: "muted" }, model.summary),
    model.error && h("p", { class: "problem" }, model.error),
    model.loading && h("p", { class: "muted" }, `Loading ${model.loading}; the version before serves until then.`),
    model.note && h("p", { class: "note warn" }, model.note),
    h("dl", { class: "rows" }, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    streamLinks(model.streams ?? []),
  );
  return element;
}

/** @param {import("../types.js").ModelView} model */
function condition(model) {
  if (model.loading) return ["warn", "loading"];
  if (model.state === "failed" || (model.error && !model.loaded)) return ["bad", "failed"];
  if (model.error) return ["warn", "new version failed"];
  return model.loaded ? ["good", "ready"] : ["warn", model.state ?? "loading"];
}

/** @param {string[]} streams */
function streamLinks(streams) {
  if (streams.length === 0) return h("p", { class: "muted" }, "Sees for no stream at the moment.");
  const links = streams.slice(0, 24).map((id) => h("a", { href: stageAddress(id), class: "stream-link" }, id));
  return h(
    "p",
    { class: "stream-links" },
    "Sees for ",
    ...links,
    streams.length > 24 && ` and ${streams.length - 24} more`,
  );
}

/** @param {import("../types.js").ModelView[]} models */
function listed(models) {
  const rows = models.map(({ name, available, summary }) =>
    h(
      "li",
      {},
      h("b", {}, name),
      available ? " · on this machine" : " · to be pulled first",
      h("p", { class: "muted" }, summary ?? ""),
    ),
  );
  return h(
    "details",
    { class: "listed" },
    h("summary", {}, `${plural(models.length, "more model")} in the catalogue`),
    h("ul", {}, ...rows),
  );
}

/** @param {string} iso */
function when(iso) {
  return new Date(iso).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

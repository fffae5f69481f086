/** Puts the page together; everything else is in the file of its name. */

import { Loop } from "./draw/loop.js";
import { recallEvents } from "./model/event-memory.js";
import { Prefs } from "./model/prefs.js";
import { Refresher } from "./model/refresher.js";
import { Store } from "./model/store.js";
import { Link } from "./net/link.js";
import { Pictures } from "./net/pictures.js";
import { Senders } from "./send/senders.js";
import { Banners } from "./view/banner.js";
import { stageAddress } from "./view/card.js";
import { cameraDialog } from "./view/camera-dialog.js";
import { dropTarget } from "./view/drop-target.js";
import { fillEmpty } from "./view/empty.js";
import { EventsDrawer } from "./view/events-drawer.js";
import { Grid } from "./view/grid.js";
import { Header } from "./view/header.js";
import { layerKeys } from "./view/layer-switches.js";
import { Router } from "./view/router.js";
import { videoDialog, webcamDialog } from "./view/send-dialog.js";
import { ServerDrawer } from "./view/server-drawer.js";

const UPDATE_MS = 250; // figures change at most four times a second; pictures follow the screen

export class Page {
  constructor() {
    this.store = new Store();
    this.prefs = new Prefs();
    this.link = new Link();
    this.loop = new Loop();
    this.pictures = new Pictures();
    this.refresher = new Refresher(this.store, this.link);
    this.senders = new Senders(this);
    const actions = {
      camera: () => cameraDialog(this),
      webcam: () => webcamDialog(this),
      video: () => videoDialog(this),
      server: () => this.server.drawer.toggle(),
    };
    this.events = new EventsDrawer(this.store);
    this.server = new ServerDrawer(this.store);
    this.header = new Header(part("header"), this.store, this.link, actions, this.events.button);
    this.banners = new Banners(part("banners"), this.store, this.link);
    this.grid = new Grid(part("grid"), this);
    fillEmpty(part("empty"), this, actions);
    this.router = new Router(this, { grid: part("grid"), empty: part("empty"), stage: part("stage") });
  }

  start() {
    this.link.addEventListener("message", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    this.link.addEventListener("state", () => this.#turn());
    this.loop.add(this.pictures);
    layerKeys(this.prefs);
    dropTarget((file) => videoDialog(this, file));
    setInterval(() => document.hidden || this.update(), UPDATE_MS);
    this.link.open();
    this.update();
  }

  update() {
    const now = performance.now();
    this.header.update();
    this.banners.update();
    this.events.update();
    this.server.update();
    this.router.update(now);
  }

  /** Show one stream large. @param {string} id */
  show(id) {
    location.hash = stageAddress(id);
  }

  /** The connection came or went. What was heard before it came may be of another life of the server. */
  #turn() {
    if (this.link.state === "open") {
      for (const stream of this.store.streams.values()) stream.forget();
      recallEvents(this.store.events);
    }
    this.update();
  }

  /** @param {import("./types.js").ServerMessage} message */
  #hear(message) {
    this.store.hear(message, performance.now());
    if (message.type === "event") this.refresher.now();
  }
}

/** @param {string} id */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

export const page = new Page();
page.start();

/** What happened lately, in all streams: the newest events, bounded, each once, and how many have not been looked at. */

const MOST = 1000;

/** Kinds by what they are about. */
export const GROUPS = /** @type {Record<string, string[]>} */ ({
  cameras: ["opened", "reset", "closed", "source"],
  zones: ["zone_enter", "zone_exit", "zone_dwell", "line_cross"],
  health: ["health"],
  tracks: ["track_start", "track_end"],
});

/** @typedef {import("../types.js").EventMessage} EventMessage */

/** @param {EventMessage} event */
export function groupOf(event) {
  return Object.keys(GROUPS).find((group) => GROUPS[group].includes(event.event)) ?? "cameras";
}

export class EventBook {
  constructor() {
    /** Newest first. @type {EventMessage[]} */
    this.events = [];
    /** Ids of what is kept. @type {Set<number>} */
    this.known = new Set();
    /** Goes up with every change, so that who shows them need not compare. */
    this.version = 0;
    this.unseen = 0;
    this.missed = 0;
    /** The groups that are shown, and counted when new. */
    this.groups = new Set(["cameras", "zones", "health"]);
    this.local = 0;
  }

  /** One that happens now. @param {EventMessage} event */
  hear(event) {
    const added = this.#add(event);
    this.#trim();
    if (added && this.groups.has(groupOf(event))) this.unseen += 1;
  }

  /** What the server has kept of the time before. @param {EventMessage[]} events @param {number | null} missed */
  recall(events, missed) {
    for (const event of events) this.#add(event);
    this.events.sort((a, b) => /** @type {number} */ (b.id) - /** @type {number} */ (a.id));
    this.#trim();
    this.missed += missed ?? 0;
  }

  /** They were looked at. */
  see() {
    this.unseen = 0;
  }

  /** @param {string} group @param {boolean} shown */
  show(group, shown) {
    if (shown) this.groups.add(group);
    else this.groups.delete(group);
    this.version += 1;
  }

  /** The id of the newest event that the server numbered. */
  get newest() {
    return this.events.find((event) => event.id !== undefined && event.id > 0)?.id ?? null;
  }

  /**
   * Newest first, at most so many.
   * @param {{stream?: string, most: number, groups?: Set<string>}} wanted
   */
  list({ stream = "", most, groups = this.groups }) {
    const found = [];
    for (const event of this.events) {
      if (stream && event.stream !== stream) continue;
      if (!groups.has(groupOf(event))) continue;
      found.push(event);
      if (found.length === most) break;
    }
    return found;
  }

  /** @param {EventMessage} event @returns {boolean}  whether it was new */
  #add(event) {
    const id = event.id ?? (this.local -= 1); // a server that numbers none still sends each once
    if (this.known.has(id)) return false;
    this.known.add(id);
    this.events.unshift({ ...event, id, at: event.at ?? Date.now() / 1000 });
    this.version += 1;
    return true;
  }

  /** The oldest go. */
  #trim() {
    for (const old of this.events.splice(MOST)) this.known.delete(/** @type {number} */ (old.id));
  }
}

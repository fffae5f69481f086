/** The REST calls the page makes. Each answers parsed JSON or throws. */

import { httpUrl, streamPath } from "./address.js";

const TIMEOUT_MS = 8000;

/** The server answered, and the answer is a refusal: problem+json. */
export class Refused extends Error {
  /** @param {number} status @param {{title?: string, detail?: string, errors?: {pointer: string, detail: string}[]}} problem */
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}`);
    this.status = status;
    this.problem = problem;
  }

  /** What is wrong, and where in the body it stands. */
  get errors() {
    return this.problem.errors ?? [];
  }
}

/** No answer came: the server is gone, or too slow to be of use. */
export class Unreachable extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function request(path, init = {}) {
  try {
    return await fetch(httpUrl(path), { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch (error) {
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Response} response */
async function body(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/** @param {string} path @param {RequestInit} [init] */
async function json(path, init) {
  const response = await request(path, init);
  const parsed = response.status === 204 ? null : await body(response);
  if (!response.ok) throw new Refused(response.status, parsed ?? {});
  return parsed;
}

/**
 * Every stream of the server.
 * @returns {Promise<import("../types.js").StreamView[]>}
 */
export async function listStreams() {
  const items = [];
  let cursor = "";
  do {
    const page = await json(`v1/streams?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items);
    cursor = page.next_cursor ?? "";
  } while (cursor);
  return items;
}

/**
 * The answer to a stream's last frame.
 * @param {string} id
 * @returns {Promise<import("../types.js").TracksMessage>}
 */
export function newestTracks(id) {
  return json(`${streamPath(id)}/tracks`);
}

/** @returns {Promise<import("../types.js").ModelView[]>} */
export async function listModels() {
  return (await json("v1/models")).items;
}

/**
 * Whether the server takes work. A red answer (503) is an answer.
 * @returns {Promise<import("../types.js").Health>}
 */
export async function health() {
  const response = await request("readyz");
  const parsed = await body(response);
  return { ready: response.ok, checks: parsed.checks ?? {}, devices: parsed.devices ?? {} };
}

/** @param {string} id @param {object} settings */
export function putStream(id, settings) {
  const headers = { "Content-Type": "application/json" };
  return json(streamPath(id), { method: "PUT", headers, body: JSON.stringify(settings) });
}

/** @param {string} id @returns {Promise<import("../types.js").StreamView>} */
export function getStream(id) {
  return json(streamPath(id));
}

/** Change some settings; null takes one back to its default. @param {string} id @param {object} change */
export function patchStream(id, change) {
  const headers = { "Content-Type": "application/merge-patch+json" };
  return json(streamPath(id), { method: "PATCH", headers, body: JSON.stringify(change) });
}

/** @param {string} id */
export function resetCounts(id) {
  return json(`${streamPath(id)}/counts/reset`, { method: "POST" });
}

/**
 * The first answer beyond a frame's number with all its detections; null when none came in time.
 * @param {string} id @param {number} since @param {number} waitS
 * @returns {Promise<import("../types.js").TracksMessage | null>}
 */
export function nextDetections(id, since, waitS) {
  return json(`${streamPath(id)}/tracks?detections=1&since=${since}&wait=${waitS}`);
}

/** What the server says of its own settings: meaning, limits and defaults. */
export function openApi() {
  return json("openapi.json");
}

/**
 * What the server has kept of one track.
 * @param {string} id @param {number} trackId
 * @returns {Promise<import("../types.js").TrackStoryView>}
 */
export function trackStory(id, trackId) {
  return json(`${streamPath(id)}/tracks/${trackId}`);
}

/** Events of one answer of `listEvents`. */
export const EVENTS_PAGE = 500;

/**
 * Events that the server has kept: those beyond an id, else the newest.
 * @param {number | null} since
 * @returns {Promise<{items: import("../types.js").EventMessage[], missed: number | null, next_cursor: string | null}>}
 */
export function listEvents(since) {
  return json(`v1/events?limit=${EVENTS_PAGE}${since === null ? "" : `&since=${since}`}`);
}

/** @param {string} id */
export function resetStream(id) {
  return json(`${streamPath(id)}/reset`, { method: "POST" });
}

/** @param {string} id @param {boolean} [leaving]  true when the page itself is about to go */
export function deleteStream(id, leaving = false) {
  return json(streamPath(id), { method: "DELETE", keepalive: leaving });
}

/** Addresses are relative to these files, so that trackd also works below a path of a reverse proxy, and in /embed/. */

const ROOT = new URL("../../../", import.meta.url);

/** @param {string} path  for example `v1/streams` */
export function httpUrl(path) {
  return new URL(path, ROOT).href;
}

/** @param {string} path */
export function socketUrl(path) {
  const url = new URL(path, ROOT);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** @param {string} id */
export function streamPath(id) {
  return `v1/streams/${encodeURIComponent(id)}`;
}

/** The line that sends a first frame from a terminal to this very server. */
export function curlLine() {
  return `curl --data-binary @photo.jpg ${httpUrl("v1/streams/cam1/frames")}`;
}

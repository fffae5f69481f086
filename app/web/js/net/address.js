/** Addresses are relative to the page, so that trackd also works below a path of a reverse proxy. */

/** @param {string} path  for example `v1/streams` */
export function httpUrl(path) {
  return new URL(path, document.baseURI).href;
}

/** @param {string} path */
export function socketUrl(path) {
  const url = new URL(path, document.baseURI);
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

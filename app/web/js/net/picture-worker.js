/**
 * Runs beside the page: holds the socket of pictures and decodes them, so that neither costs the page's own thread.
 *
 * In: `{address}` first, then `{pictures: [{stream, width}]}`. Out: `{stream, epoch, seq, image}` with the image handed
 * over, `{stream}` alone for one that cannot be had, `{lost: [streams]}` for what was asked for when the socket went.
 */

import { Backoff } from "./backoff.js";
import { readPicture } from "./trkp.js";

const backoff = new Backoff(250, 15000);
/** @type {Set<string>} */
const asked = new Set();
/** @type {WebSocket | null} */
let socket = null;
let address = "";
let retryAt = 0;

addEventListener("message", ({ data }) => {
  if (data.address) address = data.address;
  else want(data.pictures);
});

/** @param {{stream: string, width: number}[]} pictures */
function want(pictures) {
  if (!socket && performance.now() >= retryAt) open();
  for (const { stream } of pictures) asked.add(stream);
  if (!socket) lose();
  else if (socket.readyState === WebSocket.OPEN) ask(socket, pictures);
  else socket.addEventListener("open", (event) => ask(/** @type {WebSocket} */ (event.target), pictures), { once: true });
}

/** @param {WebSocket} over @param {{stream: string, width: number}[]} pictures */
function ask(over, pictures) {
  over.send(JSON.stringify({ type: "want", pictures }));
}

function open() {
  const opened = new WebSocket(address, ["trackd.v1.json"]);
  opened.binaryType = "arraybuffer";
  opened.addEventListener("message", (event) => receive(event.data));
  opened.addEventListener("close", () => {
    socket = null;
    retryAt = performance.now() + backoff.next();
    lose();
  });
  socket = opened;
}

function lose() {
  postMessage({ lost: [...asked] });
  asked.clear();
}

/** @param {ArrayBuffer | string} data */
function receive(data) {
  backoff.reset();
  if (typeof data !== "string") return void decode(readPicture(data));
  const { type, stream } = JSON.parse(data);
  if (type !== "error" || !stream) return;
  asked.delete(stream);
  postMessage({ stream });
}

/** @param {{stream: string, epoch: number, seq: number, jpeg: Blob}} picture */
async function decode({ stream, epoch, seq, jpeg }) {
  asked.delete(stream);
  try {
    const image = await createImageBitmap(jpeg);
    /** @type {any} */ (self).postMessage({ stream, epoch, seq, image }, [image]);
  } catch {
    postMessage({ stream }); // it cannot be read; the next one may be
  }
}

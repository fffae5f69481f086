/** What is drawn over a picture. A layer is a function of a scene; a viewport runs its layers in order. */

import { className, speedOf } from "../view/format.js";
import { colourOf, inkOn } from "./colour.js";

/**
 * @typedef {object} Scene
 * @property {import("../types.js").TracksMessage} message
 * @property {import("../model/trails.js").Trails} trails
 * @property {import("./fit.js").Placed} placed   where the picture lies, in pixels of the canvas
 * @property {number} pixelRatio
 * @property {number | null} highlight            the track under the pointer, if any
 *
 * @typedef {(ctx: CanvasRenderingContext2D, scene: Scene) => void} Layer
 */

const BANDS = 4; // steps in which a trail fades
const CROWD = 8; // tracks on a small picture beyond which labels are ids alone

/** @type {Layer} */
export function drawTrails(ctx, { message, trails, placed, pixelRatio, highlight }) {
  ctx.lineJoin = ctx.lineCap = "round";
  for (const { track_id } of message.tracks) {
    const points = trails.upTo(track_id, message.seq);
    const last = points.length - 1;
    for (let band = 0; band < BANDS && last >= BANDS; band += 1) {
      const strength = (band + 1) / BANDS;
      ctx.beginPath();
      for (let at = Math.round((band * last) / BANDS); at <= Math.round(((band + 1) * last) / BANDS); at += 1) {
        ctx.lineTo(placed.x + points[at].x * placed.scale, placed.y + points[at].y * placed.scale);
      }
      ctx.strokeStyle = colourOf(track_id, dim(highlight, track_id) * strength * 0.9);
      ctx.lineWidth = (0.75 + 1.5 * strength) * pixelRatio;
      ctx.stroke();
    }
  }
}

/** @type {Layer} */
export function drawBoxes(ctx, { message, placed, pixelRatio, highlight }) {
  ctx.lineJoin = "round";
  for (const track of nearestLast(message.tracks)) {
    const { track_id } = track;
    const strong = highlight === track_id;
    ctx.beginPath();
    outline(ctx, track, placed, 3 * pixelRatio);
    if (strong) {
      ctx.fillStyle = colourOf(track_id, 0.18);
      ctx.fill();
    }
    // A dark edge below the colour keeps it legible over any picture.
    ctx.strokeStyle = `rgb(0 0 0 / ${0.45 * dim(highlight, track_id)})`;
    ctx.lineWidth = (strong ? 5 : 3.5) * pixelRatio;
    ctx.stroke();
    ctx.strokeStyle = colourOf(track_id, dim(highlight, track_id));
    ctx.lineWidth = (strong ? 3 : 1.75) * pixelRatio;
    ctx.stroke();
  }
}

/** @type {Layer} */
export function drawLabels(ctx, { message, placed, pixelRatio, highlight }) {
  const small = placed.width < 560 * pixelRatio;
  const crowded = small && message.tracks.length > CROWD;
  const size = (small ? 10 : 11.5) * pixelRatio;
  const high = size * 1.5;
  ctx.font = `600 ${size}px system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  for (const track of nearestLast(message.tracks)) {
    const [x, y] = rectangle(track.bbox, placed);
    const text = crowded ? String(track.track_id) : label(track, small);
    const wide = ctx.measureText(text).width + size;
    const left = Math.max(placed.x, Math.min(x - pixelRatio, placed.x + placed.width - wide));
    const top = Math.max(placed.y, y - high - pixelRatio);
    ctx.globalAlpha = dim(highlight, track.track_id);
    ctx.beginPath();
    ctx.roundRect(left, top, wide, high, 3 * pixelRatio);
    ctx.fillStyle = colourOf(track.track_id);
    ctx.fill();
    ctx.fillStyle = inkOn(track.track_id);
    ctx.fillText(text, left + size / 2, top + high / 2 + pixelRatio * 0.5);
  }
  ctx.globalAlpha = 1;
}

/**
 * The turned box where the model finds one, else the upright box.
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("../types.js").TrackRow} track
 * @param {import("./fit.js").Placed} placed
 * @param {number} radius
 */
function outline(ctx, { bbox, oriented }, placed, radius) {
  if (!oriented) {
    const [x, y, width, height] = rectangle(bbox, placed);
    ctx.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
    return;
  }
  const [cx, cy, w, h, angle] = oriented;
  const [width, height] = [w * placed.scale, h * placed.scale];
  ctx.save();
  ctx.translate(placed.x + cx * placed.scale, placed.y + cy * placed.scale);
  ctx.rotate(angle);
  ctx.roundRect(-width / 2, -height / 2, width, height, Math.min(radius, width / 2, height / 2));
  ctx.restore();
}

/**
 * Boxes lower in the picture are nearer as a rule: they are drawn last.
 * @param {import("../types.js").TrackRow[]} tracks
 */
function nearestLast(tracks) {
  return [...tracks].sort((a, b) => a.bbox[3] - b.bbox[3]);
}

/** @param {import("../types.js").TrackRow} track @param {boolean} small */
function label(track, small) {
  const name = `${track.track_id} ${className(track)}`;
  return small ? name : [name, track.score.toFixed(2), speedOf(track)].filter(Boolean).join(" ");
}

/** @param {number | null} highlight @param {number} trackId */
function dim(highlight, trackId) {
  return highlight === null || highlight === trackId ? 1 : 0.35;
}

/** @param {number[]} bbox @param {import("./fit.js").Placed} placed */
function rectangle([x1, y1, x2, y2], { x, y, scale }) {
  return [x + x1 * scale, y + y1 * scale, Math.max(1, (x2 - x1) * scale), Math.max(1, (y2 - y1) * scale)];
}

/** The whole way of the track that is looked at, with a mark where it began. */

import { colourOf } from "./colour.js";

/**
 * @param {import("../model/track-story.js").TrackStory} story
 * @returns {import("./layers.js").Layer}
 */
export function storyLayer(story) {
  return (ctx, { placed, pixelRatio }) => {
    const points = story.points();
    if (points.length < 2) return;
    const at = (/** @type {number} */ index) =>
      /** @type {[number, number]} */ ([
        placed.x + points[index][0] * placed.scale,
        placed.y + points[index][1] * placed.scale,
      ]);
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.beginPath();
    points.forEach((_, index) => ctx.lineTo(...at(index)));
    ctx.strokeStyle = "rgb(0 0 0 / 0.5)";
    ctx.lineWidth = 5 * pixelRatio;
    ctx.stroke();
    ctx.strokeStyle = colourOf(story.trackId);
    ctx.lineWidth = 2.25 * pixelRatio;
    ctx.stroke();
    const [x, y] = at(0);
    ctx.beginPath();
    ctx.arc(x, y, 5 * pixelRatio, 0, 2 * Math.PI);
    ctx.fillStyle = "#ffffff";
    ctx.fill();
    ctx.stroke();
  };
}

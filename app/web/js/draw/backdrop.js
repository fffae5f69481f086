/** What lies below the boxes of a stream without pictures: a dark ground with a fine grid. */

const STEPS = 12; // squares along the longer side

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./fit.js").Placed} placed
 * @param {number} pixelRatio
 */
export function drawBackdrop(ctx, placed, pixelRatio) {
  const step = Math.max(placed.width, placed.height) / STEPS;
  ctx.fillStyle = "#10161d";
  ctx.fillRect(placed.x, placed.y, placed.width, placed.height);
  ctx.strokeStyle = "#1d2731";
  ctx.lineWidth = pixelRatio;
  ctx.beginPath();
  for (let x = placed.x; x <= placed.x + placed.width + 1; x += step) {
    ctx.moveTo(Math.round(x), placed.y);
    ctx.lineTo(Math.round(x), placed.y + placed.height);
  }
  for (let y = placed.y; y <= placed.y + placed.height + 1; y += step) {
    ctx.moveTo(placed.x, Math.round(y));
    ctx.lineTo(placed.x + placed.width, Math.round(y));
  }
  ctx.stroke();
}

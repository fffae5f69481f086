/** What the tracker's thresholds make of a detection, drawn over the picture while one of them is moved. */

/**
 * @typedef {{low: number, high: number, birth: number}} Thresholds
 * @typedef {"starts" | "keeps" | "holds" | "ignored"} Verdict
 */

/** @type {{name: Verdict, text: string, colour: string, dash: number[]}[]} */
export const VERDICTS = [
  { name: "starts", text: "may start a track", colour: "#4fd6a2", dash: [] },
  { name: "keeps", text: "go on with one", colour: "#6ea3ff", dash: [] },
  { name: "holds", text: "low: only if one is there", colour: "#f0b357", dash: [6, 4] },
  { name: "ignored", text: "ignored", colour: "#ff7d76", dash: [2, 4] },
];

/** @param {number} score @param {Thresholds} thresholds @returns {Verdict} */
export function verdictOf(score, { low, high, birth }) {
  if (score <= low) return "ignored";
  if (score <= high) return "holds";
  return score >= birth ? "starts" : "keeps";
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Pick<import("./layers.js").Scene, "placed" | "pixelRatio">} scene
 * @param {import("../types.js").DetectionRow[]} detections
 * @param {Thresholds} thresholds
 */
export function drawVerdicts(ctx, { placed, pixelRatio }, detections, thresholds) {
  ctx.save();
  ctx.fillStyle = "rgb(6 8 10 / 62%)"; // tracks stand back: now it is about detections
  ctx.fillRect(placed.x, placed.y, placed.width, placed.height);
  ctx.font = `600 ${11 * pixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = "bottom";
  for (const { bbox, score } of detections) {
    const name = verdictOf(score, thresholds);
    const verdict = VERDICTS.find((one) => one.name === name) ?? VERDICTS[0];
    const [x, y] = [placed.x + bbox[0] * placed.scale, placed.y + bbox[1] * placed.scale];
    const [width, height] = [(bbox[2] - bbox[0]) * placed.scale, (bbox[3] - bbox[1]) * placed.scale];
    ctx.strokeStyle = ctx.fillStyle = verdict.colour;
    ctx.lineWidth = 2 * pixelRatio;
    ctx.setLineDash(verdict.dash.map((length) => length * pixelRatio));
    ctx.strokeRect(x, y, width, height);
    if (name === "ignored") cross(ctx, x, y, width, height);
    ctx.fillText(score.toFixed(2), x + 2 * pixelRatio, y - 2 * pixelRatio);
  }
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} width @param {number} height */
function cross(ctx, x, y, width, height) {
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + width, y + height);
  ctx.moveTo(x + width, y);
  ctx.lineTo(x, y + height);
  ctx.stroke();
}

/**
 * The colour of an identity: the same on every frame, page and machine, and the same that the server draws
 * (app/imaging/draw.py). Steps by the golden angle keep neighbouring identities far apart.
 *
 * @param {number} trackId
 * @param {number} [alpha]
 */
export function colourOf(trackId, alpha = 1) {
  const hue = (trackId * 137.508) % 360;
  return alpha === 1 ? `hsl(${hue} 85% 60%)` : `hsl(${hue} 85% 60% / ${alpha})`;
}

/**
 * The colour of an identity: the same on every frame, page and machine, and the same that the server draws
 * (app/imaging/draw.py). Steps by the golden angle keep neighbouring identities far apart.
 *
 * @param {number} trackId
 * @param {number} [alpha]
 */
export function colourOf(trackId, alpha = 1) {
  const hue = hueOf(trackId);
  return alpha === 1 ? `hsl(${hue} 85% 60%)` : `hsl(${hue} 85% 60% / ${alpha})`;
}

/** Text on that colour: dark, but light on the blues, which are dark themselves. @param {number} trackId */
export function inkOn(trackId) {
  const hue = hueOf(trackId);
  return hue > 222 && hue < 272 ? "#ffffff" : "#0a0d11";
}

/** Degrees. @param {number} trackId */
function hueOf(trackId) {
  return (trackId * 137.508) % 360;
}

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

/**
 * The colour of a zone or a line, by its name: the same on every page and after every reload.
 * @param {string} name @param {number} [alpha]
 */
export function colourOfName(name, alpha = 1) {
  let hash = 2166136261; // FNV-1a, G. Fowler, L. C. Noll, K.-P. Vo
  for (const letter of name) hash = Math.imul(hash ^ /** @type {number} */ (letter.codePointAt(0)), 16777619) >>> 0;
  // Mixed once more (MurmurHash3, A. Appleby): names that differ in one letter lie far apart too.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return `hsl(${((hash ^ (hash >>> 16)) >>> 0) % 360} 90% 64% / ${alpha})`;
}

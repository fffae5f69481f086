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

const HUES = 15; // colours that names are given

/**
 * Colours of zones and lines by their names: the same on every page and after every reload, and all of one stream
 * different as far as there are colours.
 * @param {Iterable<string>} names
 * @returns {Map<string, string>}
 */
export function coloursOfNames(names) {
  /** @type {Map<string, string>} */
  const given = new Map();
  /** @type {Set<number>} */
  const taken = new Set();
  for (const name of [...new Set(names)].sort()) {
    let hue = hashOf(name) % HUES;
    for (let tries = 0; taken.has(hue) && tries < HUES; tries += 1) hue = (hue + 4) % HUES;
    taken.add(hue);
    given.set(name, `hsl(${hue * (360 / HUES)} 90% 64%)`);
  }
  return given;
}

/** FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo), mixed as MurmurHash3 (A. Appleby) does. @param {string} text */
function hashOf(text) {
  let hash = 2166136261;
  for (const letter of text) hash = Math.imul(hash ^ /** @type {number} */ (letter.codePointAt(0)), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

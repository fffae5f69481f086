/** Which track lies under a point of the picture. */

const NEAR = 5; // pixels of the screen around a box that still count as the box

/**
 * The smallest box at that place: what is small lies in front, as a rule, and could not be reached otherwise.
 * @param {import("../types.js").TrackRow[]} tracks
 * @param {import("./fit.js").Placed} placed   in the same pixels as x and y
 * @param {number} x @param {number} y
 * @returns {number | null}  a track_id
 */
export function trackAt(tracks, placed, x, y) {
  const [px, py, near] = [(x - placed.x) / placed.scale, (y - placed.y) / placed.scale, NEAR / placed.scale];
  let found = null;
  let least = Infinity;
  for (const { track_id, bbox } of tracks) {
    const [x1, y1, x2, y2] = bbox;
    const inside = px >= x1 - near && px <= x2 + near && py >= y1 - near && py <= y2 + near;
    const area = (x2 - x1) * (y2 - y1);
    if (inside && area < least) [found, least] = [track_id, area];
  }
  return found;
}

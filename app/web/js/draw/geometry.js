/** Plane geometry for what is drawn with the pointer. Points are [x, y] in pixels, y downwards. */

/** @typedef {[number, number]} Point */

/** The distance of a point from the piece between a and b. @param {Point} p @param {Point} a @param {Point} b */
export function distanceToSegment([px, py], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}

/**
 * The side of a polygon that is nearest: `at` is the number of the corner it begins at.
 * @param {Point} p @param {Point[]} corners
 */
export function nearestEdge(p, corners) {
  const distances = corners.map((corner, at) => distanceToSegment(p, corner, corners[(at + 1) % corners.length]));
  const distance = Math.min(...distances);
  return { at: distances.indexOf(distance), distance };
}

/** Half way. @param {Point} a @param {Point} b @returns {Point} */
export function middle([ax, ay], [bx, by]) {
  return [(ax + bx) / 2, (ay + by) / 2];
}

/** The unit vector that points to the right of one who goes from a to b. @param {Point} a @param {Point} b @returns {Point} */
export function toTheRight([ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  return [-(by - ay) / length, (bx - ax) / length];
}

/** Whether two sides of a polygon that do not share a corner cross. @param {Point[]} corners */
export function crossesItself(corners) {
  const { length } = corners;
  for (let one = 0; one < length; one += 1) {
    for (let other = one + 2; other < length; other += 1) {
      if (one === 0 && other === length - 1) continue; // neighbours, round the end
      const [a, b, c, d] = [corners[one], corners[one + 1], corners[other], corners[(other + 1) % length]];
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** @param {Point} a @param {Point} b @param {Point} c */
function turn([ax, ay], [bx, by], [cx, cy]) {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

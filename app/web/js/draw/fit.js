/**
 * How a picture lies inside an area: as large as fits, centred, in proportion.
 *
 * @typedef {{x: number, y: number, width: number, height: number, scale: number}} Placed
 * @param {number} width @param {number} height  of the picture
 * @param {number} areaWidth @param {number} areaHeight
 * @returns {Placed}  in pixels of the area; `scale` is pixels of the area per pixel of the picture
 */
export function contain(width, height, areaWidth, areaHeight) {
  return centred(width, height, areaWidth, areaHeight, Math.min(areaWidth / width, areaHeight / height));
}

/** As small as leaves nothing of the area free. @type {typeof contain} */
export function cover(width, height, areaWidth, areaHeight) {
  return centred(width, height, areaWidth, areaHeight, Math.max(areaWidth / width, areaHeight / height));
}

/** @param {number} width @param {number} height @param {number} areaWidth @param {number} areaHeight @param {number} scale */
function centred(width, height, areaWidth, areaHeight, scale) {
  const placed = { width: width * scale, height: height * scale };
  return { ...placed, x: (areaWidth - placed.width) / 2, y: (areaHeight - placed.height) / 2, scale };
}

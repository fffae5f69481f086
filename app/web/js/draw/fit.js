/**
 * How a picture lies inside an area: as large as fits, centred, in proportion.
 *
 * @typedef {{x: number, y: number, width: number, height: number, scale: number}} Placed
 * @param {number} width @param {number} height  of the picture
 * @param {number} areaWidth @param {number} areaHeight
 * @returns {Placed}  in pixels of the area; `scale` is pixels of the area per pixel of the picture
 */
export function contain(width, height, areaWidth, areaHeight) {
  const scale = Math.min(areaWidth / width, areaHeight / height);
  const placed = { width: width * scale, height: height * scale };
  return { ...placed, x: (areaWidth - placed.width) / 2, y: (areaHeight - placed.height) / 2, scale };
}

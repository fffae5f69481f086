/** The fixed header in front of a frame on the ingest socket: 24 bytes, little-endian. */

const JPEG = 1;
const HAS_SEQ = 1;
const HAS_CAPTURE_TIME = 2;

/**
 * @param {number} seq
 * @param {number} captureTs  seconds
 * @returns {ArrayBuffer}
 */
export function jpegHeader(seq, captureTs) {
  const header = new DataView(new ArrayBuffer(24));
  [..."TRK1"].forEach((letter, at) => header.setUint8(at, letter.charCodeAt(0)));
  header.setUint8(4, JPEG);
  header.setUint8(5, HAS_SEQ | HAS_CAPTURE_TIME);
  header.setUint16(6, 0, true);
  header.setBigUint64(8, BigInt(seq), true);
  header.setFloat64(16, captureTs, true);
  return /** @type {ArrayBuffer} */ (header.buffer);
}

/** A picture as it comes over the socket of pictures: a header of 20 bytes, little-endian, its stream's name, a JPEG. */

const HEADER_BYTES = 20;
const TEXT = new TextDecoder();

/**
 * @param {ArrayBuffer} data
 * @returns {{stream: string, epoch: number, seq: number, jpeg: Blob}}
 */
export function readPicture(data) {
  const header = new DataView(data);
  const start = HEADER_BYTES + header.getUint16(4, true);
  return {
    stream: TEXT.decode(new Uint8Array(data, HEADER_BYTES, start - HEADER_BYTES)),
    epoch: header.getUint32(8, true),
    seq: Number(header.getBigUint64(12, true)),
    jpeg: new Blob([new Uint8Array(data, start)], { type: "image/jpeg" }),
  };
}

/** Takes the picture that a <video> shows: once as pixels to show again, once as JPEG to send. */

const QUALITY = 0.85;

export class Grabber {
  constructor() {
    this.canvas = new OffscreenCanvas(1, 1);
    /** True while a picture is made; one at a time, so that frames leave in order. */
    this.busy = false;
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {number} mostWide  pixels; a smaller picture is not enlarged
   */
  async grab(video, mostWide) {
    this.busy = true;
    try {
      const width = Math.min(mostWide, video.videoWidth);
      const height = Math.max(1, Math.round((video.videoHeight * width) / video.videoWidth));
      if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.canvas.getContext("2d", { alpha: false }));
      context.drawImage(video, 0, 0, width, height);
      const [image, jpeg] = await Promise.all([
        createImageBitmap(this.canvas),
        this.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }),
      ]);
      return { image, jpeg };
    } finally {
      this.busy = false;
    }
  }
}

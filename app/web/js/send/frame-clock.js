/** Calls back for every new frame of a playing <video>, with the time of the page and the time of the medium. */

/**
 * @param {HTMLVideoElement} video
 * @param {(nowMs: number, mediaTimeS: number) => void} onFrame
 * @returns {() => void}  ends it
 */
export function eachFrame(video, onFrame) {
  return "requestVideoFrameCallback" in video ? byVideoFrame(video, onFrame) : byAnimationFrame(video, onFrame);
}

/** @type {typeof eachFrame} */
function byVideoFrame(video, onFrame) {
  let handle = 0;
  const next = () => {
    handle = video.requestVideoFrameCallback((now, { mediaTime }) => {
      onFrame(now, mediaTime);
      next();
    });
  };
  next();
  return () => {
    video.cancelVideoFrameCallback(handle);
    handle = -1;
  };
}

/** Where a browser does not tell of frames, a change of the playing time does. @type {typeof eachFrame} */
function byAnimationFrame(video, onFrame) {
  let handle = 0;
  let last = -1;
  const next = () => {
    handle = requestAnimationFrame((now) => {
      if (video.currentTime !== last && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)
        onFrame(now, video.currentTime);
      last = video.currentTime;
      next();
    });
  };
  next();
  return () => cancelAnimationFrame(handle);
}

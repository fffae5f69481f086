/** The two things this page can send: a webcam, and a video file that plays. */

import { h } from "../view/dom.js";

/**
 * @typedef {object} Media
 * @property {"webcam" | "video"} kind
 * @property {string} name
 * @property {HTMLVideoElement} video   plays, muted
 * @property {() => void} release       gives camera or file back
 */

/** What went wrong, in words that say what to do. */
export class MediaError extends Error {}

const REFUSALS = /** @type {Record<string, string>} */ ({
  NotAllowedError: "The camera was refused. Allow it for this page in the browser's address bar, then try again.",
  NotFoundError: "No camera was found. Plug one in, then try again.",
  NotReadableError: "The camera is in use by another program. Close it there, then try again.",
  OverconstrainedError: "No camera can give a picture of that size.",
});

/** @param {number} width  wished for, in pixels @returns {Promise<Media>} */
export async function openWebcam(width) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MediaError(
      `Browsers give cameras to pages on https or localhost only. This page came from ${location.origin}.`,
    );
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: Math.max(640, width) } },
    });
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new MediaError(REFUSALS[name] ?? `The camera cannot be used: ${message}`);
  }
  const video = hiddenVideo();
  video.srcObject = stream;
  const release = () => {
    stream.getTracks().forEach((track) => track.stop());
    video.remove();
  };
  return { kind: "webcam", name: stream.getVideoTracks()[0]?.label || "webcam", video, release };
}

/** @param {File} file @returns {Promise<Media>} */
export async function openVideo(file) {
  const video = hiddenVideo();
  const url = URL.createObjectURL(file);
  const release = () => {
    video.removeAttribute("src");
    video.remove();
    URL.revokeObjectURL(url);
  };
  video.src = url;
  if (await playable(video)) return { kind: "video", name: file.name, video, release };
  release();
  throw new MediaError(
    `This browser cannot play ${file.name} (${file.type || "unknown type"}). Try WebM or MP4, or: trackd track FILE.`,
  );
}

/** @param {HTMLVideoElement} video @returns {Promise<boolean>} */
function playable(video) {
  return new Promise((resolve) => {
    video.addEventListener("loadeddata", () => resolve(video.videoWidth > 0), { once: true });
    video.addEventListener("error", () => resolve(false), { once: true });
  });
}

/** In the document, as some browsers play nothing outside it. */
function hiddenVideo() {
  const video = h("video", { class: "sr-only", playsinline: true, "aria-hidden": "true", tabindex: "-1" });
  video.muted = true;
  document.body.append(video);
  return video;
}

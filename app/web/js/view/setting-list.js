/** Which settings are shown, in which groups, under which names, with which controls. */

/**
 * @typedef {object} Shown
 * @property {string} path
 * @property {string} name
 * @property {[number, number, number]} [slider]  from, to, step
 * @property {string} [open]    the right end of the slider means no value, and is called this
 * @property {string} [unit]
 * @property {boolean} [threshold]  a score: the histogram shows where it cuts
 * @property {(value: (path: string) => any) => number} [otherwise]  what no value amounts to
 */

/** @type {{title: string, settings: Shown[]}[]} */
export const GROUPS = [
  {
    title: "Thresholds",
    settings: [
      { path: "tracker.track_thresh", name: "High score", slider: [0, 1, 0.01], threshold: true },
      { path: "tracker.low_thresh", name: "Low score", slider: [0, 1, 0.01], threshold: true },
      {
        path: "tracker.det_thresh",
        name: "Score of a birth",
        slider: [0, 1, 0.01],
        threshold: true,
        otherwise: (value) => Math.min(1, value("tracker.track_thresh") + 0.1),
      },
      { path: "tracker.match_thresh", name: "Match cost", slider: [0, 1, 0.01] },
    ],
  },
  {
    title: "Tracking",
    settings: [
      { path: "tracker.preset", name: "Preset" },
      { path: "camera_motion", name: "Moving camera" },
      { path: "tracker.lost_buffer", name: "Keep lost tracks", slider: [0, 300, 5], unit: "frames" },
      { path: "tracker.class_aware", name: "Classes apart" },
    ],
  },
  {
    title: "Detection",
    settings: [
      { path: "model", name: "Model" },
      { path: "classes", name: "Classes" },
      { path: "detection.every", name: "Detect in every k-th frame", slider: [1, 30, 1] },
      { path: "detection.region", name: "Region" },
      { path: "detection.tiles", name: "Tiles" },
    ],
  },
  {
    title: "Pace and order",
    settings: [
      { path: "max_fps", name: "At most", slider: [1, 60, 1], open: "all frames", unit: "fps" },
      { path: "max_age_ms", name: "Oldest frame", slider: [50, 5000, 50], open: "any age", unit: "ms" },
      { path: "overload", name: "Under overload" },
      { path: "order", name: "Late frames" },
      { path: "reorder_ms", name: "Wait for late frames", slider: [10, 2000, 10], unit: "ms" },
    ],
  },
];

/** What is set elsewhere on the page, or is no matter of a field. */
export const ELSEWHERE = [
  "source",
  "counting",
  "labels",
  "detection.scores",
  "detection.region_unit",
  "detection.region_anchor",
];

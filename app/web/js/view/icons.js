/** Line icons on a 24 grid, drawn in the colour of the text around them. */

const SHAPES = /** @type {Record<string, string>} */ ({
  alert:
    "M12 8v5M12 16.500v.010M10.300 4 2.500 17.500A2 2 0 0 0 4.200 20.500h15.600a2 2 0 0 0 1.700-3L13.700 4a2 2 0 0 0-3.400 0Z",
  back: "M15 5l-7 7 7 7",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15ZM10 20.500a2.200 2.200 0 0 0 4 0",
  boxes: "M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3",
  camera: "M4 8a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2ZM16 11l4.500-2.500v7L16 13",
  check: "M5 12.500l4.500 4.500L19 7.500",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10v11H9ZM15 9V4H5v11h4",
  film: "M4 5h16v14H4ZM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4",
  frame: "M4 6h16v12H4ZM8 10l-2 2 2 2M16 10l2 2-2 2M13 9l-2 6",
  full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  ground: "M3 19 8 6h8l5 13ZM5.200 13h13.600M12 6v13",
  labels: "M4 7h9l6 5-6 5H4ZM7.500 12h4",
  line: "M5 19 19 5M5 19a1.500 1.500 0 1 0 .010 0M19 5a1.500 1.500 0 1 0 .010 0M13 14l4 3M17 17v-4M17 17h-4",
  moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500Z",
  next: "M9 5l7 7-7 7",
  pencil: "M4 20l1-4.500L16 4.500a2 2 0 0 1 2.800 0l.700.700a2 2 0 0 1 0 2.800L8.500 19ZM14 6.500l3.500 3.500",
  plus: "M12 5v14M5 12h14",
  pointer: "M6 4l13 7-6 1.800L10 19Z",
  redo: "M19 9H9a5 5 0 0 0 0 10h4M19 9l-4-4M19 9l-4 4",
  region: "M4 8V5h3M17 5h3v3M20 16v3h-3M7 19H4v-3M9 10h6v4H9Z",
  reset: "M4 12a8 8 0 1 0 2.500-5.800M4 4v4.500h4.500",
  road: "M8 4 4 20M16 4l4 16M12 5v2.500M12 11v2.500M12 17v2.500",
  stop: "M7 7h10v10H7Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500V5M12 19v2.500M2.500 12H5M19 12h2.500M5.300 5.300 7 7M17 17l1.700 1.700M17 7l1.700-1.700M5.300 18.700 7 17",
  swap: "M7 20V5M7 5 3.500 8.500M7 5l3.500 3.500M17 4v15M17 19l-3.500-3.500M17 19l3.500-3.500",
  trails: "M4 18c3.500 0 3.500-6 7-6s3 4 5.500 4M18.500 13.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 11v5.500M13.500 11v5.500",
  undo: "M5 9h10a5 5 0 0 1 0 10h-4M5 9l4-4M5 9l4 4",
  zones: "M5 8.500 12 4l7 4.500-2 9.500H7ZM5 8.500h.010M12 4h.010M19 8.500h.010M17 18h.010M7 18h.010",
});

const SVG = "http://www.w3.org/2000/svg";

/** @param {keyof typeof SHAPES} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** The mark of trackd: a box, what is in it, and the way it came. */
export function mark() {
  const svg = icon("boxes");
  svg.setAttribute("class", "mark");
  const trail = document.createElementNS(SVG, "path");
  trail.setAttribute("d", "M8 15.500c1.500-3 3-4 5.500-5.500");
  trail.setAttribute("stroke-dasharray", "0.100 2.700");
  const head = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: "15", cy: "9.300", r: "1.900", fill: "currentColor" }))
    head.setAttribute(name, value);
  svg.append(trail, head);
  return svg;
}

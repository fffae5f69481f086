// What the page is watched with: frames painted per camera, intervals between animation frames, long tasks.
(() => {
  const probe = { painted: {}, intervals: [], longTasks: [], messages: 0 };
  window.__probe = probe;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...parts) {
    const stream = this.canvas.closest?.("[data-stream]")?.dataset.stream;
    if (stream && this.canvas.classList.contains("picture")) probe.painted[stream] = (probe.painted[stream] ?? 0) + 1;
    return draw.apply(this, parts);
  };
  let last = 0;
  const beat = (now) => {
    if (last) probe.intervals.push(now - last);
    last = now;
    requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => probe.longTasks.push(entry.duration))).observe({
    type: "longtask",
  });
  probe.start = () => {
    Object.assign(probe, { painted: {}, intervals: [], longTasks: [] });
  };
})();

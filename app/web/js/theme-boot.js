// Runs before the first paint, so that a remembered theme does not flash the other one. The rest is in view/theme.js.
try {
  const theme = localStorage.getItem("trackd.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's choice stands.
}

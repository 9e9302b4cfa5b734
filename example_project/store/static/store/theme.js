/* Before the first paint: that there are scripts, whether the visitor was here before, and light or dark, as they chose here, else as the system says. */
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("df-theme"); } catch (refused) { /* storage is switched off: the system decides */ }
  document.documentElement.dataset.script = "";
  if (("; " + document.cookie).indexOf("; " + document.documentElement.dataset.visitorMarker + "=") >= 0) { document.documentElement.dataset.known = ""; }
  document.documentElement.dataset.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();

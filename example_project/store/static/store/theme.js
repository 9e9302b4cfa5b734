/* Chooses light or dark before the first paint: what the visitor chose here, else what the system says. */
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("df-theme"); } catch (refused) { /* storage is switched off: the system decides */ }
  document.documentElement.dataset.theme = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();

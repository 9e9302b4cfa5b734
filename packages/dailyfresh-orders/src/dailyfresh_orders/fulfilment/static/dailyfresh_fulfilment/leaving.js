/* Where somebody signs out: what keeping.js has laid aside on a picker's phone goes with them. */
document.addEventListener("submit", function (event) {
  "use strict";
  if (!window.caches || !event.target.matches("[data-sign-out], #logout-form")) { return; }
  caches.keys().then(function (names) {
    names.filter(function (name) { return name.indexOf("dailyfresh-packing ") === 0; }).forEach(function (name) { caches.delete(name); });
  });
});

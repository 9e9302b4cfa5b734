/* A page for when there is no network; whatever else is asked goes the way it always went. */
"use strict";
var NAME = "df-offline-{{ name }}", kept = {{ kept|safe }};

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(NAME).then(function (cache) { return cache.addAll(kept.files); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== NAME && name.indexOf("df-offline-") === 0; })
      .map(function (name) { return caches.delete(name); }));
  }));
});

// The page in the language of the address that was asked for: the longest beginning that fits.
function pageFor(path) {
  var homes = Object.keys(kept.pages).filter(function (home) { return path.indexOf(home) === 0; });
  return kept.pages[homes.sort(function (a, b) { return b.length - a.length; })[0]];
}

self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) { return; }
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(function () { return caches.match(pageFor(url.pathname)); }));
  } else if (kept.files.indexOf(url.pathname) >= 0) {
    event.respondWith(fetch(event.request).catch(function () { return caches.match(event.request); }));
  }
});

/* A packing page that is loaded without a network is the copy that keeping.js has laid aside; another order's is the list of those that wait. */
"use strict";
var NAME = "dailyfresh-packing ", waves = new URL("./", self.location).pathname;

function forget() {
  return caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name.indexOf(NAME) === 0; }).map(function (name) { return caches.delete(name); }));
  });
}

function kept(path) {
  return caches.match(path + "?kept").then(function (page) { return page || caches.match(waves + "?kept"); })
    .then(function (page) { return page || Response.error(); });
}

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

self.addEventListener("fetch", function (event) {
  var request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (request.mode !== "navigate") {
    event.respondWith(fetch(request).catch(function () {
      return caches.match(request).then(function (file) { return file || Response.error(); });
    }));
    return;
  }
  event.respondWith(fetch(request).then(function (answer) {
    // To the sign-in, or refused: whoever holds the phone now packs no more.
    if (answer.type === "opaqueredirect" || answer.status === 403) { event.waitUntil(forget()); }
    return answer;
  }, function () { return kept(url.pathname); }));
});

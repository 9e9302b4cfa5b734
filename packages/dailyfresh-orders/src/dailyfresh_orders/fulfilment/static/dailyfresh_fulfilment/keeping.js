/* Lays a copy of a packing page aside for a phone that loads it again without a network (worker.js): without names and addresses, beside
 * what it is drawn with, and no longer than the order waits. */
jQuery(function ($) {
  "use strict";
  var NAME = "dailyfresh-packing ", $page = $("[data-packing]"), path = location.pathname, waves = $page.data("waves");
  if (!navigator.serviceWorker || !window.caches) { return; }

  function keep(page, urls) {
    caches.open(NAME + page).then(function (cache) {
      $.each(urls, function (_n, url) {
        fetch(url).then(function (answer) {
          if (answer.ok && !answer.redirected) { return cache.put(url, answer); }
        }).catch(function () { /* the older copy has to do */ });
      });
    });
  }

  function drawnWith() {
    return performance.getEntriesByType("resource").filter(function (each) {
      return /^(link|script|img|css)$/.test(each.initiatorType) && each.name.indexOf(location.origin + "/") === 0;
    }).map(function (each) { return each.name; });
  }

  $(document).on("packing:picked", function () { keep(path, [path + "?kept"]); });
  // A copy knows nothing of what came since: it keeps nothing, and throws nothing away.
  if ($page.is("[data-copy]")) { return; }

  navigator.serviceWorker.register($page.data("worker")).catch(function () { /* not here, then */ });
  if ($page.is("[data-over]")) { caches.delete(NAME + path); } else { keep(path, [path + "?kept"].concat(drawnWith())); }

  if (path !== waves) {
    caches.match(waves + "?kept").then(function (list) { if (!list) { keep(waves, [waves + "?kept"]); } });
  } else {
    var waits = $("a.df-box").map(function () { return this.pathname; }).get().concat(path);
    caches.keys().then(function (names) {
      $.each(names, function (_n, name) {
        if (name.indexOf(NAME) === 0 && waits.indexOf(name.slice(NAME.length)) < 0) { caches.delete(name); }
      });
    });
  }
});

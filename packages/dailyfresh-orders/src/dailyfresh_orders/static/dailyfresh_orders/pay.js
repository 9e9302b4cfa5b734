/* Paying: the button fetches the gateway's address; the waiting page asks what became of it. Both work without this. */
jQuery(function ($) {
  "use strict";

  $(document).on("submit", "[data-pay]", function (event) {
    var $form = $(this), $button = $form.find("button").prop("disabled", true);
    event.preventDefault();
    df.post($form.attr("action"), $form.serialize()).done(function (data) {
      location.assign(data.url);
    }).fail(function (answer) {
      $button.prop("disabled", false);
      if (answer.data.url) { location.assign(answer.data.url); }
    });
  });

  // A page taken from the browser's back-forward cache still has its button disabled.
  $(window).on("pageshow", function () { $("[data-pay] button").prop("disabled", false); });

  // Asked after 2, 2, 3, 5 and then every 8 s, for 3 minutes of being looked at; a hidden page sleeps.
  $("[data-poll]").each(function () {
    var $box = $(this), pauses = [2, 2, 3, 5, 8], asked = 0, end = Date.now() + 180000, timer = null;
    function later(seconds) { clearTimeout(timer); timer = setTimeout(ask, 1000 * seconds); }
    function again() {
      if (Date.now() > end) {
        $box.find("[data-poll-asleep]").prop("hidden", false);
        $box.find(".df-spin").removeClass("df-spin");
      } else { later(pauses[Math.min(asked++, pauses.length - 1)]); }
    }
    // The gateway says that nobody has paid: whoever came back from its page left it.
    function unpaid(known) {
      var $title = $box.find("[data-poll-title]");
      if (known && $title.length) { $title.text($title.data("unpaid")); }
    }
    function ask() {
      if (document.hidden) { return; }
      df.post($box.data("poll"), { order: String($box.attr("data-order")) }, true).done(function (data) {
        if (data.url) { location.replace(data.url); } else { unpaid(data.unpaid); again(); }
      }).fail(function (answer) {
        if (answer.status === 401 || answer.status === 403 || answer.status === 404) { answer.show(); } else if (answer.status === 429) { later(answer.data.retry_after || 30); } else { again(); }
      });
    }
    $(document).on("visibilitychange", function () {
      if (!document.hidden) { end = Date.now() + 180000; later(0); }
    }).on("df:elapsed", function () { end = Date.now() + 180000; later(1); });
    later(pauses[0]);
  });
});

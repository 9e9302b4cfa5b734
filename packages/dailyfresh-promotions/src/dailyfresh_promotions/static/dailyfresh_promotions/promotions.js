/* Claiming without leaving the page, and count-downs that are right when the browser's clock is not. Every page works without it. */
jQuery(function ($) {
  "use strict";

  // A count-down goes by the time that has passed since the page came, never by what the browser takes for the time of day. A page
  // that lay in a cache is older than it says: the shop's clock is asked once, and corrects it.
  var came = performance.now(), offset = null, $script = $("script[data-df-clock]").first();

  function left(stamp) {
    var passed = performance.now();
    return offset === null ? stamp.dataset.dfLeft * 1000 - (passed - came) : stamp.dataset.dfEnds - (offset + passed);
  }

  function two(n) { return (n < 10 ? "0" : "") + n; }

  function tick() {
    $("[data-df-ends]").each(function () {
      var seconds = Math.ceil(left(this) / 1000);
      $(this).text(seconds <= 0 ? this.dataset.dfOver
        : two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60));
      if (seconds <= 0 && !this.dataset.dfDone) {
        this.dataset.dfDone = "1";
        $(this).trigger("df:over");
      }
    });
  }

  var ticking = false;

  function count() {
    if (!$("[data-df-ends]").length) { return; }
    tick();
    if (ticking) { return; }
    ticking = true;
    setInterval(tick, 1000);
    if ($script.length) {
      df.get($script.data("dfClock"), null, true).done(function (data) {
        offset = data.now - performance.now();
        tick();
      });
    }
  }

  // What holds for everybody stands on the page; the rest comes after it, one question for the cards and one for the product.
  function fill($lists, brief) {
    var url = $lists.first().data("url"), skus = {};
    if (!url) { return; }
    $lists.each(function () { skus[this.dataset.dfOffers] = true; });
    df.get(url, { sku: Object.keys(skus), brief: brief ? 1 : 0 }, true).done(function (data) {
      $lists.each(function () {
        var html = data.html[this.dataset.dfOffers];
        if (html !== undefined) { $(this).html(html).prop("hidden", !html.trim()).removeAttr("data-df-offers"); }
      });
      count();
      if (!brief) { price(); }
    });
  }

  function ask() {
    var $lists = $("[data-df-offers]");
    fill($lists.filter(".df-offers--brief"), true);
    fill($lists.not(".df-offers--brief"), false);
    price();
  }

  // What the page of a product reckons with: its lowest price, and how many pieces of it there are for this visitor.
  function price() {
    $(".df-offers:not(.df-offers--brief)").each(function () {
      var $lowest = null;
      $(this).find("[data-offer-price]").each(function () {
        var most = $(this).data("offerMost");
        if (most !== 0 && (!$lowest || +this.dataset.offerPrice < +$lowest.data("offerPrice"))) { $lowest = $(this); }
      });
      $(document).trigger("df:price", [$lowest ? { price: $lowest.data("offerPrice"), most: $lowest.data("offerMost") } : null]);
    });
  }

  // What is over is taken off the page at that second.
  $(document).on("df:over", ".df-offers li", function () {
    var $list = $(this).closest(".df-offers");
    $(this).remove();
    $list.prop("hidden", !$list.children().length);
    price();
  }).on("goods:loaded", function () { ask(); count(); });
  count();
  ask();

  $(document).on("submit", "form[data-claim]", function (event) {
    var $form = $(this), $button = $form.find("button");
    event.preventDefault();
    $button.prop("disabled", true);
    df.post($form.attr("action"), $form.serialize()).done(function (data, answer) {
      $button.text($form.data("claimed"));
      df.message(answer.message);
    }).fail(function (answer) {
      $button.prop("disabled", answer.code === "gone" || answer.code === "had");
    });
  });
});

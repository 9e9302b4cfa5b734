/* The catalogue's pages: carousel, filters, gallery, quantity, tabs, and what belongs to one visitor.
 * Everything works without it; the pages carry the addresses and the sentences.
 * Events on document: goods:quantity ({sku_id, quantity}) when the number on a detail page changes.
 */
jQuery(function ($) {
  "use strict";
  var rtl = document.dir === "rtl";
  var arrows = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 };

  // ---- carousel: stops on hover, focus, a hidden tab, reduced motion, and for good by its button
  $("[data-carousel]").each(function () {
    var $box = $(this), $slides = $box.find("[data-slide]"), $dots = $box.find("[data-carousel-go]");
    var $pause = $box.find("[data-carousel-pause]"), still = matchMedia("(prefers-reduced-motion: reduce)");
    var at = 0, held = false, stopped = still.matches;
    if ($slides.length < 2) { return; }
    $box.find("[data-carousel-controls]").prop("hidden", false);

    function show(n) {
      at = (n + $slides.length) % $slides.length;
      $slides.prop("hidden", true).eq(at).prop("hidden", false);
      $dots.removeAttr("aria-current").eq(at).attr("aria-current", "true");
    }
    function paint() {
      $pause.attr("aria-label", $pause.data(stopped ? "play" : "pause"));
      $pause.find(".df-ctl-pause").prop("hidden", stopped);
      $pause.find(".df-ctl-play").prop("hidden", !stopped);
      // A reader hears a slide that the visitor turned to, never one that turns by itself.
      $box.attr("aria-live", stopped ? "polite" : "off");
    }
    $dots.on("click", function () { stopped = true; paint(); show(+$(this).data("carouselGo")); });
    $pause.on("click", function () { stopped = !stopped; paint(); });
    $box.on("mouseenter focusin", function () { held = true; }).on("mouseleave focusout", function () { held = false; })
      .on("keydown", "[data-carousel-go]", function (e) {
        if (arrows[e.key]) { e.preventDefault(); stopped = true; paint(); show(at + arrows[e.key]); $dots.eq(at).trigger("focus"); }
      });
    still.addEventListener("change", function () { stopped = still.matches; paint(); });
    paint();
    setInterval(function () { if (!held && !stopped && !document.hidden) { show(at + 1); } }, 5000);
  });

  // ---- list: filters, order and pages without a new page; the address goes along
  var wide = matchMedia("(min-width: 901px)"), asked = 0;

  function load(url, push) {
    var mine = ++asked;
    $("[data-goods-results]").attr("aria-busy", "true");
    $.ajax({ url: url, dataType: "html", timeout: 15000 }).done(function (html) {
      if (mine !== asked) { return; }
      var page = new DOMParser().parseFromString(html, "text/html");
      var $new = $(page).find("[data-goods-list]");
      if (!$new.length) { location.assign(url); return; }
      var focus = document.activeElement && document.activeElement.name;
      $("[data-goods-list]").replaceWith($new);
      document.title = page.title;
      if (push) { history.pushState({ goods: true }, "", url); }
      if (focus) { $("[data-goods-filter] [name='" + CSS.escape(focus) + "']").first().trigger("focus"); }
      $(document).trigger("goods:loaded");
    }).fail(function () { location.assign(url); });
  }
  function query(form) {
    var text = $(form).serializeArray().filter(function (field) { return field.value !== ""; });
    return form.getAttribute("action") + (text.length ? "?" + $.param(text) : "");
  }
  if ($("[data-goods-list]").length) {
    history.replaceState({ goods: true }, "");
    $(document).on("change", "[data-goods-filter]", function () { if (wide.matches) { load(query(this), true); } })
      .on("submit", "[data-goods-filter]", function (e) { e.preventDefault(); load(query(this), true); })
      .on("click", ".df-sortbar a[href*='/'], .df-pager a, .df-chip[href], [data-goods-list] .df-act", function (e) {
        if (e.ctrlKey || e.metaKey || e.shiftKey || !$(this).closest("[data-goods-list]").length) { return; }
        e.preventDefault();
        load(this.href, true);
        if ($(this).closest(".df-pager").length) { $("[data-goods-results]")[0].scrollIntoView(); }
      })
      .on("keydown", "[data-goods-sheet]", function (e) {
        if (e.key === "Escape" && location.hash === "#filters") { $("[data-goods-sheet-close]")[0].click(); $("a[href='#filters']").trigger("focus"); }
      });
    $(window).on("popstate", function (e) { if (e.originalEvent.state && e.originalEvent.state.goods) { load(location.href, false); } })
      .on("hashchange", function () { if (location.hash === "#filters") { $("[data-goods-sheet-close]").trigger("focus"); } });
  }

  // ---- detail: gallery
  var $thumbs = $("[data-gallery-thumb]"), $picture = $("[data-gallery-picture]"), $zoom = $("[data-gallery-zoom]");
  var kept = { sizes: $picture.attr("sizes"), alt: $picture.attr("alt") };
  function showPicture(n, focus) {
    var $thumb = $thumbs.eq((n + $thumbs.length) % $thumbs.length);
    $thumbs.removeAttr("aria-current");
    $thumb.attr("aria-current", "true");
    // The thumb's own sizes, each as wide as the picture's place asks for.
    var $next = $thumb.children().first().clone().removeAttr("loading");
    $next.find("*").addBack().filter("[sizes]").attr("sizes", kept.sizes);
    $picture.closest("picture, img").replaceWith($next);
    $picture = $next.find("img").addBack("img").attr("alt", kept.alt).removeAttr("loading");
    $zoom.attr("href", $thumb.attr("href"));
    if (focus) { $thumb.trigger("focus"); }
  }
  $thumbs.on("click", function (e) { e.preventDefault(); showPicture($thumbs.index(this)); })
    .on("keydown", function (e) { if (arrows[e.key]) { e.preventDefault(); showPicture($thumbs.index(this) + arrows[e.key], true); } });
  $zoom.on("click", function (e) {
    var dialog = $("[data-gallery-dialog]")[0];
    e.preventDefault();
    $(dialog).find("img").attr("src", $(this).attr("href"));
    dialog.showModal();
  });
  $("[data-gallery-dialog]").on("click", function (e) { if (e.target === this) { this.close(); } });

  // ---- detail: quantity, total, exact stock
  var $detail = $("[data-goods-detail]");
  if ($detail.length) {
    var $number = $("[data-goods-quantity]"), price = Math.round($detail.data("price") * 100), most = +$detail.data("limit") || Infinity;
    var sku = String($detail.data("goodsDetail")), grams = !!$detail.data("grams");
    var least = +$detail.data("minimum"), by = +$detail.data("step"), per = +$detail.data("per") || 1, nominal = +$detail.data("nominal") || 1;

    // Some pieces, or all, may have a lower price: {price, most}.
    var offer = null;
    var total = function (n) {
      var cheap = offer ? Math.min(offer.most === undefined ? n : offer.most, n) : 0;
      return [[cheap, offer && Math.round(offer.price * 100)], [n - cheap, price]].reduce(function (sum, part) {
        return sum + Math.floor(part[0] * (part[1] || 0) * nominal / per + 0.5);
      }, 0);
    };
    // Down to a step, but for what the last step before the bound leaves.
    var setNumber = function (value) {
      var n = Math.max(least, Math.min(most, Math.floor(value / by) * by || 0));
      $number.val(df.quantity.show(n, grams));
      $("[data-goods-stepper] [data-step='-1']").prop("disabled", n <= least);
      $("[data-goods-stepper] [data-step='1']").prop("disabled", n >= most);
      $("[data-goods-total]").text(df.price(total(n) / 100));
      $("[data-goods-buy-now]").val(sku + ":" + df.quantity.write(n, grams));
      $(document).trigger("goods:quantity", [{ sku_id: sku, quantity: n }]);
    };
    $("[data-goods-stepper]").on("click", "[data-step]", function () { setNumber(df.quantity.read($number.val()) + by * $(this).data("step")); });
    // What was typed and cannot be is said; the buttons stop there by themselves.
    $number.on("change", function () {
      var typed = df.quantity.read(this.value);
      setNumber(typed);
      if (typed > most) { df.message($detail.data("most").replace("%s", df.quantity.show(most, grams)), { level: "warning" }); }
    });
    setNumber(least);
    $(document).on("df:price", function (event, found) {
      offer = found && found.price * 100 < price && !(grams && found.most !== undefined) ? found : null;
      setNumber(df.quantity.read($number.val()));
    });

    if ($number.length) {
      df.get($detail.data("stockUrl"), { sku_id: sku }, true).done(function (data) {
        var left = data.stock[sku], $stock = $("[data-goods-stock]");
        if (left === undefined || left === null) { return; } // null: without limit
        $stock.text(left ? $stock.data("text").replace("%s", df.quantity.show(left, grams)) : $stock.data("none"));
        $("[data-goods-buy-now], [data-cart-add]").filter("button").prop("disabled", left < least);
        most = Math.min(most, Math.max(least, left - left % by));
        setNumber(df.quantity.read($number.val()));
      });
    }
  }

  // ---- detail: three plain sections become tabs
  $("[data-goods-tabs]").each(function () {
    var $tabs = $(this).find("> .df-tabs a"), $panels = $tabs.map(function () { return $(this.hash)[0]; });
    $(this).find("> .df-tabs").attr("role", "tablist");
    $tabs.each(function (i) {
      $(this).attr({ role: "tab", id: "df-tab-" + i, "aria-controls": this.hash.slice(1) });
      $panels.eq(i).attr({ role: "tabpanel", "aria-labelledby": "df-tab-" + i });
    });
    function pick(n, focus) {
      n = (n + $tabs.length) % $tabs.length;
      $tabs.attr({ "aria-selected": "false", tabindex: -1 }).eq(n).attr({ "aria-selected": "true", tabindex: 0 });
      $panels.prop("hidden", true).eq(n).prop("hidden", false);
      if (focus) { $tabs.eq(n).trigger("focus"); }
    }
    function fromHash() { pick(Math.max(0, $tabs.get().findIndex(function (tab) { return tab.hash === location.hash; }))); }
    $tabs.on("click", function (e) { e.preventDefault(); pick($tabs.index(this)); history.replaceState(null, "", this.hash); })
      .on("keydown", function (e) { if (arrows[e.key]) { e.preventDefault(); pick($tabs.index(this) + arrows[e.key], true); } });
    $("[data-goods-tab-link]").on("click", function () { pick($tabs.get().findIndex((tab) => tab.hash === this.hash)); });
    $(window).on("hashchange", fromHash);
    fromHash();
  });

  // ---- strips that are pages of their own
  $("[data-goods-fragment]").each(function () {
    var $place = $(this);  // one file for all goods of a type, the one of this page too
    $.ajax({ url: $place.data("goodsFragment"), dataType: "html", timeout: 15000 }).done(function (html) {
      var found = new DOMParser().parseFromString(html, "text/html").body;
      $(found).find("[data-goods-card]").filter(function () { return $(this).data("goodsCard") === $detail.data("goodsDetail"); }).remove();
      if ($(found).find("[data-goods-card]").length) { $place.empty().append(found.childNodes); $(document).trigger("goods:loaded"); }
    });
  });

  // ---- detail: favourites, and being told. Whoever is not signed in follows the link.
  function paintWish($wish, on) {
    var $text = $wish.find("span").last();
    $wish.data("off", $wish.data("off") || $text.text()).attr("data-wished", on ? "1" : null);
    $text.text($wish.data(on ? "on" : "off"));
  }
  $(document).on("df:visitor", function (e, data) {
    if (!data.wishes) { return; }
    $("[data-goods-wish]").each(function () {
      var $wish = $(this);
      paintWish($wish, data.wishes.indexOf($wish.data("goodsWish")) >= 0);
      $wish.off("click.wish").on("click.wish", function (event) {
        event.preventDefault();
        df.post(this.href, { on: $wish.attr("data-wished") ? 0 : 1 }).done(function (answer, said) {
          paintWish($wish, answer.on);
          df.message(said.message);
        });
      });
    });
  });

  // ---- the visitor: a detail page tells what is looked at, other pages show what was
  if ($detail.length || $("[data-goods-history]").length) { df.visitor(); }
  $(document).on("df:visitor", function (e, data) {
    var cards = data.history || [];
    $("[data-goods-history]").each(function () {
      var $list = $(this).find("[data-goods-history-list]").empty(), template = $(this).find("[data-goods-history-card]")[0];
      $.each(cards, function (_, card) {
        var $card = $(template.content.cloneNode(true)).children();
        $card.attr("data-goods-card", card.sku_id).toggleClass("df-is-out", card.sold_out);
        $card.find(".df-media").addClass("df-t-" + card.tone);
        $card.find("img").attr("src", card.image_url || null).prop("hidden", !card.image_url);
        $card.find("a").attr("href", card.url).attr("lang", card.name_language || null).text(card.name);
        $card.find("[data-unit]").attr("lang", card.unit_language || null).text(card.unit);
        $card.find("[data-price]").text(df.price(card.price) + card.per);
        $list.append($card);
      });
      $(this).prop("hidden", !cards.length);
    });
  });
});

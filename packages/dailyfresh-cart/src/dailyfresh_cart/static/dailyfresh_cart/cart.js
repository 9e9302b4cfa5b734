/* Badge, add buttons and mini cart, for any page.
 *
 *   [data-cart-badge]               shows the number of lines, hidden at 0
 *   [data-cart-add=<sku_id>]        a stepper: [data-cart-more=1|-1] inside it, <output> for the quantity
 *   [data-cart-put=<sku_id>]        one button that adds; data-cart-quantity-from=<selector> of a number field
 *   [data-cart-here]                holds [data-cart-open] and its [data-cart-mini] with [data-cart-mini-content]
 * Events on document: df:cart ({count, sku_id, quantity}) after every answer of the server.
 */
(function (own) {
"use strict";
// A page that names no visitor request gets the cart's: it brings the token of the first POST.
var root = document.documentElement;
if (!document.querySelector("[data-visitor-url]")) { root.setAttribute("data-visitor-url", own.cartVisitorUrl); }
jQuery(function ($) {
  var $document = $(document);

  function once() {
    return Date.now().toString(36) + Math.random().toString(36).slice(2);
  }

  function paintBadge(count) {
    $("[data-cart-badge]").each(function () {
      var $badge = $(this), text = count > 99 ? "99+" : String(count);
      if ($badge.text() !== text) { $badge.addClass("df-pop").one("animationend", function () { $badge.removeClass("df-pop"); }); }
      $badge.prop("hidden", !count).text(text);
    });
  }

  function paintStepper($stepper, quantity) {
    $stepper.attr("data-quantity", quantity).toggleClass("df-on", quantity > 0).find("output").text(df.quantity.show(quantity, steps($stepper).grams));
  }

  function steps($stepper) {
    return { minimum: Number($stepper.data("minimum")) || 1, step: Number($stepper.data("step")) || 1, grams: $stepper.data("grams") !== undefined };
  }

  // "750g" of what is sold by weight; nothing where the cart still holds what was sold by the other measure.
  function held($stepper, quantity) {
    return (typeof quantity === "string") === steps($stepper).grams ? df.quantity.read(quantity) || 0 : 0;
  }

  function steppersOf(sku) {
    return $("[data-cart-add]").filter(function () { return $(this).attr("data-cart-add") === String(sku); });
  }

  // As df.post, but "try again" goes through the caller, who paints what comes of it.
  function post(url, data, again) {
    return df.post(url, data, true).fail(function (answer) {
      if (answer.status && answer.status < 500) { answer.show(); return; }
      df.message(answer.message, { level: "error", code: answer.code, action: own.textRetry, run: again });
    });
  }

  function told(answer) {
    paintBadge(answer.count);
    if (answer.sku_id !== undefined) { steppersOf(answer.sku_id).each(function () { paintStepper($(this), held($(this), answer.quantity)); }); }
    $document.trigger("df:cart", [answer]);
  }

  $document.on("df:visitor", function (event, data) {
    if (!data.cart || data.cart.available === false) { return; }
    paintBadge(data.cart.count);
    $("[data-cart-add]").each(function () { paintStepper($(this), held($(this), data.cart.lines[$(this).attr("data-cart-add")] || 0)); });
  });

  // One request per product at a time: painted at once, what the server says wins, a refusal takes it back.
  function step($stepper, way, click) {
    var sku = $stepper.attr("data-cart-add"), before = Number($stepper.attr("data-quantity")) || 0, how = steps($stepper);
    var by = way > 0 && !before ? how.minimum : how.step, after = before + way * by;
    if ($stepper.attr("aria-busy") === "true" || (way < 0 && !before)) { return; }
    if (after < how.minimum) { after = 0; }
    var wanted = df.quantity.write(way > 0 ? by : after, how.grams && after > 0);
    $stepper.attr("aria-busy", "true");
    paintStepper($stepper, after);
    post(way > 0 ? own.addUrl : own.setUrl,
      way > 0 ? { sku_id: sku, quantity: wanted, once: click } : { sku_id: sku, quantity: wanted },
      function () { step($stepper, way, click); }
    ).done(function (data, envelope) {
      $stepper.removeAttr("aria-busy");
      told({ count: data.count, sku_id: sku, quantity: way > 0 ? data.quantity : how.grams ? wanted : after });
      if (data.undo) {
        df.message(envelope.message, { action: own.textUndo, run: function () { restore(sku, data.undo); } });
      } else if (way > 0) { df.message(envelope.message); }
    }).fail(function () {
      $stepper.removeAttr("aria-busy");
      paintStepper($stepper, before);
    });
  }

  function restore(sku, undo) {
    post(own.restoreUrl, { undo: undo }, function () { restore(sku, undo); }).done(function (data) {
      var line = data.lines.filter(function (one) { return one.sku_id === sku; })[0];
      told({ count: data.count, sku_id: sku, quantity: line ? line.quantity : 0 });
    });
  }

  function put($button, quantity, click) {
    if ($button.attr("aria-busy") === "true") { return; }
    $button.attr("aria-busy", "true");
    post(own.addUrl, { sku_id: $button.attr("data-cart-put"), quantity: quantity, once: click }, function () { put($button, quantity, click); })
      .done(function (data, envelope) {
        told(data);
        df.message(envelope.message);
      }).always(function () { $button.removeAttr("aria-busy"); });
  }

  // `once` names the click: sent again, be it by "try again", it adds nothing.
  $document.on("click", "[data-cart-more]", function (event) {
    event.preventDefault();
    step($(this).closest("[data-cart-add]"), Number($(this).data("cartMore")), once());
  }).on("click", "[data-cart-put]", function (event) {
    var from = $(this).data("cartQuantityFrom");
    event.preventDefault();
    put($(this), from ? $(from).first().val() : $(this).data("quantity") || 1, once());
  });

  // The mini cart: a dialog under its button; the link itself stays the way without JavaScript.
  function open($here) {
    var $mini = $here.find("[data-cart-mini]");
    df.get(own.miniUrl).done(function (data) {
      $mini.find("[data-cart-mini-content]").html(data.html);
      paintBadge(data.count);
      $mini.prop("hidden", false).trigger("focus");
      $here.find("[data-cart-open]").attr("aria-expanded", "true");
    });
  }

  function close($here, back) {
    $here.find("[data-cart-mini]").prop("hidden", true);
    $here.find("[data-cart-open]").attr("aria-expanded", "false");
    if (back) { $here.find("[data-cart-open]").trigger("focus"); }
  }

  $("[data-cart-open]").attr({ "aria-haspopup": "dialog", "aria-expanded": "false" });
  $document.on("click", "[data-cart-open]", function (event) {
    var $here = $(this).closest("[data-cart-here]");
    if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    if ($here.find("[data-cart-mini]").prop("hidden")) { open($here); } else { close($here, true); }
  }).on("click", "[data-cart-close]", function () {
    close($(this).closest("[data-cart-here]"), true);
  }).on("click", function (event) {
    $("[data-cart-here]").each(function () {
      var $here = $(this);
      if (!$here.find("[data-cart-mini]").prop("hidden") && !$here.has(event.target).length) { close($here, false); }
    });
  }).on("keydown", "[data-cart-mini]", function (event) {
    var $mini = $(this), $stops, at;
    if (event.key === "Escape") { event.stopPropagation(); close($mini.closest("[data-cart-here]"), true); }
    if (event.key !== "Tab") { return; }
    $stops = $mini.find("a[href], button:not(:disabled), input:not(:disabled)").filter(":visible");
    at = $stops.index(document.activeElement);
    if (event.shiftKey ? at <= 0 : at === $stops.length - 1) {
      event.preventDefault();
      $stops.eq(event.shiftKey ? $stops.length - 1 : 0).trigger("focus");
    }
  }).on("df:cart", function (event, answer) {
    // A line changed in the open mini cart: its sums come from the server again.
    var $mini = $("[data-cart-mini]").filter(":visible");
    if (!$mini.length) { return; }
    df.get(own.miniUrl, null, true).done(function (data) {
      var focused = $(document.activeElement).closest("[data-cart-add]").attr("data-cart-add");
      var step = $(document.activeElement).attr("data-cart-more");
      $mini.find("[data-cart-mini-content]").html(data.html);
      if (focused) { $mini.find("[data-cart-more='" + step + "']").filter(function () {
        return $(this).closest("[data-cart-add]").attr("data-cart-add") === focused;
      }).add($mini).last().trigger("focus"); }
    });
  });

  window.df.cart = { badge: paintBadge, post: post, steps: steps, own: own };

  // Where a site has a visitor request of its own, the site knows when it is worth asking.
  if (root.getAttribute("data-visitor-url") === own.cartVisitorUrl && $("[data-cart-badge], [data-cart-add]").length) { df.visitor(); }
});
})(jQuery.extend({}, document.currentScript.dataset));

/* The cart page: every change is painted at once and asked of the server, whose rendered answer replaces the page's part.
 * Requests go one after another; for one product only the last wish is sent.
 */
jQuery(function ($) {
  "use strict";
  var $page = $("[data-cart-page]"), urls = $.extend({}, df.cart.own, $page.data());
  var wishes = [], running = false, begun = 0;
  var known = { html: $page.html(), count: $page.find("[data-cart-line]").length };

  // Whether a field holds what neither the server said nor was asked for.
  function isTyped(field) {
    return field.value !== field.defaultValue && field.value.trim() !== field.getAttribute("data-asked");
  }

  function keyed(key, sku) {
    return $page.find("[data-cart-key='" + key + "']").filter(function () { return skuOf(this) === sku; });
  }

  function paintSome() {
    $page.find("[data-cart-some]").prop("indeterminate", true);
  }

  function show(data) {
    var focused = document.activeElement, inside = $.contains($page[0], focused);
    var key = $(focused).attr("data-cart-key"), sku = skuOf(focused), typed = null;
    var pictures = {};
    $page.find("img").each(function () { pictures[this.getAttribute("src")] = this; });
    // What is being typed goes on in the new field: the old one says that it changed as it goes, and that is nothing to ask.
    if ($(focused).is("[data-cart-quantity]") && isTyped(focused)) {
      typed = { text: focused.value, from: focused.selectionStart, to: focused.selectionEnd };
      focused.setAttribute("data-asked", typed.text.trim());
    }
    $page.html(data.html);
    // The old pictures go on: new ones would flash.
    $page.find("img").each(function () { $(this).replaceWith(pictures[this.getAttribute("src")] || this); });
    paintSome();
    $("[data-cart-number]").text(data.count);
    $("[data-cart-kinds]").prop("hidden", !data.count);
    $("[data-cart-live]").text($page.find("[data-cart-total]").closest("div").text());
    df.cart.badge(data.count);
    if (inside) {
      var $again = key ? keyed(key, sku).not(":disabled") : $();
      if (!$again.length && sku) { $again = keyed("quantity", sku); }
      $again = ($again.length ? $again : $("[data-cart-title]")).first().trigger("focus");
      if (typed && $again.is("[data-cart-quantity]")) { $again.val(typed.text)[0].setSelectionRange(typed.from, typed.to); }
    }
  }

  function next() {
    var wish = wishes.shift();
    if (!wish) { running = false; return; }
    running = true;
    begun += 1;
    df.cart.post(wish.url, $.extend({ page: 1 }, wish.data), function () { ask(wish.what, wish.url, wish.data); })
      .done(function (data, envelope) {
        known = data;
        // While more is on its way, this answer would undo what is painted already.
        if (!wishes.length) { show(data); } else { df.cart.badge(data.count); }
        if (data.undo) {
          df.message(envelope.message, { action: urls.textUndo, run: function () { ask("undo", urls.restoreUrl, { undo: data.undo }); } });
        }
      }).fail(function (answer) {
        // Taken back at once; where it was refused the server tells how things stand.
        show(known);
        if (answer.status) { refresh(); }
      }).always(next);
  }

  // How things stand, unless more was wished since.
  function refresh() {
    var until = begun;
    df.get(urls.linesUrl, { page: 1 }, true).done(function (data) { if (begun === until) { show(known = data); } });
  }

  // `what` names the thing that is changed: a later wish for it takes the place of one that still waits.
  function ask(what, url, data) {
    wishes = wishes.filter(function (wish) { return wish.what !== what; });
    wishes.push({ what: what, url: url, data: data });
    if (!running) { next(); }
  }

  function skuOf(element) {
    return $(element).closest("[data-cart-line]").attr("data-cart-line");
  }

  function inputOf(element) {
    return $(element).closest("[data-cart-line]").find("[data-cart-quantity]");
  }

  // What cannot be read goes as it is: the server says what is wrong with it.
  function setQuantity(element, wanted, text) {
    var sku = skuOf(element), $stepper = $(element).closest("[data-cart-line]").find("[data-cart-stepper]");
    var $input = inputOf(element), most = Number($input.data("max")), how = df.cart.steps($input);
    var shown = isNaN(wanted) ? text : df.quantity.show(wanted, how.grams);
    $input.val(shown).attr("data-asked", shown);
    $stepper.find("[data-cart-step='-1']").prop("disabled", wanted <= how.minimum);
    $stepper.find("[data-cart-step='1']").prop("disabled", wanted >= most);
    $(element).closest("[data-cart-line]").find(".df-cs").attr("aria-busy", "true");
    ask("quantity " + sku, urls.setUrl, { sku_id: sku, quantity: isNaN(wanted) ? text : df.quantity.write(wanted, how.grams) });
  }

  $page.on("click", "[data-cart-step]", function (event) {
    var how = df.cart.steps(inputOf(this)), now = df.quantity.read(inputOf(this).val()) || how.minimum;
    event.preventDefault();
    setQuantity(this, Math.max(how.minimum, now + how.step * $(this).data("cartStep")));
  }).on("click", "[data-cart-take]", function (event) {
    event.preventDefault();
    setQuantity(this, Number($(this).data("cartTake")));
  }).on("change", "[data-cart-quantity]", function () {
    // Enter asks at once, and the browser tells of the same change again when the field goes.
    var typed = this.value.trim();
    if (this.getAttribute("data-asked") !== typed) { setQuantity(this, df.quantity.read(typed), typed); }
  }).on("focusout", "[data-cart-quantity]", function () {
    // A field that was drawn anew under the typing tells of no change by itself.
    if (isTyped(this)) { $(this).trigger("change"); }
  }).on("keydown", "[data-cart-quantity]", function (event) {
    if (event.key === "Enter") { event.preventDefault(); $(this).trigger("change"); }
  }).on("click", "[data-cart-remove]", function (event) {
    event.preventDefault();
    $(this).closest("[data-cart-line]").prop("hidden", true);
    ask("remove " + skuOf(this), urls.removeUrl, { sku_id: skuOf(this) });
  }).on("click", "[data-cart-remove-selected]", function (event) {
    var $lines = $page.find("[data-cart-select]:checked").closest("[data-cart-line]").prop("hidden", true);
    event.preventDefault();
    ask("remove selected", urls.removeUrl, { sku_id: $lines.map(function () { return $(this).attr("data-cart-line"); }).get() });
  }).on("click", "[data-cart-clear]", function (event) {
    event.preventDefault();
    $page.find("[data-cart-invalid]").prop("hidden", true);
    ask("clear", urls.clearUrl, {});
  }).on("change", "[data-cart-select]", function () {
    ask("select " + skuOf(this), urls.selectUrl, { sku_id: skuOf(this), selected: this.checked ? 1 : 0 });
  }).on("change", "[data-cart-all]", function () {
    $page.find("[data-cart-select]:not(:disabled), [data-cart-all]").prop({ checked: this.checked, indeterminate: false });
    ask("select all", urls.selectUrl, { all: 1, selected: this.checked ? 1 : 0 });
  });

  // A card beside the cart, or the mini cart, changed it.
  $(document).on("df:cart", refresh);
  $("[data-cart-undo-form]").prop("hidden", false);
  paintSome();
});

/* What every page of the store has: messages as a toast, the theme switch, the category menu, the visitor's name. */
jQuery(function ($) {
  "use strict";
  var $root = $("html"), $toast = $(".df-toast"), $live = $("[data-live]"), timer = null, before = null;

  // The focus goes back to where it was before the message's button took it.
  function hide() {
    if ($.contains($toast[0], document.activeElement) && before && before.isConnected) { $(before).trigger("focus"); }
    $toast.removeClass("df-on").attr("aria-hidden", "true").find("button").remove();
  }

  $(document).on("df:message", function (event, detail) {
    var wrong = detail.level === "error" || detail.level === "warning";
    event.preventDefault();
    clearTimeout(timer);
    if (wrong) { $(document).off("df:cart.take"); }
    if (!$.contains($toast[0], document.activeElement)) { before = document.activeElement; }
    $toast.find("button").remove();
    $toast.toggleClass("df-toast--error", wrong).find("span").text(detail.text);
    if (detail.action) {
      $("<button type='button'>").text(detail.action).appendTo($toast).on("click", function () { hide(); detail.run(); });
    }
    $toast.addClass("df-on").attr("aria-hidden", detail.action ? "false" : "true");
    $live.text(detail.text);
    timer = setTimeout(hide, wrong ? 6000 : detail.action ? 5000 : 2200);
  });

  function paintTheme() { $("[data-theme-switch]").attr("aria-pressed", String($root.attr("data-theme") === "dark")); }
  $(document).on("click", "[data-theme-switch]", function () {
    var theme = $root.attr("data-theme") === "dark" ? "light" : "dark";
    $root.attr("data-theme", theme);
    try { localStorage.setItem("df-theme", theme); } catch (refused) { /* kept for this page only */ }
    paintTheme();
  });
  paintTheme();

  // Esc shuts what hover or focus opened.
  $("[data-menu]").on("keydown", function (event) { if (event.key === "Escape") { $(this).addClass("df-shut"); } })
    .on("mouseleave focusout", function () { $(this).removeClass("df-shut"); });

  // A dish: one of each of its goods that the cart lacks, by the button of the first card that can be bought. One after the other, since
  // the first may open the cart of a guest; a refusal ends it.
  function take(left) {
    $(document).off("df:cart.take");
    if (!left.length) { return; }
    $(document).one("df:cart.take", function () { take(left.slice(1)); });
    $(left[0]).trigger("click");
  }
  function showTaking() { $("[data-take-all]").prop("hidden", !$("[data-together-part] [data-cart-more='1']").length); }
  $(document).on("click", "[data-take-all]", function () {
    take($("[data-together-part]").map(function () {
      var $steppers = $(this).find("[data-cart-add]");
      return $steppers.is(".df-on") ? null : $steppers.first().find("[data-cart-more='1']").get();
    }).get());
  }).on("goods:loaded", showTaking);
  showTaking();

  // A button or link that opens a dialog; a click beside the dialog shuts it.
  $(document).on("click", "[data-dialog]", function (event) {
    var dialog = $($(this).data("dialog"))[0];
    if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
  }).on("click", "[data-close]", function () { $(this).closest("dialog")[0].close(); })
    .on("click", "dialog", function (event) { if (event.target === this) { this.close(); } });

  $(document).on("df:visitor", function (event, data) {
    var user = data.user;
    if (!user) { return; }
    $("[data-visitor=guest]").prop("hidden", user.signed_in);
    $("[data-visitor=user]").prop("hidden", !user.signed_in);
    $("[data-visitor-name]").text(user.name || "");
    var unread = data.messages ? data.messages.unread : 0;
    $("[data-unread]").text(unread > 99 ? "99+" : unread).prop("hidden", !unread);
  });

  // The page without a network shows the cart as it was last seen; a cart that is empty, or whose owner left, is not kept.
  function keepCart() {
    var $page = $("[data-cart-page]"), lines = $page.find("[data-cart-line]").map(function () {
      var $line = $(this);
      return {
        name: $line.find(".df-cg div").children("a, span").first().text().trim(),
        quantity: $line.find("[data-cart-quantity]").val() || "",
        subtotal: $line.find(".df-cs").text().trim()
      };
    }).get();
    var seen = { at: Date.now(), lines: lines, total: $page.find("[data-cart-total]").first().text().trim() };
    try { localStorage.setItem("df-cart-seen", JSON.stringify(seen)); } catch (refused) { /* nothing is kept */ }
  }
  if ($("[data-cart-page]").length) {
    keepCart();
    $(window).on("pagehide", keepCart);
  }
  $(document).on("df:visitor", function (event, data) {
    if (data.cart && data.cart.available !== false && !data.cart.count) {
      try { localStorage.removeItem("df-cart-seen"); } catch (refused) { /* nothing was kept */ }
    }
  });

  // The home page is the same for all: what this buyer orders often comes after it.
  $(document).one("df:visitor", function (event, data) {
    var $usuals = $("[data-usuals]");
    if (!$usuals.length || !data.user || !data.user.signed_in) { return; }
    df.get($usuals.data("usuals"), {}, true).done(function (answer) {
      $usuals.html(answer.html).prop("hidden", !answer.html);
      if (answer.html) { $(document).trigger("df:visitor", [data]); }
    });
  });

  // Who has something here gets the page for when the network is gone; a first look costs nothing.
  if (navigator.serviceWorker && $root.data("worker") && ("; " + document.cookie).indexOf("; " + $root.data("visitorMarker") + "=") >= 0) {
    navigator.serviceWorker.register($root.data("worker")).catch(function () { /* not here, then */ });
  }

  if (window.df) { df.visitor(); }
});

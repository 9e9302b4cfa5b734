/* Show password, caps lock, strength, match, name check, province > city > district, addresses in a dialog, undoable delete, count-down. */
jQuery(function ($) {
  "use strict";

  $("[data-summary]").trigger("focus");

  // On phones the menu is a row that scrolls.
  $(".df-umenu [aria-current]").each(function () { this.scrollIntoView({ block: "nearest", inline: "nearest" }); });

  $("[data-eye]").prop("hidden", false).on("click", function () {
    var $eye = $(this), on = $eye.attr("aria-pressed") !== "true";
    $eye.attr({ "aria-pressed": String(on), "aria-label": $eye.data(on ? "hide" : "show") });
    $eye.siblings("input").attr("type", on ? "text" : "password");
  });

  $("[type=password]").on("keyup", function (event) {
    var key = event.originalEvent;
    $("[data-caps]").prop("hidden", !(key.getModifierState && key.getModifierState("CapsLock")));
  });

  // Only a hint while typing: the server's validators decide.
  $(".df-strong").each(function () {
    var $meter = $(this).prop("hidden", false), words = $meter.data("words").split("|");
    $meter.closest("form").find("[name$=password1]").on("input", function () {
      var text = this.value;
      var kinds = /\d/.test(text) + /[a-z]/i.test(text) + (/[^\da-z]/i.test(text) || text.length > 11);
      var n = !text ? 0 : text.length < 8 ? 1 : Math.max(1, kinds);
      $meter.attr("data-n", n).find("[data-word]").text(words[n]);
    });
  });

  function say($input, text) {
    var id = $input.attr("id") + "_error", help = $input.closest(".df-field").find("[id$=_helptext]").attr("id");
    $("#" + id).remove();
    $input.attr({ "aria-invalid": text ? "true" : null, "aria-describedby": [help, text && id].filter(Boolean).join(" ") || null });
    if (text) { $("<p class='df-error'>").attr("id", id).text(text).appendTo($input.closest(".df-field")); }
  }

  $("[data-differ]").each(function () {
    var $form = $(this), $first = $form.find("[name$=password1]"), $second = $form.find("[name$=password2]");
    $second.add($first).on("change", function () {
      if ($second.val()) { say($second, $second.val() === $first.val() ? "" : $form.data("differ")); }
    });
  });

  $("[data-name-check]").each(function () {
    var $form = $(this), $name = $form.find("[name=username]"), wait;
    $name.on("input", function () {
      var name = this.value;
      clearTimeout(wait);
      if (!name) { return say($name, ""); }
      wait = setTimeout(function () {
        df.get($form.data("nameCheck"), { username: name }, true).done(function (data, envelope) {
          if ($name.val() === name) { say($name, data.available ? "" : envelope.message); }
        });
      }, 300);
    });
  });

  $("[data-refresh]").remove();
  $(document).on("change", "[data-areas] [data-area]", function () {
    var $form = $(this).closest("form"), $selects = $form.find("[data-area]");

    function fill(index) {
      var $lower = $selects.slice(index + 1).each(function () {
        $(this).find("option").slice(1).remove();
        this.value = "";
      });
      var code = $selects.eq(index).val();
      if (!code || !$lower.length) { return; }
      df.get($form.data("areas"), { parent: code }).done(function (data) {
        if ($selects.eq(index).val() !== code) { return; }
        var $next = $selects.eq(index + 1);
        $.each(data.areas, function (_, area) { $("<option>").val(area.code).text(area.name).appendTo($next); });
        if (data.areas.length === 1) {
          $next.val(data.areas[0].code);
          fill(index + 1);
        }
      });
    }
    fill($selects.index(this));
  });

  // A link to the address book, on whatever page, opens its form in a dialog; the page is told of the address: df:address.
  $(document).on("click", "a[data-address-book]", function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    df.get($(this).attr("href")).done(function (data) {
      $("[data-address-dialog]").remove();
      $(data.dialog).appendTo("body").find("[data-refresh]").remove();
      $("[data-address-dialog]").on("close", function () { $(this).remove(); })[0].showModal();
    });
  }).on("submit", "[data-address-dialog] [data-areas]", function (event) {
    var $form = $(this), $button = $form.find("[type=submit]").prop("disabled", true);
    event.preventDefault();
    df.post($form.attr("action"), $form.serialize(), true).done(function (data) {
      $("[data-address-dialog]")[0].close();
      $(document).trigger("df:address", [data]);
    }).fail(function (answer) {
      $button.prop("disabled", false);
      if (!answer.data.form) {  // over the page nothing is seen but the dialog
        $form.prev(".df-message").remove();
        return $("<p class='df-message df-bad' role='alert'>").text(answer.message).insertBefore($form);
      }
      $(answer.data.form).replaceAll($form);
      $("[data-address-dialog]").find("[data-refresh]").remove().end().find("[data-summary]").trigger("focus");
    });
  });

  function redrawAddresses() {
    df.get(location.pathname + location.search, {}, true).done(function (data) {
      $("[data-addresses]").replaceWith(data.list);
      $("[data-addresses] a").first().trigger("focus");
    });
  }

  $(document).on("submit", "[data-address-delete]", function (event) {
    var $form = $(this), $item = $form.closest("li");
    event.preventDefault();
    $item.prop("hidden", true);
    df.post($form.attr("action"), {}).done(function (data, envelope) {
      redrawAddresses();
      df.message(envelope.message, {
        action: $form.data("undo"),
        run: function () {
          df.post($form.data("undoUrl"), data.restore).done(redrawAddresses);
        }
      });
    }).fail(function () { $item.prop("hidden", false); });
  });

  $("button[data-countdown]").each(function () {
    var $button = $(this).prop("disabled", true), rest = Number($button.data("countdown")), plain = $button.text();
    (function tick() {
      if (rest <= 0) { return $button.prop("disabled", false).text(plain); }
      $button.text($button.data("text").replace("{n}", rest));
      rest -= 1;
      setTimeout(tick, 1000);
    })();
  });
});

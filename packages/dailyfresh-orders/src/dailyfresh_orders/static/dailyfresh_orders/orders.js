/* The buyer's pages: confirm and place, count-downs, copying, stars and pictures of reviews. Every page works without it. */
jQuery(function ($) {
  "use strict";

  // The confirm page: another address, coupon or time is another quote; placing asks once and goes where the answer says.
  function draw(html, sentence) {
    var opened = $("[data-checkout] details[open]").map(function () { return known(this); }).get();
    var $box = $("[data-checkout]").html(html);
    $box.find("details").filter(function () { return opened.indexOf(known(this)) >= 0; }).prop("open", true);
    $box.find("[data-nojs]").prop("hidden", true);
    if (sentence) { $box.find("[data-said]").trigger("focus"); }
  }
  // What was unfolded stays so: it is known by the first field in it, a day by its first time.
  function known(details) {
    var $first = $(details).find("[name]").first();
    return details.className + $first.attr("name") + $first.val();
  }
  $("[data-checkout] [data-nojs]").prop("hidden", true);

  // All times are one group of radio buttons, where Tab leads to the chosen one only: out of the heading of an open day it goes into that day.
  $(document).on("keydown", ".df-day:not(.df-some)[open]>summary", function (event) {
    var $times = $(this).parent().find("[name=window]:enabled");
    if (event.key === "Tab" && !event.shiftKey && $times.length && !$times.is(":checked")) {
      event.preventDefault();
      $times.first().trigger("focus");
    }
  });

  // `changed` goes along in place of the field of its name: a new address is in no field yet.
  function quote(changed) {
    var fields = $("[data-place]").serializeArray().filter(function (field) { return field.name !== changed.name; });
    $("[data-once]").prop("disabled", true);
    df.post($("[data-quote-url]").data("quoteUrl"), $.param(fields.concat(changed))).done(function (data) {
      draw(data.html);
      $("[data-quote-url] [name=" + changed.name + "]:checked").trigger("focus");
    }).fail(function () { $("[data-once]").prop("disabled", false); });
  }
  var choices = "[data-quote-url] [name=address], [data-quote-url] [name=coupon], [data-quote-url] [name=window]";
  $(document).on("change", choices, function () {
    quote({ name: this.name, value: this.value });
  }).on("df:address", function (event, data) {
    if ($("[data-quote-url]").length) { quote({ name: "address", value: data.id }); }
  }).on("submit", "[data-place]", function (event) {
    var form = this, $form = $(form), $buttons = $("[data-once]"), words = $buttons.first().text();
    event.preventDefault();
    if ($form.data("sent")) { return; }
    $form.data("sent", true);
    $buttons.prop("disabled", true).text($form.data("busy"));
    df.post($form.attr("action"), $form.serialize(), true).done(function (data) {
      location.replace(data.url);  // back from there is the cart: what was confirmed is ordered
    }).fail(function (answer) {
      $form.data("sent", false);
      $buttons.prop("disabled", false).text(words);
      if (answer.data.html) { draw(answer.data.html, answer.message); } else { answer.show(); }
    });
  });

  // A step that cannot be taken back is asked about in a dialog.
  $(document).on("submit", "form[data-confirm]", function (event) {
    var form = this, dialog = $("[data-confirm-dialog]")[0];
    if (!dialog || !dialog.showModal) { return; }
    event.preventDefault();
    $(dialog).find("[data-confirm-text]").text($(form).data("confirm"));
    $(dialog).find("[data-confirm-yes]").off("click").on("click", function () { form.submit(); });
    dialog.showModal();
  }).on("click", "[data-confirm-no]", function () { $(this).closest("dialog")[0].close(); });

  // An invoice title is added over the page: nothing that was chosen or written on it is lost.
  $(document).on("click", "[data-invoice-book]", function (event) {
    var dialog = $("[data-invoice-dialog]")[0];
    if (!dialog || !dialog.showModal) { return; }
    event.preventDefault();
    dialog.showModal();
  }).on("submit", "[data-invoice-form]", function (event) {
    var $form = $(this);
    event.preventDefault();
    df.post($form.attr("action"), $form.serialize(), true).done(function (data) {
      $form.find("[name=title], [name=tax_number]").val("");
      $form.closest("dialog")[0].close();
      $("#df-invoice").append($("<option>").val(data.id).text(data.title)).val(data.id).trigger("focus");
    }).fail(function (answer) {
      if (!answer.data.html) { answer.show(); return; }
      $form.find("[data-invoice-fields]").html(answer.data.html).find("[aria-invalid=true]").first().trigger("focus");
    });
  });

  $("form:has([data-once])").not("[data-place]").on("submit", function () {
    $(this).find("[data-once]").prop("disabled", true);
  });

  $(document).on("input", "[data-count]", function () { $($(this).data("count")).text(this.value.length); });

  if (navigator.clipboard) {
    $("[data-copy]").removeAttr("data-idle").on("click", function () {
      var $button = $(this);
      navigator.clipboard.writeText(String($button.attr("data-copy"))).then(function () { df.message($button.data("copied")); });
    });
  }


  $("[data-countdown]").each(function () {
    var $left = $(this), end = Date.now() + 1000 * $left.data("countdown"), timer = setInterval(tick, 1000);
    function two(n) { return (n < 10 ? "0" : "") + n; }
    function tick() {
      var seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
      $left.text(two(Math.floor(seconds / 60)) + ":" + two(seconds % 60));
      if (!seconds) { clearInterval(timer); $left.trigger("df:elapsed"); }
    }
  });

  // The time to pay is over: the page knows what happens now. Where a payment is waited for, pay.js asks instead.
  $(document).on("df:elapsed", function () {
    if (!$("[data-poll]").length) { setTimeout(function () { location.reload(); }, 1000); }
  });

  // Stars: the word of the chosen one stands beside them.
  function word(box) {
    var $chosen = $(box).find("input:checked + label");
    $(box).next("output").text($chosen.data("word") || "");
  }
  $("[data-rate]").each(function () { word(this); }).on("change", function () { word(this); });

  // Pictures are previewed on a canvas: no blob: address, so the strict CSP stands. The field keeps what is shown.
  $("[data-photos]").on("change", "input[type=file]", function () {
    var input = this, $box = $(input).closest("[data-photos]"), $label = $(input).closest("label"), most = $box.data("most");
    var files = new DataTransfer();
    $.each($.makeArray($box.data("files") || []).concat($.makeArray(input.files)), function (n, file) {
      if (n < most && /^image\//.test(file.type)) { files.items.add(file); }
      if (n === most) { df.message($box.data("tooMany"), { level: "warning" }); }
    });
    keep($box, $label, input, files);
  }).on("click", "[data-drop]", function () {
    var $box = $(this).closest("[data-photos]"), $label = $box.children("label"), input = $label.find("input")[0];
    var dropped = $box.find("[data-drop]").index(this), files = new DataTransfer();
    $.each($box.data("files") || [], function (n, file) { if (n !== dropped) { files.items.add(file); } });
    keep($box, $label, input, files);
    input.focus();
  });
  function keep($box, $label, input, files) {
    input.files = files.files;
    $box.data("files", $.makeArray(files.files));
    $box.children("span").remove();
    $.each(files.files, function (n, file) {
      var $shown = $("<span class='df-th'>").insertBefore($label);
      var $drop = $("<button type='button' class='df-o' data-drop>").attr("aria-label", $box.data("dropWords") + " " + file.name).text("×");
      createImageBitmap(file).then(function (picture) {
        var canvas = $("<canvas width='168' height='168' role='img'>").attr("aria-label", file.name)[0];
        var side = Math.min(picture.width, picture.height);
        canvas.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 168, 168);
        $shown.prepend(canvas);
      });
      $shown.append($drop);
    });
  }

  // More reviews on the page of the goods; without the script the link is a page of its own.
  $(document).on("click", "[data-more-reviews]", function (event) {
    var $link = $(this);
    event.preventDefault();
    df.get($link.attr("href")).done(function (data) { $link.closest("p").replaceWith(data.html); });
  });
});

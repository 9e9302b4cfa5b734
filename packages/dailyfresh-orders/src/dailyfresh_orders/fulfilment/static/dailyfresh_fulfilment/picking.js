/* Packing on a line that comes and goes: a pick is kept in the browser under its own key until a page shows it, and the key makes sure that
 * what is sent twice is once. A scanner types its code and Enter; a scale's label has grams in it. Works without this too. */
jQuery(function ($) {
  "use strict";
  var $box = $("[data-box]"), NAME = "dailyfresh.picks." + $box.data("box"), memory = null, sending = false;

  // What lies in a browser may be anything: only picks of this box are taken out of it.
  function kept() {
    if (memory) { return memory; }
    try {
      return $.grep($.makeArray(JSON.parse(localStorage.getItem(NAME))), function (each) {
        return each && each.key && each.line && each.data && String(each.url).indexOf(location.pathname) === 0;
      });
    } catch (error) { return []; }
  }

  function keep(picks) {
    memory = null;
    try { localStorage.setItem(NAME, JSON.stringify(picks)); } catch (error) { memory = picks; }  // full, or shut: this page's memory has to do
    $("[data-waiting]").prop("hidden", !waiting().length).text(waiting().length + " · " + $box.data("kept"));
  }

  function waiting() { return kept().filter(function (each) { return !each.answered; }); }

  function newKey() {
    var bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function card(line) { return $("[data-line='" + line + "']"); }

  // What waits for the network is in the box all the same, also after the page was loaded anew. What was answered when this page was on its
  // way already, or a copy from before, is not in it: that is sent again, and the key makes it once.
  function mark() {
    var picks = kept().filter(function (each) { return !each.answered || card(each.line).is(":not(.df-picked)"); });
    keep($.map(picks, function (each) { return $.extend(each, { answered: false }); }));
    $.each(kept(), function (_n, each) { say(each.line, $box.data("kept")); card(each.line).addClass("df-picked"); });
  }

  function say(line, words) { card(line).find("[data-said]").first().text(words).prop("hidden", !words); }

  // One after the other, so that the last word about a line is the last one written.
  function send() {
    var first = waiting()[0];
    if (sending || !first) { return; }
    sending = true;
    df.post(first.url, first.data, true).done(function (data) {
      var $old = card(first.line), opened = $old.find(":focus").length;
      $old.replaceWith(data.html);
      $("[data-left]").text(data.left);
      if (opened) { next(); }
      gone(true);
      $(document).trigger("packing:picked");
    }).fail(function (answer) {
      if (answer.status === 401 || answer.status === 403) {  // signed out meanwhile: what was picked waits for whoever signs in here
        sending = false;
        answer.show();
      } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        say(first.line, answer.message);
        card(first.line).removeClass("df-picked");
        gone(false);
      } else {
        sending = false;
        mark();
        setTimeout(send, 4000);
      }
    });
    function gone(answered) {
      sending = false;
      keep($.map(kept(), function (each) { return each.key !== first.key ? each : answered ? $.extend(each, { answered: true }) : null; }));
      send();
    }
  }

  function next() {
    $(".df-pick:not(.df-picked)").first().find("[data-quantity]").trigger("focus").trigger("select");
  }

  $(document).on("submit", "[data-pick]", function (event) {
    var $form = $(this), key = newKey(), line = String($form.find("[name=line]").val());
    event.preventDefault();
    $form.find("[name=key]").val(key);
    say(line, "");
    card(line).addClass("df-picked");
    keep(kept().concat({ key: key, line: line, url: $form.attr("action"), data: $form.find("[name]").not("[name=csrfmiddlewaretoken]").serialize() }));
    send();
  });

  $(document).on("submit", "[data-finish]", function (event) {
    if (waiting().length) {
      event.preventDefault();
      $(this).find("[data-once]").prop("disabled", false);  // orders.js took it for sent
      df.message($box.data("unsent"), { level: "error" });
      send();
    }
  });

  // 2x iiiii ggggg c: what a scale in the shop prints, as labels.py reads it.
  function scanned(code) {
    var sum = 0;
    if (/^2\d{12}$/.test(code)) {
      $.each(code.split(""), function (n, digit) { sum += digit * (n % 2 ? 3 : 1); });
      if (sum % 10 === 0) { return { code: String(+code.slice(2, 7)), grams: +code.slice(7, 12) }; }
    }
    return { code: code };
  }

  function look(text) {
    var found = scanned(text.trim());
    var $card = $(".df-pick").filter(function () { return String($(this).attr("data-sku")) === found.code; }).first();
    $(".df-found").removeClass("df-found");
    if (!$card.length) { df.message($box.data("unknown"), { level: "error" }); return; }
    $card.addClass("df-found").find("details").prop("open", true);
    var $field = $card.find("[data-grams]").add($card.is("[data-by-weight]") ? $card.find("[data-quantity]") : []).last();
    if (found.grams && $field.length) { $field.val(found.grams); } else { $field = $card.find("[data-quantity]").last(); }
    $card[0].scrollIntoView({ block: "center" });
    $field.trigger("focus").trigger("select");
  }

  $(document).on("submit", "[data-scan]", function (event) {
    var $field = $(this).find("input");
    event.preventDefault();
    if ($field.val()) { look($field.val()); }
    $field.val("");
  });

  // A scanner sends Enter behind the code: in the field of a substitute it goes on to how much.
  $(document).on("keydown", "[data-instead]", function (event) {
    if (event.key !== "Enter") { return; }
    var found = scanned($(this).val().trim()), $form = $(this).closest("form");
    event.preventDefault();
    $(this).val(found.code);
    if (found.grams) { $form.find("[name=grams]").val(found.grams); }
    $form.find("[name=quantity]").trigger("focus").trigger("select");
  });

  $(document).on("click", "[data-suggested]", function () {
    var $form = $(this).closest("form");
    $form.find("[data-instead]").val($(this).data("suggested"));
    $form.find("[name=quantity]").trigger("focus").trigger("select");
  });

  if (window.BarcodeDetector && navigator.mediaDevices) {
    $("[data-camera]").prop("hidden", false).on("click", function () {
      var view = $("[data-view]")[0], detector = new BarcodeDetector(), stream = null;
      function stop() {
        $.each(stream ? stream.getTracks() : [], function (_n, track) { track.stop(); });
        view.hidden = true;
      }
      function watch() {
        if (view.hidden) { return; }
        detector.detect(view).then(function (codes) {
          if (codes.length) { stop(); look(codes[0].rawValue); } else { setTimeout(watch, 200); }
        }, function () { setTimeout(watch, 200); });
      }
      if (!view.hidden) { stop(); return; }
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (found) {
        stream = view.srcObject = found;
        view.hidden = false;
        view.play();
        watch();
      }, function () { df.message($box.data("unseen"), { level: "error" }); });
    });
  }

  $(window).on("online", send);
  mark();
  send();
});

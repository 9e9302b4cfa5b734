/* The AJAX ground of the DailyFresh packages; loaded twice, the first one serves.
 *
 * Every answer is one envelope: {"ok": bool, "code": "...", "message": "...", "data": {...}}.
 *   df.get(url, data), df.post(url, data)  give done(data, envelope), fail(envelope), always(either); called anew
 *                                          with what "try again" brought
 *   df.visitor()                           the visitor request, once a page; needs data-visitor-url on <html> or a <script>;
 *                                          not made without the cookie that data-visitor-marker names
 *   df.price(amount)                       an amount in the site's currency, as the page's language writes it
 *   df.quantity.show(n, grams)             "3", or "750 g" and "1.5 kg"; .write gives 3 and "750g" for the server, .read what was typed
 *   df.message(text, {level, action, run}) shows a message, with a button that calls run
 * Events on document: df:visitor (data), df:message ({text, level, code, action, run}).
 * A handler that shows df:message itself calls preventDefault(); else it goes into
 * [data-df-messages], which is made where the page has none.
 * The sentences come from the data-* of the <script> tag; failures in the network carry a retry.
 */
(function ($) {
  "use strict";
  if (window.df) { return; }

  var text = $.extend({}, document.currentScript.dataset);
  var WORDS = { 401: text.login, 403: text.forbidden, 404: text.missing, 409: text.conflict, 410: text.missing, 429: text.throttled };
  var token = null, asked = null, timer = null;

  function sameOrigin(url) {
    return new URL(url, location.href).origin === location.origin;
  }

  function knownToken() {
    return token || $("input[name=csrfmiddlewaretoken]").first().val() || null;
  }

  // The site's own visitor request goes before that of a package whose pages need one.
  function place() {
    var $site = $("html[data-visitor-url]");
    return $site.length ? $site : $("script[data-visitor-url]").first();
  }

  // Who has nothing of their own here carries no marker cookie: nothing to ask, unless the page is to be remembered.
  function nothingToAsk() {
    var marker = $("html").data("visitorMarker");
    return marker && !place().is("[data-visitor-data]") && ("; " + document.cookie).indexOf("; " + marker + "=") < 0;
  }

  function visitor(forToken) {
    var url = place().data("visitorUrl");
    if (!asked && !forToken && nothingToAsk()) { return $.Deferred().resolve({}).promise(); }
    if (!asked) {
      asked = !url ? $.Deferred().resolve({}).promise() : send("GET", url, place().data("visitorData"), true).done(function (data) {
        token = data.csrf || token;
        $(document).trigger("df:visitor", [data]);
      }).fail(function () { asked = null; });
    }
    return asked;
  }

  // Static pages carry no token: the visitor request brings one before the first POST.
  function withToken() {
    var ready = $.Deferred();
    if (knownToken()) { ready.resolve(); } else { visitor(true).done(ready.resolve).fail(ready.reject); }
    return ready.promise();
  }

  function failure(xhr, again) {
    var body = xhr.responseJSON || {};
    var status = xhr.status;
    var fallback = !status ? text.network : WORDS[status] || (status >= 400 && status < 500 ? text.refused : text.broken);
    var answer = {
      ok: false, xhr: xhr, status: status, data: body.data || {},
      code: body.code || (status ? "http_" + status : "network"),  // 200 where the answer was none
      message: body.message || fallback || ""
    };
    var options = { level: "error", code: answer.code };
    if (status === 401 && answer.data.login_url) {
      options.action = text.signin;
      options.run = function () { location.assign(answer.data.login_url); };
    } else if (status < 400 || status >= 500) {
      options.action = text.retry;
      options.run = again;
    }
    answer.show = function () { message(answer.message, options); };
    return answer;
  }

  // Not a promise, which answers once: what "try again" brings is told to the same caller.
  function send(method, url, data, quiet) {
    var good = $.Callbacks("memory"), bad = $.Callbacks("memory");
    var told = {
      done: function (listener) { good.add(listener); return told; },
      fail: function (listener) { bad.add(listener); return told; },
      always: function (listener) { return told.done(listener).fail(listener); }
    };
    function go() {
      function failed(answer) {
        if (!quiet) { answer.show(); }
        bad.fire(answer);
      }
      (method === "GET" ? $.Deferred().resolve().promise() : withToken()).fail(function (answer) {
        failed(failure(answer.xhr, go));  // nothing was sent: the first question failed already
      }).done(function () {
        var headers = {};
        if (method !== "GET" && sameOrigin(url) && knownToken()) { headers["X-CSRFToken"] = knownToken(); }
        $.ajax({ url: url, method: method, data: data, dataType: "json", headers: headers, timeout: 15000, traditional: true })
          .done(function (body) { good.fire(body.data || {}, body); })
          .fail(function (xhr) { failed(failure(xhr, go)); });
      });
    }
    go();
    return told;
  }

  function message(words, options) {
    var detail = $.extend({ text: words, level: "success" }, options);
    var event = $.Event("df:message");
    $(document).trigger(event, [detail]);
    if (event.isDefaultPrevented()) { return; }
    var $box = $("[data-df-messages]").first().empty();
    if (!$box.length) { $box = $("<div data-df-messages role='status' aria-live='polite'>").appendTo("body"); }
    var $line = $("<p class='df-message'>").addClass("df-message--" + detail.level).append($("<span>").text(words));
    if (detail.action) {
      $("<button type='button' class='df-message__action'>").text(detail.action).appendTo($line).on("click", function () {
        $line.remove();
        detail.run();
      });
    }
    $box.append($line);
    clearTimeout(timer);
    timer = setTimeout(function () { $line.remove(); }, detail.action || detail.level !== "success" ? 6000 : 2500);
  }

  var money = null;

  function price(amount) {
    money = money || new Intl.NumberFormat(document.documentElement.lang || [], {
      style: "currency", currency: text.currency, currencyDisplay: "narrowSymbol"
    });
    return money.format(amount);
  }

  // As dailyfresh_core.pricing.measures has it: a number is pieces, or grams that say so.
  var units = { g: 1, kg: 1000, "克": 1, "斤": 500, "公斤": 1000, "千克": 1000 };
  var quantity = {
    read: function (text) {
      var found = /^\s*(\d+(?:[.,]\d+)?)\s*(kg|g|克|斤|公斤|千克)?\s*$/i.exec(text);
      return found ? Math.round(found[1].replace(",", ".") * (units[(found[2] || "g").toLowerCase()])) : NaN;
    },
    write: function (n, grams) { return grams ? n + "g" : String(n); },
    show: function (n, grams) {
      if (!grams) { return String(n); }
      if (n < 1000) { return n + "\u00a0g"; }
      return (n / 1000).toLocaleString(document.documentElement.lang || [], { maximumFractionDigits: 3, useGrouping: false }) + "\u00a0kg";
    }
  };

  window.df = {
    get: function (url, data, quiet) { return send("GET", url, data, quiet); },
    post: function (url, data, quiet) { return send("POST", url, data, quiet); },
    visitor: function () { return visitor(false); },
    message: message,
    price: price,
    quantity: quantity
  };
})(jQuery);

/* The search box: suggestions while one types, as an ARIA combobox with a list of groups.
 * Found by form[data-search="<address of the suggestions>"]; the sentences are in its data-search-*.
 * Own searches are kept in this browser only. Works after ajax.js; without scripts the form is a form.
 */
jQuery(function ($) {
  "use strict";
  var KEY = "df-searches", KEPT = 6, PAUSE = 150;

  function recent() {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch (error) { return []; }
  }
  function remember(text) {
    text = text.trim();
    if (!text) { return; }
    try { localStorage.setItem(KEY, JSON.stringify([text].concat(recent().filter(function (t) { return t !== text; })).slice(0, KEPT))); } catch (error) { /* private mode */ }
  }
  function forget() {
    try { localStorage.removeItem(KEY); } catch (error) { /* private mode */ }
  }

  // Which goods are chosen of the results is counted, for the shop's search desk; nobody waits for it.
  $("[data-search-clicked]").on("click", "[data-goods-card] a", function () {
    var $list = $(this).closest("[data-search-clicked]"), said = new FormData();
    said.append("q", $list.attr("data-search-words"));
    said.append("sku_id", $(this).closest("[data-goods-card]").attr("data-goods-card"));
    if (navigator.sendBeacon) { navigator.sendBeacon($list.attr("data-search-clicked"), said); }
  });

  $("form[data-search]").each(function (number) {
    var $form = $(this), $input = $form.find("input[name=q]"), words = $form.data(), id = "df-suggest-" + number;
    var known = {}, asked = 0, timer = null, composing = false, typed = $input.val(), at = -1;
    var $box = $("<div class='df-suggest' hidden>").insertAfter($form);
    var $list = $("<div role='listbox'>").attr({ id: id, "aria-label": words.searchSearches }).appendTo($box);
    var $forget = $("<button type='button' class='df-suggest-forget' hidden>").text(words.searchForget).appendTo($box);
    var $status = $("<div class='df-visually-hidden' role='status' aria-live='polite'>").insertAfter($box);

    $input.attr({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, "aria-haspopup": "listbox" });

    function options() { return $list.find("[role=option]"); }

    function close() {
      $box.prop("hidden", true);
      $input.attr("aria-expanded", "false").removeAttr("aria-activedescendant");
      at = -1;
    }

    function marked(text, marks) {
      var $text = $("<span class='df-suggest-text'>"), from = 0;
      (marks || []).forEach(function (mark) {
        $text.append(document.createTextNode(text.slice(from, mark[0])), $("<mark>").text(text.slice(mark[0], mark[1])));
        from = mark[1];
      });
      return $text.append(document.createTextNode(text.slice(from)));
    }

    // What somebody typed in Chinese, on a page that is not.
    function script(text) { return /[\u3400-\u9fff]/.test(text) && !/^(zh|ja)/.test(document.documentElement.lang) ? "zh" : null; }

    function option(item) {
      var $option = $("<div role='option' aria-selected='false'>").data("item", item);
      if (item.image) {
        $("<img alt='' width='40' height='40' loading='lazy'>").attr("src", item.image).addClass("df-t-" + item.tone).appendTo($option);
      }
      $option.append(marked(item.text, item.marks).attr("lang", item.language || script(item.text)));
      if (item.price) {
        $("<span class='df-suggest-price'>").text(df.price(item.price) + " / " + item.unit).appendTo($option);
      }
      return $option;
    }

    function show(items, mine) {
      var groups = [["type", words.searchTypes], ["recent", words.searchRecent], ["search", words.searchSearches], ["popular", words.searchPopular], ["goods", words.searchGoods]];
      var count = 0;
      $list.empty();
      groups.forEach(function (group, n) {
        var own = items.filter(function (item) { return item.kind === group[0]; });
        if (!own.length) { return; }
        var label = id + "-g" + n;
        var $group = $("<div role='group'>").attr("aria-labelledby", label).append($("<div class='df-suggest-head' role='presentation'>").attr("id", label).text(group[1]));
        own.forEach(function (item) { $group.append(option(item).attr("id", id + "-" + count++)); });
        $list.append($group);
      });
      $forget.prop("hidden", !mine);
      at = -1;
      $input.removeAttr("aria-activedescendant");
      if (!count) { close(); $status.text(words.searchNone); return; }
      $box.prop("hidden", false);
      $input.attr("aria-expanded", "true");
      $status.text(words.searchCount.replace("{n}", count));
    }

    function ask() {
      var text = $input.val().trim(), mine = ++asked, own = text ? [] : recent();
      function take(data) {
        known[text] = data;
        if (mine !== asked || document.activeElement !== $input[0]) { return; }
        var items = own.map(function (t) { return { kind: "recent", text: t }; });
        (data.popular || []).forEach(function (t) {
          if (own.indexOf(t) < 0) { items.push({ kind: "popular", text: t }); }
        });
        show(items.concat(data.items || []), own.length > 0);
      }
      if (known[text]) { take(known[text]); return; }
      df.get(words.search, { q: text }, true).done(take).fail(function () { take({}); delete known[text]; });
    }

    function move(to) {
      var $all = options();
      if (!$all.length) { return; }
      // One place before the first and after the last is the box itself, with what was typed.
      at = to < -1 ? $all.length - 1 : to >= $all.length ? -1 : to;
      $all.attr("aria-selected", "false");
      if (at < 0) {
        $input.val(typed).removeAttr("aria-activedescendant");
        return;
      }
      var $one = $all.eq(at).attr("aria-selected", "true"), item = $one.data("item");
      $input.attr("aria-activedescendant", $one.attr("id"));
      $input.val(item.kind === "goods" || item.kind === "type" ? typed : item.text);
      $one[0].scrollIntoView({ block: "nearest" });
    }

    function take(item) {
      close();
      if (item.url && item.kind !== "search") {
        remember(typed);
        location.assign(item.url);
        return;
      }
      $input.val(item.text);
      $form.trigger("submit");
    }

    $input.on("compositionstart", function () { composing = true; })
      .on("compositionend", function () { composing = false; $input.trigger("input"); })
      .on("input", function () {
        typed = $input.val();
        clearTimeout(timer);
        // Letters of an unfinished character are no query.
        if (!composing) { timer = setTimeout(ask, PAUSE); }
      })
      .on("focus click", function () { typed = $input.val(); if ($box.prop("hidden")) { ask(); } })
      .on("keydown", function (e) {
        if (composing || e.originalEvent.isComposing) { return; }
        var open = !$box.prop("hidden");
        if (e.key === "ArrowDown" || e.key === "ArrowUp") {
          e.preventDefault();
          if (open) { move(at + (e.key === "ArrowDown" ? 1 : -1)); } else { ask(); }
        } else if (e.key === "Escape" && open) {
          e.preventDefault();
          $input.val(typed);
          close();
        } else if (e.key === "Enter" && open && at >= 0) {
          e.preventDefault();
          take(options().eq(at).data("item"));
        } else if (e.key === "Tab") {
          close();
        }
      });
    // The press must not take the focus away before the click arrives.
    $box.on("mousedown", function (e) { e.preventDefault(); })
      .on("click", "[role=option]", function () { take($(this).data("item")); })
      .on("mousemove", "[role=option]", function () {
        options().attr("aria-selected", "false");
        $(this).attr("aria-selected", "true");
      });
    $forget.on("click", function () { forget(); known = {}; ask(); });
    $form.on("submit", function () { remember($input.val()); close(); });
    $input.on("blur", function () { asked++; close(); });
  });
});

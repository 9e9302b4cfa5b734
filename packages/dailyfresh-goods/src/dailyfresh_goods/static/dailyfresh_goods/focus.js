/* The admin's page of a picture: a click on it chooses the point that its squares are cut round. */
django.jQuery(function ($) {
  "use strict";
  var $box = $("[data-focus]"), $x = $("#id_focus_x"), $y = $("#id_focus_y");

  function show() { $box.find("i").css({ left: $x.val() + "%", top: $y.val() + "%" }); }
  function percent(at, whole) { return Math.min(100, Math.max(0, Math.round(at * 100 / whole))); }

  $box.on("click", function (e) {
    var edge = this.getBoundingClientRect();
    $x.val(percent(e.clientX - edge.left, edge.width));
    $y.val(percent(e.clientY - edge.top, edge.height));
    show();
  });
  $x.add($y).on("input", show);
  show();
});

/* A page that is the same for everybody says when it comes to this visitor, once the visitor request has told. */
jQuery(function ($) {
  "use strict";
  $(document).on("df:visitor", function (event, data) {
    if (data.delivery) { $("[data-delivery]").html(data.delivery.html); }
    // The way back is this page: it knows its own address, the fragment does not.
    $("[data-delivery-areas]").attr("href", function (n, href) {
      return href.split("?")[0] + "?next=" + encodeURIComponent(location.pathname);
    });
  });
  if ($("[data-delivery]").length) { df.visitor(); }
});

/* select2 draws a choice as a box without a name: it is called as the label of the select that it stands for. */
window.addEventListener("load", function () {
  "use strict";
  django.jQuery(function () { // after select2's own turn
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const label = select.labels && select.labels[0], box = select.parentNode.querySelector(".select2-selection");
      if (!label || !box) { continue; }
      box.removeAttribute("aria-labelledby");
      for (const part of [box, box.querySelector("[role=textbox]")]) {
        if (part) { part.setAttribute("aria-label", label.textContent.replace(":", "").trim()); }
      }
    }
  });
});

/* Rows that have an order are dragged by their handle, or moved by two buttons, which keys and fingers reach; the numbers follow. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  let dragged = null;

  function rows(body) { return [...body.querySelectorAll("tr.has_original")]; }
  function number(body) { rows(body).forEach((row, n) => { row.querySelector("[data-df-order]").value = n; }); }

  function move(row, by) {
    const all = rows(row.parentNode), other = all[all.indexOf(row) + by];
    if (!other) { return; }
    if (by < 0) { other.before(row); } else { other.after(row); }
    number(row.parentNode);
  }

  function button(sign, label, act) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "df-move", textContent: sign, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", function () { act(); made.focus(); });
    return made;
  }

  for (const field of document.querySelectorAll("tr.has_original [data-df-order]")) {
    const head = field.closest("table").querySelector("th.original");
    if (head) { head.replaceWith(document.createElement("td")); }  // it heads no column that is seen
    const row = field.closest("tr"), words = JSON.parse(field.dataset.dfOrder), handle = document.createElement("span");
    Object.assign(handle, { className: "df-handle", draggable: true, textContent: "⠿", title: words.drag });
    handle.setAttribute("aria-hidden", "true");
    handle.addEventListener("dragstart", function (e) {
      dragged = row;
      e.dataTransfer.setDragImage(row, 0, 0);
      e.dataTransfer.setData("text/plain", "");
    });
    handle.addEventListener("dragend", function () { dragged = null; });
    row.addEventListener("dragover", function (e) {
      if (!dragged || dragged.parentNode !== row.parentNode) { return; }
      e.preventDefault();
      const box = row.getBoundingClientRect();
      if (dragged !== row) { row[e.clientY < box.top + box.height / 2 ? "before" : "after"](dragged); }
    });
    row.addEventListener("drop", function (e) { if (dragged) { e.preventDefault(); number(row.parentNode); } });
    field.after(handle, button("↑", words.up, () => move(row, -1)), button("↓", words.down, () => move(row, 1)));
  }
});

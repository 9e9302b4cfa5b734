/* The page without a network: the cart as it was last seen in this browser. */
(function () {
  "use strict";
  var seen = null, box = document.querySelector("[data-cart-seen]");
  try { seen = JSON.parse(localStorage.getItem("df-cart-seen")); } catch (refused) { /* storage is switched off */ }
  document.querySelector("[data-reload]").addEventListener("click", function (event) { event.preventDefault(); location.reload(); });
  if (!seen || !Array.isArray(seen.lines) || !seen.lines.length) { return; }
  seen.lines.forEach(function (line) {
    var row = box.querySelector("ul").appendChild(document.createElement("li"));
    row.className = "df-row";
    [[line.name, "df-grow"], ["× " + line.quantity, "df-c2"], [line.subtotal, ""]].forEach(function (part) {
      var cell = row.appendChild(document.createElement("span"));
      cell.className = part[1];
      cell.textContent = part[0];
    });
  });
  box.querySelector("[data-total]").textContent = seen.total;
  box.querySelector("time").textContent = new Date(seen.at).toLocaleString(document.documentElement.lang);
  box.hidden = false;
})();

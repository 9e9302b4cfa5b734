/* Draws the dashboard's charts from the tables beside them, so that both always say the same. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";

  function cells(table, column) {
    return Array.from(table.querySelectorAll("tbody tr"), function (row) { return Number(row.cells[column].dataset.value); });
  }

  function draw(canvas) {
    var table = document.querySelector(canvas.dataset.table);
    var heads = Array.from(table.querySelectorAll("thead th"), function (head) { return head.textContent; });
    var labels = Array.from(table.querySelectorAll("tbody th"), function (head) { return head.textContent.trim(); });
    var ink = getComputedStyle(canvas.parentElement).color;
    var colour = canvas.dataset.tone === "warn" ? "#d98200" : "#2ba552";
    var line = canvas.dataset.chart === "line";
    var sets = [{ label: heads[1], data: cells(table, 1), borderColor: colour, backgroundColor: line ? colour + "22" : colour, fill: line, tension: 0.25, borderRadius: 4, maxBarThickness: 18 }];
    if (line) { sets.push({ label: heads[2], data: cells(table, 2), borderColor: "#5b8def", backgroundColor: "#5b8def", tension: 0.25, yAxisID: "orders" }); }
    var scales = line
      ? { x: { ticks: { color: ink, maxTicksLimit: 10 }, grid: { display: false } }, y: { beginAtZero: true, ticks: { color: ink }, grid: { color: "rgba(128,128,128,.2)" } }, orders: { beginAtZero: true, position: "right", ticks: { color: ink, precision: 0 }, grid: { display: false } } }
      : { x: { beginAtZero: true, ticks: { color: ink, precision: 0 }, grid: { color: "rgba(128,128,128,.2)" } }, y: { ticks: { color: ink }, grid: { display: false } } };
    return new Chart(canvas, {
      type: line ? "line" : "bar",
      data: { labels: labels, datasets: sets },
      options: {
        indexAxis: line ? "x" : "y",
        maintainAspectRatio: false,
        animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
        plugins: { legend: { display: line, labels: { color: ink } } },
        scales: scales
      }
    });
  }

  var charts = Array.from(document.querySelectorAll("[data-chart]"), draw);
  // The admin's theme switch changes the ink: draw again.
  new MutationObserver(function () {
    charts.forEach(function (chart) { chart.destroy(); });
    charts = Array.from(document.querySelectorAll("[data-chart]"), draw);
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
});

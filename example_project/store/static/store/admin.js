/* Django heads columns that nothing stands above with an empty heading: a screen reader would name it. */
document.querySelectorAll("th").forEach(function (head) {
  if (!head.textContent.trim() && !head.children.length) { head.replaceWith(document.createElement("td")); }
});

/* Tables that are wider than a phone scroll by themselves: keys reach them, too. */
document.querySelectorAll(".inline-related, .df-scroll").forEach(function (box) {
  if (box.scrollWidth > box.clientWidth) { box.tabIndex = 0; }
});

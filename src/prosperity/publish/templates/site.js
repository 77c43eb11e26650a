// Opens what a link points into, shows the words of a chart's point, picks a vintage. All pages work without it.
"use strict";
function reveal() {
  var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (var node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", reveal);
reveal();

var tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("aria-hidden", "true");
document.body.appendChild(tip);
function say(event) {
  var link = event.target.closest && event.target.closest("svg.chart a");
  var words = link && (link.getAttribute("aria-label") || (link.querySelector("[aria-label]") || link).getAttribute("aria-label"));
  tip.style.display = words ? "block" : "none";
  if (!words) return;
  tip.textContent = words;
  var box = link.getBoundingClientRect();
  var left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
  tip.style.left = left + scrollX + "px";
  tip.style.top = box.top + scrollY - tip.offsetHeight - 8 + "px";
}
["mouseover", "focusin", "focusout"].forEach(function (kind) { document.addEventListener(kind, say); });

var picker = document.getElementById("vintage-day");
if (picker) {
  picker.form.hidden = false;
  picker.addEventListener("change", function () {
    var days = Array.prototype.map.call(document.querySelectorAll("[data-vintage]"), function (node) { return node.dataset.vintage; });
    var known = days.filter(function (day) { return day <= picker.value; }).sort();
    var day = known[known.length - 1] || days.sort()[0];
    if (day) location.hash = "v-" + day;
  });
}

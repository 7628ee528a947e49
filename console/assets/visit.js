// A visit's page is drawn anew when something changes there, but never under the hands of somebody who is changing a figure.
(function () {
  "use strict";
  var now = document.getElementById("visit-now"), waiting = null;
  if (!now) { return; }

  function busy() {
    var at = document.activeElement;
    if (at && now.contains(at) && at.matches("input, select")) { return true; }
    return Array.prototype.some.call(now.querySelectorAll("input:not([type=hidden])"), function (x) { return x.value !== x.defaultValue; }) ||
      Array.prototype.some.call(now.querySelectorAll("option"), function (x) { return x.selected !== (x.defaultSelected || !x.parentNode.querySelector("option[selected]") && x.index === 0); });
  }

  function news() {
    clearTimeout(waiting);
    waiting = setTimeout(function again() {
      if (busy()) { waiting = setTimeout(again, 1000); return; }
      window.htmx.trigger(now, "live-visit-here"); // begins with live: it is no sign that somebody is there
    }, 300);
  }

  document.body.addEventListener("live-visit", function (e) { if (String(e.detail.id) === now.dataset.visit) { news(); } });
  document.body.addEventListener("live-reset", news);
})();

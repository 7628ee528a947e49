// Emergencies from chats ring on every page of an operator: this counts their seconds down, and makes the sound. The server decides when they are over.
(function () {
  "use strict";
  var place = document.getElementById("rings");
  if (!place) { return; }
  var tick = null, beat = 0;

  function look() {
    var ringing = place.querySelector("[data-ring]");
    if (ringing && !tick) { beat = 0; tick = setInterval(second, 1000); beep(); }
    if (!ringing && tick) { clearInterval(tick); tick = null; }
  }

  function second() {
    place.querySelectorAll("[data-ring]").forEach(function (r) {
      var left = Math.max(0, Number(r.dataset.left) - 1);
      r.dataset.left = String(left);
      r.querySelector(".ring-left").textContent = String(left);
    });
    if (++beat % 2 === 0) { beep(); }
  }

  function beep() {
    var Audio = window.AudioContext;
    if (!Audio || (navigator.userActivation && !navigator.userActivation.hasBeenActive)) { return; }
    var a = new Audio(), o = a.createOscillator();
    o.connect(a.destination);
    o.frequency.value = 1040;
    o.start();
    o.stop(a.currentTime + 0.3);
    o.onended = function () { a.close(); };
  }

  document.body.addEventListener("htmx:afterSwap", look);
  look();
})();

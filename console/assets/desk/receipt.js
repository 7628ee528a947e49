// The receipt: the paper of a receipt printer is as long as what stands on it, and it is printed at once where that was asked for.
(function () {
  "use strict";
  var slip = document.querySelector(".receipt-80"), button = document.getElementById("receipt-print");
  if (slip) {
    var inch = 96, length = Math.ceil(slip.getBoundingClientRect().height / inch * 25.4) + 8;
    var sheet = new CSSStyleSheet();
    sheet.replaceSync("@page { size: 80mm " + Math.max(length, 90) + "mm; margin: 3mm 4mm; }");
    document.adoptedStyleSheets = document.adoptedStyleSheets.concat(sheet);
  }
  button.addEventListener("click", function () { window.print(); });
  if (button.dataset.atOnce) {
    history.replaceState(null, "", location.pathname + location.search.replace(/&?print=1/, "")); // a reload prints nothing
    window.addEventListener("load", function () { window.print(); });
  }
})();

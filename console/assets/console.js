// What every page has: it hears what changes, says when it cannot, and goes where a key leads. Pages are answered by the server; this only helps.
(function () {
  "use strict";
  var body = document.body;
  var offline = document.getElementById("offline");

  function connected(is) {
    offline.hidden = is;
    body.dataset.connected = is ? "yes" : "no";
  }

  // ---- what changes, live --------------------------------------------------------------------------------------------------------

  var leaving = false;
  window.addEventListener("beforeunload", function () { leaving = true; setTimeout(function () { leaving = false; }, 3000); });

  var source = null, last = body.dataset.liveAfter || "", retry = 0, silence = null;

  function tell(name, detail) {
    body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: detail }));
  }

  function heard() {
    retry = 0;
    connected(true);
    clearTimeout(silence);
    silence = setTimeout(again, 35000); // the server says something every 15 seconds
  }

  function again() {
    clearTimeout(silence);
    if (source) { source.close(); source = null; }
    connected(false);
    retry = Math.min(retry + 1, 6);
    silence = setTimeout(listen, Math.min(250 * Math.pow(2, retry), 10000) * (0.75 + Math.random() / 2));
  }

  function listen() {
    source = new EventSource(body.dataset.live + "?after=" + encodeURIComponent(last));
    source.addEventListener("open", heard);
    source.addEventListener("beat", function (e) { if (e.lastEventId) { last = e.lastEventId; } heard(); });
    source.addEventListener("change", function (e) {
      last = e.lastEventId;
      heard();
      var d = JSON.parse(e.data);
      tell("live", d);
      tell("live-" + d.topic, d);
    });
    source.addEventListener("reset", function (e) { last = e.lastEventId; heard(); tell("live-reset", {}); });
    source.addEventListener("deaf", function () { heard(); connected(false); }); // the server hears nothing itself; a reset follows
    source.addEventListener("over", function () { // the session ended
      source.close();
      clearTimeout(silence);
      setTimeout(function () { location.reload(); }, leaving ? 3000 : 0); // who just signs out is led on by that
    });
    source.addEventListener("error", again);
  }

  if (body.dataset.live && window.EventSource) {
    listen();
    window.addEventListener("pagehide", function () { clearTimeout(silence); if (source) { source.close(); source = null; } });
    window.addEventListener("pageshow", function (e) { if (e.persisted) { location.reload(); } });
    window.addEventListener("offline", again);
    window.addEventListener("online", function () { clearTimeout(silence); listen(); });
  }

  // A part that swaps itself because of news is no sign that somebody is there: the session may end.
  body.addEventListener("htmx:configRequest", function (e) {
    var by = e.detail.triggeringEvent;
    if (by && /^live/.test(by.type)) { e.detail.headers["X-Live"] = "1"; }
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) { body.addEventListener(name, function () { connected(false); }); });
  body.addEventListener("htmx:afterRequest", function (e) { if (e.detail.successful && (!body.dataset.live || source)) { connected(true); } });
  body.addEventListener("htmx:responseError", function (e) { // said, not only logged
    var place = document.getElementById("flash"), p = document.createElement("p");
    p.className = "flash bad";
    p.textContent = (e.detail.xhr.responseText || "").slice(0, 300) || String(e.detail.xhr.status);
    place.replaceChildren(p);
    if (e.detail.xhr.status === 401) { location.reload(); }
  });

  // ---- keys ----------------------------------------------------------------------------------------------------------------------

  // A key alone leads to the link or presses the button that names it in data-key, unless somebody is typing. Escape leaves a field.
  document.addEventListener("keydown", function (e) {
    if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing) { return; }
    var typing = e.target.closest && e.target.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");
    if (typing) {
      if (e.key === "Escape") { typing.blur(); }
      return;
    }
    var to = null;
    document.querySelectorAll("[data-key]").forEach(function (x) {
      if (x.dataset.key === e.key && !x.disabled && (x.offsetParent !== null || x.closest(".top nav details"))) { to = x; }
    });
    if (to) {
      e.preventDefault();
      to.focus();
      to.click();
    }
  });

  // A group of the menu that is open closes when one goes on elsewhere, or by Escape.
  function closeMenus(e) {
    document.querySelectorAll(".top nav details[open]").forEach(function (d) {
      if (e.key === "Escape" || e.type === "click" && !d.contains(e.target)) { d.open = false; }
    });
  }
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);

  // The first field with something wrong in it is where one goes on.
  var wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) { wrong.focus(); }
})();

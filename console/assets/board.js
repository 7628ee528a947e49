// The coordinator's board: news of any case at most once a second, news of the one that is open, and maps.
(function () {
  "use strict";
  var body = document.body, waiting = null, again = false;

  function now(name) { body.dispatchEvent(new CustomEvent(name, { bubbles: true })); }

  // Lists are read anew once for much news: at once, and a second later if more came meanwhile.
  function news() {
    if (waiting) { again = true; return; }
    now("board-news");
    waiting = setTimeout(function () { waiting = null; if (again) { again = false; news(); } }, 1000);
  }

  function caseNews(id) {
    var open = document.querySelector("[data-case]");
    if (open && (id === null || String(id) === open.dataset.case)) { open.dispatchEvent(new CustomEvent("case-news")); }
  }

  body.addEventListener("live-case", function (e) { news(); caseNews(e.detail.id); });
  body.addEventListener("live-reset", function () { news(); caseNews(null); });

  function draw(el) {
    if (el.dataset.drawn || !window.L) { return; }
    el.dataset.drawn = "yes";
    var map = L.map(el, { attributionControl: Boolean(el.dataset.tiles) });
    if (el.dataset.tiles) { L.tileLayer(el.dataset.tiles).addTo(map); }
    var fixed = el.dataset.lat !== undefined;
    if (fixed) {
      var at = [Number(el.dataset.lat), Number(el.dataset.lng)];
      map.setView(at, 12);
      L.circleMarker(at, { radius: 9, color: "#a61b1b", fillOpacity: 0.6 }).addTo(map);
    } else { map.setView([-6.6, 110.7], 9); }
    fetch(el.dataset.boundaries).then(function (r) { return r.json(); }).then(function (areas) {
      var all = L.featureGroup();
      areas.forEach(function (a) {
        (a.rings || []).forEach(function (ring) {
          L.polygon(ring, { weight: 1, color: "#4a545e", fillOpacity: 0.04 }).bindTooltip(a.name).addTo(all);
        });
      });
      all.addTo(map).bringToBack();
      if (!fixed && all.getLayers().length) { map.fitBounds(all.getBounds()); }
    }).catch(function () { el.dataset.failed = "boundaries"; });
    if (el.dataset.points) { points(el, map); }
  }

  function points(el, map) {
    var layer = L.layerGroup().addTo(map);
    function read() {
      fetch(el.dataset.points, { headers: { "X-Live": "1" } }).then(function (r) { return r.json(); }).then(function (list) {
        layer.clearLayers();
        list.forEach(function (p) {
          var popup = document.createElement("p"), link = document.createElement("a");
          link.href = p.url;
          link.textContent = p.number;
          popup.append(link, document.createElement("br"), p.label);
          L.circleMarker([p.lat, p.lng], { radius: p.urgent ? 10 : 7, color: p.urgent ? "#a61b1b" : "#0b5394", fillOpacity: 0.6 }).bindPopup(popup).addTo(layer);
        });
        el.dataset.count = list.length;
        document.getElementById("map-none").hidden = list.length > 0;
      }).catch(function () { el.dataset.failed = "points"; });
    }
    read();
    body.addEventListener("board-news", read);
  }

  function drawAll() { document.querySelectorAll("[data-map]").forEach(draw); }
  drawAll();
  body.addEventListener("htmx:afterSwap", drawAll);
})();

// The map of a state of alert: one circle a village, as large as what it brought, red where somebody asks to be taken out.
(function () {
  "use strict";
  var el = document.getElementById("siaga-map");
  if (!el || !window.L) { return; }
  var map = L.map(el, { attributionControl: false });
  if (el.dataset.tiles) { L.tileLayer(el.dataset.tiles).addTo(map); }
  map.setView([-6.6, 110.7], 9);
  var spots = L.featureGroup().addTo(map), fitted = false;

  fetch(el.dataset.areas).then(function (r) { return r.json(); }).then(function (d) {
    var all = L.featureGroup();
    d.kecamatan.forEach(function (a) {
      (a.rings || []).forEach(function (ring) { L.polygon(ring, { weight: 1, color: "#4a545e", fillOpacity: 0.04, interactive: false }).addTo(all); });
    });
    all.addTo(map).bringToBack();
    if (!fitted && all.getLayers().length) { map.fitBounds(all.getBounds(), { animate: false }); }
  }).catch(function () { el.dataset.failed = "areas"; });

  function read() {
    fetch(el.dataset.spots, { headers: { "X-Live": "1" } }).then(function (r) { return r.json(); }).then(function (list) {
      spots.clearLayers();
      list.forEach(function (s) {
        L.circleMarker(s.at, { radius: 8 + Math.min(4 * Math.sqrt(s.n), 24), color: s.loud ? "#a61b1b" : "#0b5394", fillOpacity: 0.5 })
          .bindTooltip(s.label, { permanent: list.length <= 12, className: "place-name" }).addTo(spots);
      });
      if (!fitted && list.length) { fitted = true; map.fitBounds(spots.getBounds().pad(0.5), { maxZoom: 12, animate: false }); }
      el.dataset.count = list.length;
    }).catch(function () { el.dataset.failed = "spots"; });
  }
  read();
  document.body.addEventListener("live-siaga", read);
  document.body.addEventListener("board-news", read);
})();

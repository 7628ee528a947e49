// A map to point at a place on. Any form may have one:
//
//   <details><summary>…</summary><div class="map" data-place data-ask="/console/place" data-areas="/console/place/map.json" data-tiles="" data-failed="…" tabindex="0"
//     data-point="ID of an input" data-area="ID of an input or select"></div><p role="status"></p></details>
//
// The next element after the map says where the point is. Pointing puts "lat,lng" and the area's code into the two inputs, where they are named, and tells them
// (event "input"); it also sends "place-chosen" with {lat, lng, area, said}. A point outside the regency is said, and chosen by nothing. "place-show" with
// {lat, lng, zoom, mark} shows a place. data-lat and data-lng instead of data-ask show a point that is not to be chosen. The typed place is the way without a map.
(function () {
  "use strict";

  function draw(el) {
    if (el.dataset.drawn || !window.L || el.offsetParent === null) { return; }
    el.dataset.drawn = "yes";
    var map = L.map(el, { attributionControl: false, keyboardPanDelta: 40 }), mark = null, asked = 0, shown = false;
    if (el.dataset.tiles) { L.tileLayer(el.dataset.tiles).addTo(map); }
    map.setView([-6.6, 110.7], 9);

    function put(lat, lng, good) {
      if (mark) { mark.remove(); }
      mark = L.circleMarker([lat, lng], { radius: 9, color: good ? "#a61b1b" : "#4a545e", dashArray: good ? null : "3 3", fillOpacity: good ? 0.6 : 0 }).addTo(map);
      el.dataset.mark = lat.toFixed(5) + "," + lng.toFixed(5);
    }

    function show(d) {
      shown = true;
      map.setView([d.lat, d.lng], d.zoom || 13, { animate: false });
      if (d.mark) { put(d.lat, d.lng, true); }
    }

    function names(list, kind) {
      return L.layerGroup(list.map(function (a) { return L.tooltip(a.at, { permanent: true, direction: "center", className: "place-name " + kind, content: a.name }); }));
    }

    // Without tiles the names are what one finds a place by: of the kecamatan from afar, of the villages from near.
    fetch(el.dataset.areas).then(function (r) { return r.json(); }).then(function (d) {
      var all = L.featureGroup(), far = names(d.kecamatan, "far"), near = names(d.villages, "near");
      d.kecamatan.forEach(function (a) {
        (a.rings || []).forEach(function (ring) { L.polygon(ring, { weight: 1, color: "#4a545e", fillOpacity: 0.04, interactive: false }).addTo(all); });
      });
      all.addTo(map).bringToBack();
      function label() {
        var z = map.getZoom();
        if (z >= 10 && z < 12) { far.addTo(map); } else { far.remove(); }
        if (z >= 12) { near.addTo(map); } else { near.remove(); }
      }
      map.on("zoomend", label);
      label();
      if (all.getLayers().length && !shown) { map.fitBounds(all.getBounds(), { animate: false }); }
      el.dataset.ready = "yes";
    }).catch(function () { el.dataset.ready = "bare"; });

    if (el.dataset.lat !== undefined) { show({ lat: Number(el.dataset.lat), lng: Number(el.dataset.lng), zoom: 13, mark: true }); return; }

    el.addEventListener("place-show", function (e) {
      if (e.detail) { show(e.detail); } else if (mark) { mark.remove(); mark = null; delete el.dataset.mark; said(""); }
    });

    function said(what) { var p = el.nextElementSibling; if (p) { p.textContent = what; } }

    function give(id, value) {
      var x = id && document.getElementById(id);
      if (!x || x.value === value) { return; }
      x.value = value;
      x.dispatchEvent(new Event("input", { bubbles: true }));
      x.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function choose(at) {
      var lat = Number(at.lat.toFixed(6)), lng = Number(at.lng.toFixed(6)), mine = ++asked;
      put(lat, lng, false);
      fetch(el.dataset.ask + "?lat=" + lat + "&lng=" + lng, { headers: { "HX-Request": "true" } })
        .then(function (r) { if (!r.ok) { throw new Error(String(r.status)); } return r.json(); })
        .then(function (p) {
          if (mine !== asked) { return; }
          said(p.said);
          if (p.outside) { return; }
          put(lat, lng, true);
          give(el.dataset.area, p.area);
          give(el.dataset.point, lat + "," + lng);
          el.dispatchEvent(new CustomEvent("place-chosen", { bubbles: true, detail: p }));
        }).catch(function () { if (mine === asked) { said(el.dataset.failed); } });
    }

    map.on("click", function (e) { choose(e.latlng); });
    el.addEventListener("keydown", function (e) { if (e.key === "Enter" && e.target === el) { e.preventDefault(); choose(map.getCenter()); } });
    el.dispatchEvent(new CustomEvent("place-drawn", { bubbles: true }));
  }

  function drawAll() { document.querySelectorAll("[data-place]").forEach(draw); }
  drawAll();
  document.addEventListener("toggle", drawAll, true);
  document.body.addEventListener("htmx:afterSwap", drawAll);
})();

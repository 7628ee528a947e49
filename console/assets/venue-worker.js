// Keeps the page at a venue in the browser, so that it opens where there is no connection: the page itself and the files it is made of. What is known of the visit is kept by the
// page (venue-keep.js), and nothing of anybody who comes is here. What the page asks for besides goes past this script.
"use strict";
var SHELF = "venue-1";

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (e) { e.waitUntil(self.clients.claim()); });

function page(url) { return /^\/console\/venue\/\d+$/.test(url.pathname); }

// fresh asks for a page, and gives what is kept of it where no answer comes. Another answer than the page (signed out, no more theirs) is given on as it is.
function fresh(request, url) {
  return fetch(request).then(function (r) {
    if (r.ok && r.type === "basic" && !r.redirected) {
      var copy = r.clone();
      return caches.open(SHELF).then(function (c) { return c.put(url.pathname, copy); }).then(function () { return r; }, function () { return r; });
    }
    return r.status >= 502 && r.status <= 504 ? kept(url, r) : r;
  }, function (err) { return kept(url, null, err); });
}

function kept(url, answer, err) {
  return caches.match(url.pathname).then(function (k) {
    if (k) { return k; }
    if (answer) { return answer; }
    throw err;
  });
}

self.addEventListener("fetch", function (e) {
  var url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (e.request.mode === "navigate" && page(url)) {
    e.respondWith(fresh(e.request, url));
  } else if (url.pathname.indexOf("/console/assets/") === 0) { // their addresses say what is in them
    e.respondWith(caches.match(url.pathname).then(function (k) { return k || fetch(e.request); }));
  }
});

// What the page at a venue keeps in the browser (IndexedDB): the list of numbers as it was last read, the acts that the server has not answered, what it refused and somebody has still
// to see, and the numbers set aside for this desk. A name is kept only in an act that takes up somebody who came without a booking, until it is sent.
window.venueKeep = (function () {
  "use strict";
  var db = null, works = true, memory = {};
  var STORES = ["states", "acts", "trouble"];

  function open() {
    if (db) { return Promise.resolve(db); }
    return new Promise(function (done, fail) {
      var ask;
      try { ask = indexedDB.open("tanggap.venue", 1); } catch (e) { fail(e); return; }
      ask.onupgradeneeded = function () {
        ask.result.createObjectStore("states", { keyPath: "visit" });
        ask.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
        ask.result.createObjectStore("trouble", { keyPath: "key" });
      };
      ask.onerror = function () { fail(ask.error); };
      ask.onsuccess = function () {
        db = ask.result;
        db.onversionchange = function () { db.close(); db = null; };
        done(db);
      };
    });
  }

  // work does something with the stores, and is done when it is kept for good.
  function work(mode, fn) {
    return open().then(function (d) {
      return new Promise(function (done, fail) {
        var t = d.transaction(STORES, mode, mode === "readwrite" ? { durability: "strict" } : undefined), out = {};
        fn(t, out);
        t.oncomplete = function () { done(out); };
        t.onabort = t.onerror = function () { fail(t.error); };
      });
    });
  }

  // Where a browser keeps nothing, the page remembers as long as it is open, and says so.
  function lost(err) { works = false; window.console.warn("venue: nothing is kept", err); }

  function all(name) {
    return work("readonly", function (t, out) {
      var ask = t.objectStore(name).getAll();
      ask.onsuccess = function () { out.all = ask.result; };
    }).then(function (out) { return out.all; }, function (e) { lost(e); return memory[name] || []; });
  }

  function put(name, value) {
    return work("readwrite", function (t, out) {
      var ask = t.objectStore(name).put(value);
      ask.onsuccess = function () { out.key = ask.result; };
    }).then(function (out) { return out.key; }, function (e) {
      lost(e);
      memory[name] = memory[name] || [];
      if (name === "acts" && !value.n) { value.n = Date.now() + memory[name].length; }
      memory[name] = memory[name].filter(function (v) { return key(name, v) !== key(name, value); }).concat(value);
      return key(name, value);
    });
  }

  function key(name, v) { return name === "states" ? v.visit : name === "acts" ? v.n : v.key; }

  function drop(name, keys) {
    if (!keys.length) { return Promise.resolve(); }
    return work("readwrite", function (t) { keys.forEach(function (k) { t.objectStore(name).delete(k); }); }).catch(function (e) {
      lost(e);
      memory[name] = (memory[name] || []).filter(function (v) { return keys.indexOf(key(name, v)) < 0; });
    });
  }

  // settle takes acts off that were answered, and keeps what was said of those that were refused: both or neither.
  function settle(done, trouble) {
    return work("readwrite", function (t) {
      done.forEach(function (n) { t.objectStore("acts").delete(n); });
      trouble.forEach(function (x) { t.objectStore("trouble").put(x); });
    }).catch(function (e) {
      lost(e);
      memory.acts = (memory.acts || []).filter(function (v) { return done.indexOf(v.n) < 0; });
      memory.trouble = (memory.trouble || []).concat(trouble);
    });
  }

  return { all: all, put: put, drop: drop, settle: settle, works: function () { return works; } };
})();

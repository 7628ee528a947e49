// Writing a ticket at the walk-in desk, by keys. What is typed is posted a moment later, one save at a time; until the server has answered it is kept in this
// browser too (photos in IndexedDB), so that neither a reload nor a crash of either loses it. The server is the one who knows: a field that changed in another tab is
// shown, and nothing is overwritten in silence. What the words amount to is proposed in each field, and is only taken where nobody has chosen.
(function () {
  "use strict";
  var form = document.getElementById("desk-form");
  if (!form) { return; }

  var data = JSON.parse(document.getElementById("desk-data").textContent);
  var say = function (name) { return form.dataset["said" + name]; };
  var $ = function (id) { return document.getElementById(id); };
  var number = $("d-number"), text = $("d-text"), place = $("d-landmark"), matter = $("d-category"), map = $("d-map"), urgent = $("d-urgent");
  var SHELF = "tanggap.desk.", OLD = 24 * 3600 * 1000;

  // The ticket on the screen: key and writer name it and this tab, values is what is shown, dirty what the server has not confirmed. ownArea and ownMatter: chosen by
  // hand, and guessed no more.
  var ticket = null, saving = false, filing = false, timer = null, again = 0, asking = 0;

  // ---- kept in the browser ---------------------------------------------------------------------------------------------------------

  function shelve() {
    if (!ticket) { return; }
    if (Object.keys(ticket.dirty).length === 0 && !ticket.wants) { localStorage.removeItem(SHELF + ticket.key); return; }
    localStorage.setItem(SHELF + ticket.key, JSON.stringify({ key: ticket.key, writer: ticket.writer, base: ticket.version, dirty: ticket.dirty, user: data.User,
      at: Date.now() }));
  }

  function shelved() {
    var all = [];
    Object.keys(localStorage).forEach(function (name) {
      if (name.indexOf(SHELF) !== 0) { return; }
      var d = null;
      try { d = JSON.parse(localStorage.getItem(name)); } catch (e) { d = null; }
      if (!d || Date.now() - d.at > OLD) { localStorage.removeItem(name); return; }
      if (d.user === data.User) { all.push(d); }
    });
    return all.sort(function (a, b) { return b.at - a.at; });
  }

  // A ticket that is on the screen of another tab is that tab's. Where the browser cannot tell (locks want https), the tab's own name does.
  function hold(key) {
    if (!navigator.locks) { return; }
    if (ticket.release) { ticket.release(); }
    var mine = ticket;
    navigator.locks.request(SHELF + key, function () { return new Promise(function (done) { mine.release = done; }); });
  }

  function held(d) {
    if (!navigator.locks) { return Promise.resolve(d.writer !== writer()); }
    return navigator.locks.request(SHELF + d.key, { ifAvailable: true }, function (lock) { return !lock; });
  }

  function firstFree(list) {
    if (list.length === 0) { return Promise.resolve(null); }
    return held(list[0]).then(function (taken) { return taken ? firstFree(list.slice(1)) : list[0]; });
  }

  function random() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), function (b) { return b.toString(36).padStart(2, "0"); }).join("");
  }

  function writer() { // the same for this tab over a reload
    var w = sessionStorage.getItem("tanggap.writer") || random();
    sessionStorage.setItem("tanggap.writer", w);
    return w;
  }

  // ---- beginning, showing ----------------------------------------------------------------------------------------------------------

  function begin() {
    leaveQuietly();
    ticket = { key: random(), writer: writer(), version: 0, id: 0, values: {}, dirty: {}, photos: [], guess: {}, waiting: {}, removed: {}, shots: 0 };
    history.replaceState(null, "", form.dataset.list + "/new");
    open();
    save(0, true);
    number.focus();
  }

  function adopt(state, writerOf) {
    leaveQuietly();
    ticket = { key: state.key, writer: writerOf || writer(), version: state.version, id: state.id, values: state.values, dirty: {}, photos: state.photos || [],
      guess: state.guess || {}, waiting: {}, removed: {}, shots: 0, ownMatter: !!state.values.category, ownArea: !!state.values.area };
  }

  function restore(d) {
    Object.keys(d.dirty).forEach(function (f) { ticket.values[f] = ticket.dirty[f] = d.dirty[f]; });
    ticket.version = Math.min(ticket.version, d.base);
    ticket.ownMatter = ticket.ownMatter || !!d.dirty.category;
    ticket.ownArea = ticket.ownArea || !!d.dirty.area;
    save(0, true);
  }

  function open() {
    form.hidden = false;
    $("desk-start").hidden = true;
    $("desk-missing").hidden = $("desk-conflict").hidden = true;
    $("desk-known").replaceChildren();
    $("desk-photo-said").textContent = "";
    hold(ticket.key);
    status("");
    fill();
    draw();
    waitingPhotos();
  }

  // fill puts the values into the fields; the one that is being typed in is left alone.
  function fill() {
    form.querySelectorAll("[name]").forEach(function (x) {
      var v = ticket.values[x.name] || "";
      if (x.type === "checkbox") { x.checked = v === "1"; return; }
      if (x === document.activeElement && (x === number || ticket.dirty[x.name] !== undefined)) { return; }
      if (x.value !== v) { x.value = v; }
    });
  }

  function element(tag, content, attributes) {
    var e = document.createElement(tag);
    if (content) { e.textContent = content; }
    Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    return e;
  }

  function area(code) { return data.Areas.find(function (a) { return a.code === code; }); }
  function areaName(a) { return a["in"] ? a.name + ", Kec. " + a["in"] : a.name + " (kecamatan)"; }
  function category(id) { return data.Categories.find(function (c) { return c.id === id; }); }

  function draw() {
    var v = ticket.values, g = ticket.guess, at = area(v.area), c = category(v.category);
    $("desk-bearer").hidden = v.behalf !== "1";
    if (document.activeElement !== matter || matters.closed()) { matter.value = c ? c.name : ""; }
    $("desk-about").textContent = g.about ? say("About").replace("{agency}", g.about) : c && !ticket.ownMatter ? say("Guess") : "";
    $("desk-area").textContent = (at ? "✓ " + areaName(at) : "") + (v.point ? (at ? " · " : "✓ ") + say("Point") : "");
    $("desk-noarea").hidden = !at && !v.point;
    drawWhich(at ? [] : g.which || []);
    drawPoint(at);
    urgent.checked = v.urgent ? v.urgent === "1" : !!g.urgent;
    $("desk-urgent").hidden = !urgent.checked;
    hint("desk-privacy-guess", g.privacy);
    hint("desk-kind-guess", g.kind);
    $("desk-drop").hidden = !ticket.id || form.hidden;
    $("desk-drop").action = form.dataset.page + ticket.id + "/drop";
    drawPhotos();
  }

  function hint(id, guess) {
    var o = $(id);
    if (o.dataset.bare === undefined) { o.dataset.bare = o.textContent; }
    o.textContent = guess ? o.dataset.bare + ": " + guess : o.dataset.bare;
  }

  function drawWhich(codes) {
    var all = codes.map(area).filter(Boolean);
    $("desk-which").replaceChildren.apply($("desk-which"), all.length ? [say("Which") + " "].concat(all.map(function (a) {
      var b = element("button", areaName(a), { type: "button", "class": "quiet" });
      b.addEventListener("click", function () { takeArea(a, place.value); place.focus(); });
      return b;
    })) : []);
  }

  // drawPoint has the map show where it is: the point, or the village that was named. An unchanged place is left as it was moved by hand.
  function drawPoint(at) {
    var point = ticket.values.point || "", now = ticket.key + " " + (point || (at ? at.code : ""));
    if (!map.dataset.drawn || map.dataset.shows === now) { return; }
    map.dataset.shows = now;
    if (!point) { map.dispatchEvent(new CustomEvent("place-show", { detail: null })); }
    if (point) { var p = point.split(","); map.dispatchEvent(new CustomEvent("place-show", { detail: { lat: Number(p[0]), lng: Number(p[1]), mark: true } })); }
    else if (at) { map.dispatchEvent(new CustomEvent("place-show", { detail: { lat: at.at[0], lng: at.at[1] } })); }
  }

  map.addEventListener("place-drawn", function () { if (ticket) { draw(); } });
  map.addEventListener("place-chosen", function (e) {
    if (!ticket) { return; }
    map.dataset.shows = ticket.key + " " + e.detail.lat + "," + e.detail.lng; // it shows it already
    ticket.ownArea = true;
    set("area", e.detail.area);
    set("point", e.detail.lat + "," + e.detail.lng);
    draw();
  });

  // ---- what is typed ---------------------------------------------------------------------------------------------------------------

  function set(name, value, wait) {
    if ((ticket.values[name] || "") === value && ticket.dirty[name] === undefined) { return; }
    ticket.values[name] = value;
    ticket.dirty[name] = value;
    shelve();
    status(say("Unsaved"), true);
    save(wait || 0);
  }

  form.addEventListener("input", function (e) {
    var x = e.target;
    if (!ticket || !x.name) { return; }
    set(x.name, x.type === "checkbox" ? (x.checked ? "1" : "") : x.value, x.type === "checkbox" || x.tagName === "SELECT" ? 0 : 250);
    if (x.name === "behalf") { draw(); if (x.checked) { $("d-bearer").focus(); } }
    if (x === number) { clearTimeout(asking); asking = setTimeout(who, 300); }
    if (x === place) { places.suggest(); }
  });
  urgent.addEventListener("change", function () { set("urgent", urgent.checked ? "1" : "0"); draw(); });
  number.addEventListener("beforeinput", function (e) { if (e.inputType === "insertText" && /[^0-9+() .-]/.test(e.data || "")) { e.preventDefault(); } });

  // ---- who it is -------------------------------------------------------------------------------------------------------------------

  function who() {
    var n = number.value.trim(), mine = ticket;
    if (!mine) { return; }
    if (n.replace(/\D/g, "").length < 9) { $("desk-known").replaceChildren(); return; }
    fetch(form.dataset.known + "?number=" + encodeURIComponent(n), { headers: { "HX-Request": "true" } })
      .then(function (r) { return r.ok ? r.text() : ""; })
      .then(function (html) {
        if (ticket !== mine) { return; }
        if (number.value.trim() !== n) { who(); return; }
        var t = document.createElement("template");
        t.innerHTML = html; // the server's own fragment: no script of it runs, by the policy
        $("desk-known").replaceChildren(t.content);
        fill();
      }, function () { /* it is asked again with the next digit */ });
  }

  $("desk-known").addEventListener("click", function (e) {
    if (e.target.dataset.take) { $("d-name").value = e.target.dataset.take; set("name", e.target.dataset.take); $("d-document").focus(); }
  });

  // ---- lists to choose from -----------------------------------------------------------------------------------------------------------

  function plain(s) { return s.toLowerCase().replace(/[^a-z0-9]+/g, ""); }

  // near tells whether two words differ by no more than one letter.
  function near(a, b) {
    if (Math.abs(a.length - b.length) > 1 || a.length < 5) { return false; }
    for (var i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) { return a.slice(i + 1) === b.slice(i + 1) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i); }
    }
    return true;
  }

  // combo joins a field with a list below it: look gives what fits what is typed, as {label, …}; take is told what was chosen.
  function combo(input, list, look, take) {
    var found = [], marked = -1;
    function show(n) {
      marked = n;
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      list.replaceChildren.apply(list, found.map(function (h, i) {
        var li = element("li", h.label, { role: "option", id: list.id + "-" + i, "aria-selected": String(i === marked) });
        li.addEventListener("mousedown", function (e) { e.preventDefault(); marked = i; choose(); });
        return li;
      }));
      if (marked >= 0) {
        input.setAttribute("aria-activedescendant", list.id + "-" + marked);
        list.children[marked].scrollIntoView({ block: "nearest" });
      } else { input.removeAttribute("aria-activedescendant"); }
    }
    function choose() { var h = found[marked]; found = []; show(-1); take(h); }
    var self = {
      suggest: function () { found = look(); show(found.length ? 0 : -1); },
      close: function () { found = []; show(-1); },
      closed: function () { return found.length === 0; },
      // key tells whether it did something with a key.
      key: function (e) {
        if (!found.length) {
          if (e.key === "ArrowDown" && input === matter) { self.suggest(); return true; }
          return false;
        }
        if (e.key === "ArrowDown" || e.key === "ArrowUp") { show((marked + (e.key === "ArrowDown" ? 1 : found.length - 1)) % found.length); return true; }
        if (e.key === "Enter") { choose(); return true; }
        if (e.key === "Escape") { self.close(); return true; }
        return false;
      }
    };
    input.addEventListener("blur", self.close);
    return self;
  }

  // A matter is found by any of its words; first come those that the ticket's own words propose.
  var matters = combo(matter, $("desk-categories"), function () {
    var typed = matter.value.toLowerCase().split(/\s+/).filter(Boolean), g = ticket.guess;
    if (!typed.length || category(ticket.values.category) && matter.value === category(ticket.values.category).name) {
      var first = [g.category].concat(g.also || []).map(category).filter(Boolean);
      return first.concat(data.Categories.filter(function (c) { return first.indexOf(c) < 0; })).slice(0, 9).map(function (c) { return { label: c.name, id: c.id }; });
    }
    return data.Categories.map(function (c) {
      var words = c.name.toLowerCase().split(/[^a-z0-9]+/), score = 0;
      var all = typed.every(function (t) {
        var best = 0;
        words.forEach(function (w, i) {
          best = Math.max(best, w.indexOf(t) === 0 ? (i === 0 ? 4 : 3) : w.indexOf(t) > 0 && t.length > 2 ? 1 : near(w, t) ? 2 : 0);
        });
        score += best;
        return best > 0;
      });
      return all ? { label: c.name, id: c.id, score: score } : null;
    }).filter(Boolean).sort(function (a, b) { return b.score - a.score; }).slice(0, 8);
  }, function (h) {
    ticket.ownMatter = true;
    set("category", h.id);
    draw();
    place.focus();
  });
  matter.addEventListener("input", function () { matters.suggest(); });
  matter.addEventListener("focus", function () { matter.select(); });
  matter.addEventListener("blur", function () {
    if (!ticket) { return; }
    if (matter.value.trim() === "" && ticket.values.category) { ticket.ownMatter = true; set("category", ""); } // not clear after all
    draw();
  });

  // A village or kecamatan is looked for in the end of what was typed: "depan masjid bawu" means Bawu.
  var places = combo(place, $("desk-areas"), function () {
    var typed = place.value.split(/[\s,]+/).filter(Boolean), hits = [];
    for (var take = Math.min(3, typed.length); take > 0; take--) {
      var tail = plain(typed.slice(-take).join("")), head = typed.slice(0, -take).join(" ");
      if (tail.length < 2) { continue; }
      data.Areas.forEach(function (a) {
        var name = plain(a.name), score = name === tail ? 4 : name.indexOf(tail) === 0 ? 3 : near(name, tail) || near(name.slice(0, tail.length), tail) ? 2 :
          tail.length > 3 && name.indexOf(tail) > 0 ? 1 : 0;
        if (score && !hits.some(function (h) { return h.area === a; })) { hits.push({ area: a, label: areaName(a), score: score * 10 + take, rest: head }); }
      });
    }
    return hits.sort(function (x, y) { return y.score - x.score; }).slice(0, 6);
  }, function (h) {
    place.value = h.rest.replace(/\s*(di|desa|ds|kel|kelurahan|kec|kecamatan)\.?$/i, "").trim();
    takeArea(h.area, place.value);
  });

  function takeArea(a, landmark) {
    ticket.ownArea = true;
    set("landmark", landmark);
    if (ticket.values.area !== a.code) { set("point", ""); } // it was somewhere else
    set("area", a.code);
    draw();
  }

  $("desk-noarea").addEventListener("click", function () { ticket.ownArea = true; set("area", ""); set("point", ""); draw(); place.focus(); });

  // guessed takes what the words propose into the fields that nobody has chosen in.
  function guessed() {
    var g = ticket.guess;
    if (!ticket.ownMatter && (g.category || "") !== (ticket.values.category || "")) { set("category", g.category || ""); }
    if (!ticket.ownArea && !ticket.values.point && (g.area || "") !== (ticket.values.area || "")) { set("area", g.area || ""); }
  }

  // ---- keys ------------------------------------------------------------------------------------------------------------------------

  // next goes to the field after this one, over what is hidden.
  function next(at) {
    var all = Array.from(form.querySelectorAll("input:not([type=file]):not([type=checkbox]), select, textarea")).filter(function (x) { return x.offsetParent !== null && x.tabIndex >= 0; });
    var i = all.indexOf(at);
    if (i >= 0 && i + 1 < all.length) { all[i + 1].focus(); } else { $("desk-file").focus(); }
  }

  // leave puts the form away; a ticket that has been begun stays in the list of those that are written.
  function leave() {
    form.hidden = true;
    $("desk-drop").hidden = true;
    $("desk-start").hidden = false;
    leaveQuietly();
    history.replaceState(null, "", form.dataset.list);
    $("desk-new").focus();
    now();
  }

  function leaveQuietly() {
    if (ticket && ticket.release) { ticket.release(); }
    ticket = null;
  }

  $("desk-back").addEventListener("click", leave);
  $("desk-new").addEventListener("click", begin);

  // The capture comes before the page's own keys: while a ticket is written its letters are the form's.
  document.addEventListener("keydown", function (e) {
    if (e.isComposing || !ticket || form.hidden) { return; }
    var at = document.activeElement;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { stop(e); file(); return; }
    if (e.ctrlKey || e.altKey || e.metaKey || !form.contains(at) && at !== document.body && at.id !== "main") { return; }
    if (at === matter && matters.key(e) || at === place && places.key(e)) { stop(e); return; }
    if (e.key === "Escape" && at.closest("#desk-map")) { stop(e); $("desk-map").open = false; place.focus(); return; }
    if (e.key === "Escape") { stop(e); leave(); return; }
    if (e.key === "Enter" && at.matches("input:not([type=checkbox]):not([type=file]), select")) { stop(e); next(at); }
  }, true);

  // A key that did something is not typed as well, wherever it has moved the focus to: Enter would send the form.
  var swallowed = "";
  function stop(e) { e.preventDefault(); e.stopPropagation(); swallowed = e.key; }
  document.addEventListener("keyup", function () { swallowed = ""; }, true);
  document.addEventListener("keypress", function (e) { if (swallowed && e.key === swallowed) { e.preventDefault(); } }, true);
  form.addEventListener("beforeinput", function (e) { if (swallowed && (e.data === swallowed || swallowed === "Enter" && e.inputType === "insertLineBreak")) { e.preventDefault(); } }, true);

  form.addEventListener("submit", function (e) { e.preventDefault(); file(); });

  // ---- saving ----------------------------------------------------------------------------------------------------------------------

  function status(what, wait) {
    $("desk-saved").textContent = what;
    $("desk-saved").classList.toggle("wait", !!wait);
  }

  function now() { document.body.dispatchEvent(new CustomEvent("live-ticket", { bubbles: true, detail: {} })); }

  function answered(r) {
    if (!r.ok || (r.headers.get("Content-Type") || "").indexOf("application/json") !== 0) {
      var err = new Error(String(r.status));
      err.status = r.status;
      err.final = r.status === 400 || r.status === 403 || r.status === 409 || r.status === 413;
      if (r.status === 401) { location.reload(); }
      throw err;
    }
    return r.json();
  }

  function post(path, fields, force) {
    var body = new URLSearchParams({ key: ticket.key, writer: ticket.writer, base: String(ticket.version) });
    if (force) { body.set("force", "1"); }
    Object.keys(fields).forEach(function (f) { body.set(f, fields[f]); });
    return fetch(path, { method: "POST", body: body, redirect: "manual", headers: { "HX-Request": "true" } }).then(answered);
  }

  function save(wait, anyhow) {
    if (ticket.wants) { return; } // it is being filed, with all there is
    clearTimeout(timer);
    timer = setTimeout(function () {
      if (saving || !ticket || !anyhow && Object.keys(ticket.dirty).length === 0) { return; }
      var mine = ticket, sent = Object.assign({}, ticket.dirty);
      saving = true;
      post(form.dataset.save, sent).then(function (state) { took(mine, sent, state); }, function (err) { failed(mine, err); });
    }, wait);
  }

  // took: the server has what was sent. What was typed since is sent next.
  function took(mine, sent, state) {
    saving = false;
    again = 0;
    var disputed = (state.conflicts || []).map(function (k) { return k.field; });
    Object.keys(sent).forEach(function (f) {
      if (mine.dirty[f] === sent[f] && disputed.indexOf(f) < 0) { delete mine.dirty[f]; }
    });
    var first = !mine.id;
    mine.id = state.id;
    mine.version = disputed.length ? mine.version : state.version;
    mine.guess = state.guess || {};
    joinPhotos(mine, state);
    if (mine !== ticket) {
      if (Object.keys(mine.dirty).length === 0) { localStorage.removeItem(SHELF + mine.key); }
      return;
    }
    Object.keys(state.values).forEach(function (f) { if (ticket.dirty[f] === undefined && (f !== "number" || document.activeElement !== number)) { ticket.values[f] = state.values[f]; } });
    Object.keys(ticket.values).forEach(function (f) { if (ticket.dirty[f] === undefined && state.values[f] === undefined) { ticket.values[f] = ""; } });
    shelve();
    if (state.closed) { filed(state); return; }
    settled(mine);
    conflict(state.conflicts || []);
    if (!ticket.wants) { guessed(); }
    draw();
    var left = Object.keys(ticket.dirty).filter(function (f) { return disputed.indexOf(f) < 0; });
    if (left.length) { save(0); } else { status(disputed.length ? say("Conflict") : say("Saved")); }
    if (first) { now(); }
  }

  // settled gives a ticket that has come to be its own address, so that a reload finds it.
  function settled(mine) {
    var at = form.dataset.page + mine.id;
    if (mine === ticket && mine.id && location.pathname !== at) { history.replaceState(null, "", at); }
  }

  function failed(mine, err) {
    saving = false;
    if (mine !== ticket) { return; }
    filing = false;
    status(say("Unsaved"), true);
    if (err.final) { ticket.wants = false; return; }
    again = Math.min(again + 1, 6);
    clearTimeout(timer);
    timer = setTimeout(function () { if (ticket) { if (ticket.wants) { file(); } else { save(0, true); } } }, 250 * Math.pow(2, again));
  }

  function conflict(all) {
    var box = $("desk-conflict");
    box.hidden = all.length === 0;
    box.replaceChildren.apply(box, all.map(function (k) {
      var p = element("p", say("Conflict") + ": " + k.theirs + " "), mine = element("button", say("Mine"), { type: "button", "class": "quiet" }),
        theirs = element("button", say("Theirs"), { type: "button", "class": "quiet" }), own = ticket.dirty[k.field];
      mine.addEventListener("click", function () {
        var sent = {};
        sent[k.field] = own;
        post(form.dataset.save, sent, true).then(function (state) { took(ticket, sent, state); }, function (err) { failed(ticket, err); });
      });
      theirs.addEventListener("click", function () {
        delete ticket.dirty[k.field];
        ticket.values[k.field] = k.theirs;
        box.hidden = true;
        fill();
        shelve();
        refresh();
      });
      p.append(mine, " ", theirs);
      return p;
    }));
  }

  // file saves what is left and makes a case of it. While the server is away it is tried again; the form stays as it is. Photos go first.
  function file() {
    clearTimeout(timer);
    ticket.wants = true;
    shelve();
    if (saving || Object.keys(ticket.waiting).length) { timer = setTimeout(function () { if (ticket && ticket.wants) { file(); } }, 50); return; }
    if (filing) { return; }
    var mine = ticket, sent = Object.assign({}, ticket.dirty);
    saving = filing = true;
    post(form.dataset.file, sent).then(function (state) {
      filing = mine.wants = false;
      took(mine, sent, state);
      if (mine === ticket && ticket && !state.closed) { lacks(state); }
    }, function (err) { filing = false; failed(mine, err); });
  }

  function filed(state) {
    localStorage.removeItem(SHELF + state.key);
    var to = form.dataset.page + state.id;
    leaveQuietly();
    location.assign(to);
  }

  function lacks(state) {
    var names = (state.missing || []).concat(state.invalid || []).map(function (f) {
      var x = form.querySelector('[name="' + f + '"]'), l = x && (form.querySelector('label[for="' + x.id + '"]') || x.closest("label"));
      return { field: x, name: l ? l.textContent.trim() : f };
    });
    if (!names.length) { return; }
    $("desk-missing").textContent = say("Missing") + ": " + names.map(function (n) { return n.name; }).join("; ");
    $("desk-missing").hidden = false;
    if (names[0].field) { names[0].field.focus(); }
  }

  // ---- photos ------------------------------------------------------------------------------------------------------------------------

  // Until the server has them, photos wait in IndexedDB: a reload sends them on. Where there is none, they wait in this tab.
  function shed(mode, fn) {
    return new Promise(function (done) {
      var ask;
      try { ask = indexedDB.open("tanggap.desk", 1); } catch (e) { done(null); return; }
      ask.onupgradeneeded = function () { ask.result.createObjectStore("photos", { keyPath: "id" }); };
      ask.onerror = function () { done(null); };
      ask.onsuccess = function () {
        var db = ask.result, t = db.transaction("photos", mode), answer = fn(t.objectStore("photos"));
        t.oncomplete = function () { db.close(); done(answer ? answer.result : null); };
        t.onabort = t.onerror = function () { db.close(); done(null); };
      };
    });
  }

  function photoID(key, name) { return key + "/" + name; }

  function add(files) {
    var mine = ticket;
    Array.from(files).forEach(function (f) {
      if (f.size > data.MaxPhoto) { $("desk-photo-said").textContent = f.name + ": " + say("Large"); return; }
      var p = { id: "", key: mine.key, name: random(), blob: f, user: data.User, at: Date.now() };
      p.id = photoID(p.key, p.name);
      mine.waiting[p.name] = p;
      shed("readwrite", function (s) { s.put(p); }).then(function () { send(mine, p, 0); });
    });
    draw();
  }

  function send(mine, p, tries) {
    var url = form.dataset.photo + "?key=" + encodeURIComponent(p.key) + "&name=" + encodeURIComponent(p.name);
    fetch(url, { method: "POST", body: p.blob, redirect: "manual", headers: { "HX-Request": "true", "Content-Type": "application/octet-stream" } }).then(answered)
      .then(function (state) { gone(mine, p, state, state.refused || ""); }, function (err) {
        if (err.final) { gone(mine, p, null, err.status === 413 ? say("Large") : String(err.status)); return; }
        setTimeout(function () { send(mine, p, Math.min(tries + 1, 6)); }, 250 * Math.pow(2, tries));
      });
  }

  function gone(mine, p, state, why) {
    shed("readwrite", function (s) { s.delete(p.id); });
    delete mine.waiting[p.name];
    if (state && state.id) { mine.id = state.id; joinPhotos(mine, state); mine.shots++; }
    if (mine !== ticket) { return; }
    if (state && state.closed) { filed(state); return; }
    settled(mine);
    draw();
    if (why) { $("desk-photo-said").textContent = (p.blob.name || "") + ": " + why; }
  }

  // Answers to what was sent side by side come in any order: an older one knows less. So a photo that was told of stays until it was removed.
  function joinPhotos(mine, state) {
    var told = state.photos || [], names = told.map(function (p) { return p.name; });
    mine.photos = mine.photos.filter(function (p) { return names.indexOf(p.name) < 0; }).concat(told).filter(function (p) { return !mine.removed[p.name]; });
    mine.photos.sort(function (a, b) { return a.label.localeCompare(b.label, undefined, { numeric: true }); });
  }

  // waitingPhotos sends on what a reload or a crash left waiting.
  function waitingPhotos() {
    var mine = ticket;
    shed("readonly", function (s) { return s.getAll(); }).then(function (all) {
      (all || []).forEach(function (p) {
        if (Date.now() - p.at > OLD) { shed("readwrite", function (s) { s.delete(p.id); }); return; }
        if (mine === ticket && p.key === mine.key && p.user === data.User && !mine.waiting[p.name]) { mine.waiting[p.name] = p; send(mine, p, 0); }
      });
      if (mine === ticket && mine) { draw(); }
    });
  }

  function drawPhotos() {
    var n = Object.keys(ticket.waiting).length, box = $("desk-shots"), key = JSON.stringify(ticket.photos);
    if (n) { $("desk-photo-said").textContent = say("Sending").replace("{n}", String(n)); } else if (box.dataset.sending) { $("desk-photo-said").textContent = ""; }
    box.dataset.sending = n || "";
    if (box.dataset.shows === key) { return; }
    box.dataset.shows = key;
    box.replaceChildren.apply(box, ticket.photos.map(function (p) {
      var li = element("li", "", { "data-photo": p.name }), b = element("button", say("Remove"), { type: "button", "class": "quiet", "aria-label": say("Remove") + " " + p.label });
      li.append(p.url ? element("img", "", { src: p.url, alt: p.label }) : p.file ? element("a", p.label + ": " + p.note, { href: p.file }) : element("span", p.label + ": " + p.note), b);
      b.addEventListener("click", function () {
        var mine = ticket, body = new URLSearchParams({ key: mine.key, name: p.name });
        fetch(form.dataset.unphoto, { method: "POST", body: body, redirect: "manual", headers: { "HX-Request": "true" } }).then(answered).then(function (state) {
          mine.removed[p.name] = true;
          mine.shots++;
          joinPhotos(mine, state);
          if (mine === ticket) { draw(); $("d-photo").focus(); }
        }, function () { /* it is still shown, and can be tried again */ });
      });
      return li;
    }));
  }

  ["d-photo", "d-camera"].forEach(function (id) {
    $(id).addEventListener("change", function (e) { if (ticket) { add(e.target.files); } e.target.value = ""; });
  });
  $("desk-camera").addEventListener("click", function () { $("d-camera").click(); });
  form.addEventListener("dragover", function (e) { if (e.dataTransfer && Array.from(e.dataTransfer.types).indexOf("Files") >= 0) { e.preventDefault(); } });
  form.addEventListener("drop", function (e) { if (ticket && e.dataTransfer && e.dataTransfer.files.length) { e.preventDefault(); add(e.dataTransfer.files); } });
  form.addEventListener("paste", function (e) { if (ticket && e.clipboardData && e.clipboardData.files.length) { e.preventDefault(); add(e.clipboardData.files); } });

  // ---- another tab writes the same ticket ----------------------------------------------------------------------------------------------

  function refresh() {
    if (!ticket || !ticket.id || saving) { return; }
    var mine = ticket, shots = ticket.shots;
    fetch(form.dataset.state + "?key=" + encodeURIComponent(ticket.key), { headers: { "HX-Request": "true", "X-Live": "1" } }).then(function (r) { return r.ok ? r.json() : null; })
      .then(function (state) {
        if (!state || mine !== ticket || saving || state.version < ticket.version) { return; }
        if (state.closed) { filed(state); return; }
        Object.keys(ticket.values).concat(Object.keys(state.values)).forEach(function (f) { if (ticket.dirty[f] === undefined) { ticket.values[f] = state.values[f] || ""; } });
        if (Object.keys(ticket.dirty).length === 0) { ticket.version = state.version; }
        if (ticket.shots === shots && !Object.keys(ticket.waiting).length) { ticket.photos = state.photos || []; }
        ticket.guess = state.guess || {};
        fill();
        draw();
      }, function () { /* the next change tells again */ });
  }
  document.body.addEventListener("live-ticket", function (e) { if (ticket && e.detail && e.detail.id === ticket.id) { refresh(); } });
  document.body.addEventListener("live-reset", refresh);

  // ---- what the page begins with ----------------------------------------------------------------------------------------------------

  var kept = shelved();
  if (data.State) {
    var same = kept.find(function (d) { return d.key === data.State.key; });
    adopt(data.State, same ? same.writer : "");
    if (same) { restore(same); }
    open();
    if (ticket.values.number) { who(); }
    if (document.activeElement === document.body) { number.focus(); }
  } else {
    firstFree(kept).then(function (d) {
      if (!d) { if (data.Begin) { begin(); } return; }
      fetch(form.dataset.state + "?key=" + encodeURIComponent(d.key), { headers: { "HX-Request": "true" } })
        .then(function (r) { return r.ok ? r.json() : null; }, function () { return null; })
        .then(function (state) {
          if (state && state.closed) { localStorage.removeItem(SHELF + d.key); if (data.Begin) { begin(); } return; }
          adopt(state || { key: d.key, version: 0, id: 0, values: {}, photos: [], guess: {} }, d.writer);
          restore(d);
          open();
          number.focus();
        });
    });
  }
})();

// Logging a call of the 112 line by keys. What is typed is posted a moment later, one save at a time; until the server has answered it is kept in this
// browser too, so that neither a reload nor a crash of either loses it. The server is the one who knows: a field that changed on another screen is shown, and
// nothing is overwritten in silence.
(function () {
  "use strict";
  var ring = null;
  var form = document.getElementById("call-form");
  watchResponders();
  if (!form) { return; }

  var data = JSON.parse(document.getElementById("call-data").textContent);
  var say = function (name) { return form.dataset["said" + name]; };
  var $ = function (id) { return document.getElementById(id); };
  var number = $("c-number"), place = $("c-landmark"), areas = $("call-areas"), text = $("c-text"), questions = $("call-questions"), map = $("c-map");
  var SHELF = "tanggap.call.", OLD = 24 * 3600 * 1000;

  // The call on the screen: key and writer name it and this page, values is what is shown, dirty what the server has not confirmed.
  var call = null, saving = false, closing = false, timer = null, again = 0, asking = 0, marked = -1, found = [];

  // ---- kept in the browser ---------------------------------------------------------------------------------------------------------

  function shelve() {
    if (!call) { return; }
    if (Object.keys(call.dirty).length === 0) { localStorage.removeItem(SHELF + call.key); return; }
    localStorage.setItem(SHELF + call.key, JSON.stringify({ key: call.key, writer: call.writer, base: call.version, dirty: call.dirty,
      user: data.User, at: Date.now() }));
  }

  function shelved() {
    var best = null;
    Object.keys(localStorage).forEach(function (name) {
      if (name.indexOf(SHELF) !== 0) { return; }
      var d = null;
      try { d = JSON.parse(localStorage.getItem(name)); } catch (e) { d = null; }
      if (!d || Date.now() - d.at > OLD) { localStorage.removeItem(name); return; }
      if (d.user === data.User && (!best || d.at > best.at)) { best = d; }
    });
    return best;
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
    call = { key: random(), writer: writer(), version: 0, id: 0, values: {}, dirty: {}, sending: [], step: 0 };
    history.replaceState(null, "", form.dataset.list + "/new");
    open();
    save(0, true);
    number.focus();
  }

  function open() {
    form.hidden = false;
    $("call-start").hidden = true;
    $("call-missing").hidden = $("call-conflict").hidden = true;
    $("call-caller").replaceChildren();
    status("");
    fill();
    draw();
  }

  function adopt(state, writerOf) {
    call = { key: state.key, writer: writerOf || writer(), version: state.version, id: state.id, values: state.values, dirty: {}, sending: state.sending || [],
      own: !!state.values.category, step: 0 };
  }

  // fill puts the values into the fields; the one that is being typed in is left alone.
  function fill() {
    form.querySelectorAll("[name]").forEach(function (x) {
      var v = call.values[x.name] || "";
      if (x.type === "checkbox") { x.checked = v === "1"; return; }
      if (x === document.activeElement && (x === number || call.dirty[x.name] !== undefined)) { return; }
      if (x.value !== v) { x.value = v; }
    });
  }

  function chosen() { return data.Incidents.find(function (i) { return i.id === call.values.incident; }); }

  function draw() {
    var c = call.values["class"] || "", kind = c === "emergency" ? chosen() : null;
    press("[data-class]", "class", c);
    press("[data-incident]", "incident", kind ? kind.id : "");
    $("call-incidents").hidden = c !== "emergency" || !!kind;
    $("call-times").hidden = call.values.paper !== "1";
    $("call-rest").hidden = !(c === "complaint" || c === "question" || kind);
    $("call-place").hidden = c === "question";
    $("call-hurt").hidden = $("call-sending").hidden = c !== "emergency";
    $("call-matter").hidden = c !== "complaint";
    $("call-asked").hidden = c === "question";
    $("call-close").hidden = $("call-rest").hidden;
    form.querySelectorAll("[data-when]").forEach(function (x) { x.hidden = x.dataset.when !== c; });
    var name = data.Classes.find(function (x) { return x.id === c; });
    $("call-what").textContent = kind ? kind.name : name ? name.name : $("call-new").firstChild.textContent.trim();
    drawQuestions(kind);
    drawUnits();
    var at = data.Areas.find(function (a) { return a.code === call.values.area; });
    $("call-area").textContent = at ? "✓ " + at.name + (at["in"] ? ", Kec. " + at["in"] : "") + (call.values.point ? " · " + say("Point") : "") : "";
    $("call-noarea").hidden = !at && !call.values.point;
    drawPoint(at);
  }

  // drawPoint has the map show where the call is: the point, or the village that was typed. An unchanged place is left as the operator moved it.
  function drawPoint(at) {
    var point = call.values.point || "", now = call.key + " " + (point || (at ? at.code : ""));
    if (!map.dataset.drawn || map.dataset.shows === now) { return; }
    map.dataset.shows = now;
    if (!point) { map.dispatchEvent(new CustomEvent("place-show", { detail: null })); }
    if (point) { var p = point.split(","); map.dispatchEvent(new CustomEvent("place-show", { detail: { lat: Number(p[0]), lng: Number(p[1]), mark: true } })); }
    else if (at) { map.dispatchEvent(new CustomEvent("place-show", { detail: { lat: at.at[0], lng: at.at[1] } })); }
  }

  map.addEventListener("place-drawn", function () { if (call) { draw(); } });
  map.addEventListener("place-chosen", function (e) {
    if (!call) { return; }
    map.dataset.shows = call.key + " " + e.detail.lat + "," + e.detail.lng; // it shows it already
    set("area", e.detail.area);
    set("point", e.detail.lat + "," + e.detail.lng);
    draw();
  });

  function press(selector, name, value) {
    form.querySelectorAll(selector).forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset[name] === value)); });
  }

  function element(tag, content, attributes) {
    var e = document.createElement(tag);
    if (content) { e.textContent = content; }
    Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    return e;
  }

  function drawQuestions(kind) {
    questions.hidden = !kind;
    if (!kind) { questions.replaceChildren(); questions.dataset.of = ""; return; }
    if (questions.dataset.of !== kind.id) {
      questions.dataset.of = kind.id;
      questions.replaceChildren.apply(questions, kind.questions.map(function (q, n) {
        var p = element("p", "", { "data-question": q.id });
        if (!q.options) {
          var id = "q-" + q.id;
          p.append(element("label", q.ask, { "for": id }), element("input", "", { id: id, name: "answer." + q.id, maxlength: "200" }));
          return p;
        }
        p.append(element("b", q.ask + " "));
        q.options.forEach(function (o) {
          var b = element("button", o.name + " ", { type: "button", "class": "quiet", "data-answer": q.id, "data-option": o.id });
          b.append(element("kbd", o.key));
          b.addEventListener("click", function () { answer(n, o.id); });
          p.append(b, " ");
        });
        return p;
      }));
      fill();
    }
    kind.questions.forEach(function (q, n) {
      var p = questions.children[n];
      p.classList.toggle("now", n === call.step);
      p.querySelectorAll("[data-option]").forEach(function (b) { b.setAttribute("aria-pressed", String(call.values["answer." + q.id] === b.dataset.option)); });
    });
  }

  function answer(n, option) {
    set("answer." + chosen().questions[n].id, option);
    call.step = n;
    next();
  }

  // next goes to the next question of the protocol, and after the last to the place.
  function next() {
    var kind = chosen();
    call.step++;
    draw();
    if (!kind || call.step >= kind.questions.length) { place.focus(); return; }
    var q = kind.questions[call.step];
    if (q.options) { questions.focus(); } else { $("q-" + q.id).focus(); }
  }

  function units() {
    var v = call.values.units;
    if (v === undefined || v === "") { return call.sending.map(function (u) { return u.id; }); }
    return v === "-" ? [] : v.split(",");
  }

  function drawUnits() {
    var on = units(), all = call.sending.slice();
    on.forEach(function (id) {
      if (!all.some(function (u) { return u.id === id; })) { all.push(data.Units.find(function (u) { return u.id === id; }) || { id: id, name: id }); }
    });
    call.dropped && call.dropped.forEach(function (u) { if (!all.some(function (x) { return x.id === u.id; })) { all.push(u); } });
    var box = $("call-units");
    box.replaceChildren.apply(box, all.map(function (u) {
      var l = element("label", "", { "class": "inline" }), i = element("input", "", { type: "checkbox", value: u.id });
      i.checked = on.indexOf(u.id) >= 0;
      i.addEventListener("change", function () {
        var now = units().filter(function (x) { return x !== u.id; });
        if (i.checked) { now.push(u.id); } else { (call.dropped = call.dropped || []).push(u); }
        set("units", now.join(",") || "-");
      });
      l.append(i, " " + u.name + " ");
      return l;
    }));
    if (all.length === 0) { box.textContent = say("Nobody"); }
  }

  // ---- what is typed ---------------------------------------------------------------------------------------------------------------

  function set(name, value, wait) {
    if ((call.values[name] || "") === value && call.dirty[name] === undefined) { return; }
    call.values[name] = value;
    call.dirty[name] = value;
    shelve();
    status(say("Unsaved"), true);
    save(wait || 0);
  }

  form.addEventListener("input", function (e) {
    var x = e.target;
    if (!call || !x.name) { return; }
    set(x.name, x.type === "checkbox" ? (x.checked ? "1" : "") : x.value, 250);
    if (x.name === "paper") { draw(); }
    if (x.name === "category") { call.own = true; } // chosen by hand: guessed no more
    if (x === number) { clearTimeout(asking); asking = setTimeout(who, 300); }
    if (x === place) { suggest(); }
  });
  $("c-more").addEventListener("change", function (e) {
    if (e.target.value && units().indexOf(e.target.value) < 0) { set("units", units().concat(e.target.value).join(",")); drawUnits(); }
    e.target.value = "";
  });

  number.addEventListener("beforeinput", function (e) { if (e.inputType === "insertText" && /[^0-9+() .-]/.test(e.data || "")) { e.preventDefault(); } }); // letters are keys

  // ---- who it is -------------------------------------------------------------------------------------------------------------------

  function who() {
    var n = number.value.trim(), mine = call;
    if (!mine) { return; }
    if (n.replace(/\D/g, "").length < 5) { $("call-caller").replaceChildren(); return; }
    fetch(form.dataset.caller + "?number=" + encodeURIComponent(n) + "&not=" + (call.id || 0), { headers: { "HX-Request": "true" } })
      .then(function (r) { return r.ok ? r.text() : ""; })
      .then(function (html) {
        if (call !== mine) { return; }
        if (number.value.trim() !== n) { who(); return; }
        var t = document.createElement("template");
        t.innerHTML = html; // the server's own fragment: no script of it runs, by the policy
        $("call-caller").replaceChildren(t.content);
      }, function () { /* it is asked again with the next digit */ });
  }

  // ---- where it is -----------------------------------------------------------------------------------------------------------------

  function plain(s) { return s.toLowerCase().replace(/[^a-z0-9]+/g, ""); }

  // near tells whether two words differ by no more than one letter.
  function near(a, b) {
    if (Math.abs(a.length - b.length) > 1 || a.length < 5) { return false; }
    for (var i = 0; i < Math.min(a.length, b.length); i++) {
      if (a[i] !== b[i]) { return a.slice(i + 1) === b.slice(i + 1) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i); }
    }
    return true;
  }

  // suggest looks for a village or kecamatan in the end of what was typed: "depan masjid bawu" means Bawu.
  function suggest() {
    var typed = place.value.split(/[\s,]+/).filter(Boolean), hits = [];
    for (var take = Math.min(3, typed.length); take > 0; take--) {
      var tail = plain(typed.slice(-take).join("")), head = typed.slice(0, -take).join(" ");
      if (tail.length < 2) { continue; }
      data.Areas.forEach(function (a) {
        var name = plain(a.name), score = name === tail ? 4 : name.indexOf(tail) === 0 ? 3 : near(name, tail) || near(name.slice(0, tail.length), tail) ? 2 : tail.length > 3 && name.indexOf(tail) > 0 ? 1 : 0;
        if (score && !hits.some(function (h) { return h.area === a; })) { hits.push({ area: a, score: score * 10 + take, rest: head }); }
      });
    }
    hits.sort(function (x, y) { return y.score - x.score; });
    found = hits.slice(0, 6);
    mark(found.length ? 0 : -1);
  }

  function mark(n) {
    marked = n;
    areas.hidden = found.length === 0;
    place.setAttribute("aria-expanded", String(found.length > 0));
    areas.replaceChildren.apply(areas, found.map(function (h, i) {
      var li = element("li", h.area.name + (h.area["in"] ? ", Kec. " + h.area["in"] : " (kecamatan)"), { role: "option", id: "area-" + i, "aria-selected": String(i === marked) });
      li.addEventListener("mousedown", function (e) { e.preventDefault(); marked = i; choose(); });
      return li;
    }));
    if (marked >= 0) { place.setAttribute("aria-activedescendant", "area-" + marked); } else { place.removeAttribute("aria-activedescendant"); }
  }

  function choose() {
    var h = found[marked];
    found = [];
    mark(-1);
    place.value = h.rest.replace(/\s*(di|desa|ds|kel|kelurahan|kec|kecamatan)\.?$/i, "").trim();
    set("landmark", place.value);
    if (call.values.area !== h.area.code) { set("point", ""); } // it was somewhere else
    set("area", h.area.code);
    draw();
  }

  $("call-noarea").addEventListener("click", function () { set("area", ""); set("point", ""); draw(); place.focus(); });
  place.addEventListener("blur", function () { found = []; mark(-1); });

  // ---- keys ------------------------------------------------------------------------------------------------------------------------

  function byKey(list, key) { return (list || []).find(function (x) { return x.key === key; }); }

  function classify(id) {
    var c = data.Classes.find(function (x) { return x.id === id; });
    set("class", id);
    call.step = 0;
    draw();
    if (c.atOnce) { close(); return; }
    if (id === "emergency") { if (chosen()) { questions.focus(); } else { $("call-what").focus(); } } else { text.focus(); }
  }

  function happen(id) {
    set("incident", id);
    call.step = -1;
    next();
  }

  form.addEventListener("click", function (e) {
    var b = e.target.closest("button");
    if (!b) { return; }
    if (b.dataset["class"]) { classify(b.dataset["class"]); }
    if (b.dataset.incident) { happen(b.dataset.incident); }
  });

  function back() {
    if (call.values["class"] === "emergency" && call.values.incident) { set("incident", ""); draw(); $("call-what").focus(); return; }
    if (call.values["class"]) { set("class", ""); draw(); number.focus(); return; }
    leave();
  }

  // leave puts the form away; a call that has been begun stays in the list of open ones.
  function leave() {
    form.hidden = true;
    $("call-start").hidden = false;
    call = null;
    history.replaceState(null, "", form.dataset.list);
    $("call-new").focus();
  }

  $("call-back").addEventListener("click", back);
  $("call-new").addEventListener("click", begin);

  // The capture comes before the page's own keys: while a call is written its letters are the form's.
  document.addEventListener("keydown", function (e) {
    if (e.isComposing || !call || form.hidden) { return; }
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { stop(e); close(); return; }
    if (e.ctrlKey || e.altKey || e.metaKey) { return; }
    var at = document.activeElement, inForm = form.contains(at) || at === document.body || at.id === "main";
    if (!inForm) { return; }
    if (e.key === "Escape" && at.closest("#call-map")) { stop(e); $("call-map").open = false; place.focus(); return; }
    if (e.key === "Escape") { stop(e); if (found.length) { found = []; mark(-1); } else { back(); } return; }
    if (at === place && found.length) {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { stop(e); mark((marked + (e.key === "ArrowDown" ? 1 : found.length - 1)) % found.length); return; }
      if (e.key === "Enter") { stop(e); choose(); return; }
    }
    if (at.name && at.name.indexOf("answer.") === 0 && e.key === "Enter") { stop(e); next(); return; }
    if (at.matches("input[name]:not([type=checkbox])") && e.key === "Enter") { stop(e); if (at === number) { $("call-what").focus(); } else { text.focus(); } return; }
    var typing = at.matches("textarea, select, input:not([type=checkbox])") && at !== number;
    if (typing || e.key.length !== 1) { return; }
    var key = e.key.toLowerCase(), hit = null, c = call.values["class"], kind = c === "emergency" ? chosen() : null;
    if (at === number && !/[a-z]/.test(key)) { return; }
    if (kind) {
      var q = kind.questions[call.step];
      hit = q && byKey(q.options, key);
      if (hit) { stop(e); answer(call.step, hit.id); }
      return;
    }
    if (c === "emergency") { if ((hit = byKey(data.Incidents, key))) { stop(e); happen(hit.id); } return; }
    if (!c && (hit = byKey(data.Classes, key))) { stop(e); classify(hit.id); return; }
    if (at === number) { stop(e); }
  }, true);

  // What is not being typed stays what the form's keys say: a letter is not the page's while a question waits.
  document.addEventListener("keydown", function (e) {
    if (!e.defaultPrevented && !e.ctrlKey && !e.altKey && call && !form.hidden && e.key === "n" && form.contains(document.activeElement)) { e.preventDefault(); }
  });

  // A key that did something is not typed as well, wherever it has moved the focus to.
  var swallowed = "";
  function stop(e) { e.preventDefault(); e.stopPropagation(); swallowed = e.key; }
  document.addEventListener("keyup", function () { swallowed = ""; }, true);
  form.addEventListener("beforeinput", function (e) { if (swallowed && (e.data === swallowed || swallowed === "Enter" && e.inputType === "insertLineBreak")) { e.preventDefault(); } }, true);

  form.addEventListener("submit", function (e) { e.preventDefault(); close(); });

  // ---- saving ----------------------------------------------------------------------------------------------------------------------

  function status(what, wait) {
    $("call-saved").textContent = what;
    $("call-saved").classList.toggle("wait", !!wait);
  }

  function post(path, fields, force) {
    var body = new URLSearchParams({ key: call.key, writer: call.writer, base: String(call.version) });
    if (force) { body.set("force", "1"); }
    Object.keys(fields).forEach(function (f) { body.set(f, fields[f]); });
    return fetch(path, { method: "POST", body: body, redirect: "manual", headers: { "HX-Request": "true" } }).then(function (r) {
      if (!r.ok || (r.headers.get("Content-Type") || "").indexOf("application/json") !== 0) {
        var err = new Error(String(r.status));
        err.final = r.status === 400 || r.status === 403 || r.status === 409;
        if (r.status === 401) { location.reload(); }
        throw err;
      }
      return r.json();
    });
  }

  function save(wait, anyhow) {
    if (call.wants) { return; } // it is being put away, with all there is
    clearTimeout(timer);
    timer = setTimeout(function () {
      if (saving || !call || !anyhow && Object.keys(call.dirty).length === 0) { return; }
      var mine = call, sent = Object.assign({}, call.dirty);
      saving = true;
      post(form.dataset.save, sent).then(function (state) { took(mine, sent, state); }, function (err) { failed(mine, err); });
    }, wait);
  }

  // took: the server has what was sent. What was typed since is sent next.
  function took(mine, sent, state, leaving) {
    saving = false;
    again = 0;
    var disputed = (state.conflicts || []).map(function (k) { return k.field; });
    Object.keys(sent).forEach(function (f) {
      if (mine.dirty[f] === sent[f] && disputed.indexOf(f) < 0) { delete mine.dirty[f]; }
    });
    var first = !mine.id;
    mine.id = state.id;
    mine.version = disputed.length ? mine.version : state.version;
    mine.sending = state.sending || [];
    if (mine !== call) { return; }
    Object.keys(state.values).forEach(function (f) { if (call.dirty[f] === undefined && (f !== "number" || document.activeElement !== number)) { call.values[f] = state.values[f]; } });
    Object.keys(call.values).forEach(function (f) { if (call.dirty[f] === undefined && state.values[f] === undefined) { call.values[f] = ""; } });
    shelve();
    if (first) { history.replaceState(null, "", form.dataset.page + state.id); }
    if (state.closed && !leaving) { location.assign(form.dataset.page + state.id); return; }
    conflict(state.conflicts || []);
    draw();
    if (sent.text !== undefined && state.guess && !call.own && call.values["class"] === "complaint" && state.guess !== call.values.category && !leaving) { // shown, and only where it was typed
      set("category", state.guess);
      $("c-category").value = state.guess;
    }
    var left = Object.keys(call.dirty).filter(function (f) { return disputed.indexOf(f) < 0; });
    if (left.length) { save(0); } else { status(disputed.length ? say("Conflict") : say("Saved")); }
    document.body.dispatchEvent(new CustomEvent("call-saved", { bubbles: true }));
  }

  function failed(mine, err) {
    saving = false;
    if (mine !== call) { return; }
    closing = false;
    status(say("Unsaved"), true);
    if (err.final) { return; }
    again = Math.min(again + 1, 6);
    clearTimeout(timer);
    timer = setTimeout(function () { if (call) { if (call.wants) { close(); } else { save(0); } } }, 250 * Math.pow(2, again));
  }

  function conflict(all) {
    var box = $("call-conflict");
    box.hidden = all.length === 0;
    box.replaceChildren.apply(box, all.map(function (k) {
      var p = element("p", say("Conflict") + ": " + k.theirs + " "), mine = element("button", say("Mine"), { type: "button", "class": "quiet" }),
        theirs = element("button", say("Theirs"), { type: "button", "class": "quiet" }), own = call.dirty[k.field];
      mine.addEventListener("click", function () {
        var sent = {};
        sent[k.field] = own;
        post(form.dataset.save, sent, true).then(function (state) { took(call, sent, state); }, function (err) { failed(call, err); });
      });
      theirs.addEventListener("click", function () {
        delete call.dirty[k.field];
        call.values[k.field] = k.theirs;
        box.hidden = true;
        fill();
        shelve();
        refresh();
      });
      p.append(mine, " ", theirs);
      return p;
    }));
  }

  // close saves what is left and puts the record away. While the server is away it is tried again; the form stays as it is.
  function close() {
    clearTimeout(timer);
    call.wants = true;
    if (saving) { timer = setTimeout(close, 50); return; }
    if (closing) { return; }
    var mine = call, sent = Object.assign({}, call.dirty);
    saving = closing = true;
    shelve();
    post(form.dataset.close, sent).then(function (state) {
      closing = mine.wants = false;
      took(mine, sent, state, state.closed);
      if (mine !== call) { return; }
      if (!state.closed) { lacks(state); return; }
      localStorage.removeItem(SHELF + call.key);
      if (call.values["class"] === "emergency" || call.values["class"] === "complaint") { location.assign(form.dataset.page + state.id); return; }
      var id = state.id;
      leave();
      said(state.said, form.dataset.page + id);
    }, function (err) { closing = false; failed(mine, err); });
  }

  function said(sentence, href) {
    var p = element("p", "", { "class": "flash" });
    p.append(element("a", sentence, { href: href }));
    $("flash").replaceChildren(p);
  }

  function lacks(state) {
    var names = (state.missing || []).concat(state.invalid || []).map(function (f) {
      var x = f === "area" ? place : f === "class" || f === "incident" ? null : form.querySelector('[name="' + f + '"]');
      var l = x ? form.querySelector('label[for="' + x.id + '"]') : form.querySelector(f === "class" ? "#call-classes legend" : "#call-incidents legend");
      return { field: x, name: l ? l.textContent : f };
    });
    if (!names.length) { return; }
    $("call-missing").textContent = say("Missing") + ": " + names.map(function (n) { return n.name; }).join("; ");
    $("call-missing").hidden = false;
    if (names[0].field) { names[0].field.focus(); }
  }

  // ---- another screen writes the same call --------------------------------------------------------------------------------------------

  function refresh() {
    if (!call || !call.id || saving) { return; }
    var mine = call;
    fetch(form.dataset.state + "?key=" + encodeURIComponent(call.key), { headers: { "HX-Request": "true", "X-Live": "1" } }).then(function (r) { return r.ok ? r.json() : null; })
      .then(function (state) {
        if (!state || mine !== call || saving || state.version < call.version) { return; }
        if (state.closed) { localStorage.removeItem(SHELF + call.key); location.assign(form.dataset.page + state.id); return; }
        Object.keys(call.values).concat(Object.keys(state.values)).forEach(function (f) { if (call.dirty[f] === undefined) { call.values[f] = state.values[f] || ""; } });
        if (Object.keys(call.dirty).length === 0) { call.version = state.version; }
        call.sending = state.sending || [];
        fill();
        draw();
      }, function () { /* the next change tells again */ });
  }
  document.body.addEventListener("live-call", function (e) { if (call && e.detail.id === call.id) { refresh(); } });
  document.body.addEventListener("live-reset", refresh);

  // ---- what the page begins with ----------------------------------------------------------------------------------------------------

  var kept = shelved();
  if (data.State) {
    adopt(data.State, kept && kept.key === data.State.key ? kept.writer : "");
    if (kept && kept.key === data.State.key) { restore(kept); }
    open();
    if (call.values.number) { who(); }
  } else if (kept) { // the browser or the server went away while it was typed
    fetch(form.dataset.state + "?key=" + encodeURIComponent(kept.key), { headers: { "HX-Request": "true" } })
      .then(function (r) { return r.ok ? r.json() : null; }, function () { return null; })
      .then(function (state) {
        if (state && state.closed) { localStorage.removeItem(SHELF + kept.key); if (data.Begin) { begin(); } return; }
        adopt(state || { key: kept.key, version: 0, id: 0, values: {}, sending: [] }, kept.writer);
        restore(kept);
        open();
        save(0, true);
        number.focus();
      });
  } else if (data.Begin) {
    begin();
  }

  function restore(d) {
    Object.keys(d.dirty).forEach(function (f) { call.values[f] = call.dirty[f] = d.dirty[f]; });
    call.version = Math.min(call.version, d.base);
    save(0, true);
  }

  // ---- those who were called do not answer -------------------------------------------------------------------------------------------

  function watchResponders() {
    document.body.addEventListener("htmx:afterSwap", look);
    look();
    function look() {
      var late = document.querySelector("[data-late]");
      if (late && !ring) { ring = setInterval(beep, 2000); beep(); }
      if (!late && ring) { clearInterval(ring); ring = null; }
    }
    function beep() {
      var Audio = window.AudioContext;
      if (!Audio || (navigator.userActivation && !navigator.userActivation.hasBeenActive)) { return; }
      var a = new Audio(), o = a.createOscillator();
      o.connect(a.destination);
      o.frequency.value = 880;
      o.start();
      o.stop(a.currentTime + 0.3);
      o.onended = function () { a.close(); };
    }
  }
})();

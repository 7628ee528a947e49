// The page at a venue. What is done is an act with a name of its own: it is kept in the browser, shown at once, and sent in order; the server does each once. While there is no
// connection everything goes on by the list of numbers that was read last; what the server then refuses is shown to a human.
(function () {
  "use strict";
  var root = document.getElementById("venue"), keep = window.venueKeep, line = window.venueLine;
  if (!root || !keep || !line) { return; }
  var visit = Number(root.dataset.visit), user = Number(root.dataset.user), W = JSON.parse(root.dataset.words), at = root.dataset.at;
  var base = null, acts = [], trouble = [], names = {}, online = navigator.onLine !== false, over = false, sending = false, mayNot = false;
  var arrived = [], given = [], retry = 0, timer = null, refreshing = null, leaving = false, asking = {}, full = {};
  var CHOSEN = "tanggap.venue.counters." + visit, MINE = "tanggap.venue.mine." + visit, DESK = "tanggap.venue.desk";
  var HOUR = 3600 * 1000, WAIT = 12000;

  function $(id) { return document.getElementById(id); }

  function say(key, args) {
    return (W[key] || key).replace(/\{(\w+)\}/g, function (m, k) { return args && args[k] !== undefined ? args[k] : m; });
  }

  function el(tag, text, attrs) {
    var e = document.createElement(tag);
    if (text) { e.textContent = text; }
    Object.keys(attrs || {}).forEach(function (k) { e.setAttribute(k, attrs[k]); });
    return e;
  }

  function button(text, fn, cls, label) {
    var b = el("button", text, { type: "button" });
    if (cls) { b.className = cls; }
    if (label) { b.setAttribute("aria-label", label); }
    b.addEventListener("click", fn);
    return b;
  }

  function random() {
    var raw = crypto.getRandomValues(new Uint8Array(15));
    return btoa(String.fromCharCode.apply(null, raw)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  function stored(name, fallback) {
    try { return JSON.parse(localStorage.getItem(name)) || fallback; } catch (e) { return fallback; }
  }
  function store(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); } catch (e) { /* it is chosen anew then */ }
  }

  var desk = stored(DESK, ""), chosen = stored(CHOSEN, null), mine = stored(MINE, []);
  if (!desk) { desk = "meja-" + random().slice(0, 6); store(DESK, desk); }

  function locked(name, fn) { return navigator.locks ? navigator.locks.request("tanggap.venue." + name, fn) : Promise.resolve().then(fn); }

  // now is service time in milliseconds, as the server said it and the browser's clock went on.
  function now() { return base ? base.now + (Date.now() - base.read) : Date.now(); }

  function service(id) { return base && base.services.find(function (s) { return s.id === id; }); }
  function desks() { return base ? base.services.filter(function (s) { return s.may && chosen && chosen.indexOf(s.id) >= 0; }) : []; }
  function own() { return acts.filter(function (a) { return a.user === user; }); }

  // view is the list as it stands with what was done here and is not answered yet.
  function view() {
    if (!base) { return []; }
    var list = base.list.map(function (b) { return Object.assign({}, b); });
    acts.forEach(function (a) { if (a.visit === visit) { line.after(list, a, base); } });
    return list;
  }

  // ---- doing ----------------------------------------------------------------------------------------------------------------------

  var saving = Promise.resolve();

  // act has something done: kept, shown, sent. b: the booking it is about.
  function act(kind, b, more) {
    var a = Object.assign({ visit: visit, user: user, by: root.dataset.by, date: base.date, key: random(), kind: kind, at: now(), done: Date.now(), ticket: b ? b.t : "" }, more);
    if (b) { if (b.id) { a.booking = b.id; } else { a.of = b.of; } }
    acts.push(a);
    saving = saving.then(function () { return keep.put("acts", a).then(function (n) { a.n = n; }); });
    draw();
    saving.then(send);
    return a;
  }

  function took(id) {
    if (id && mine.indexOf(id) < 0) { mine.push(id); store(MINE, mine.slice(-200)); }
  }

  function callNext(s) {
    if (acts.some(function (a) { return a.kind === "next" && a.service === s.id && !a.booking && !a.of; })) { return; }
    var b = line.next(view(), s.id, base, now());
    if (online && !over) { act("next", null, { service: s.id, ticket: b ? b.t : s.letter }); return; }
    if (!b) { tell(say("waiting", { n: 0 })); return; }
    took(b.id || b.of);
    act("call", b, { service: s.id });
  }

  // decide has an act that asked for whoever is next name them by this desk's own reckoning: there was no answer.
  function decide(a) {
    var b = line.next(view(), a.service, base, now());
    if (!b) { acts.splice(acts.indexOf(a), 1); keep.drop("acts", [a.n]); return; }
    a.kind = "call";
    a.ticket = b.t;
    if (b.id) { a.booking = b.id; } else { a.of = b.of; }
    took(b.id || b.of);
    keep.put("acts", a);
  }

  // ---- sending --------------------------------------------------------------------------------------------------------------------

  function ask(path, options) {
    var stop = new AbortController(), late = setTimeout(function () { stop.abort(); }, WAIT);
    return fetch(path, Object.assign({ redirect: "manual", signal: stop.signal, cache: "no-store" }, options)).then(function (r) {
      if (r.status === 401 || r.type === "opaqueredirect" || r.headers.get("HX-Redirect")) { throw Object.assign(new Error("over"), { over: true }); }
      if (!r.ok) { throw Object.assign(new Error(String(r.status)), { status: r.status }); }
      return r.json();
    }).finally(function () { clearTimeout(late); });
  }

  function post(path, fields) {
    var body = new URLSearchParams();
    Object.keys(fields).forEach(function (k) { [].concat(fields[k]).forEach(function (v) { body.append(k, v); }); });
    return ask(at + path, { method: "POST", body: body, headers: { "HX-Request": "true" } });
  }

  function connected(is, gone) {
    online = is;
    over = !!gone;
    if (is) { retry = 0; }
    acts.filter(function (a) { return !is && a.kind === "next" && a.visit === visit && a.n; }).forEach(decide);
    drawLink();
  }

  function failed(err) {
    if (err.over) { connected(false, true); return; }
    if (err.status && err.status < 500) { mayNot = err.status === 403 || err.status === 404; online = true; return; }
    connected(false, over);
  }

  function again() {
    clearTimeout(timer);
    retry = Math.min(retry + 1, 5);
    timer = setTimeout(function () { if (own().length) { send(); } else { refresh(); } }, 500 * Math.pow(2, retry));
  }

  // send sends acts in their order, as many as go at once, until none is left or no answer comes. Several windows of one browser take turns.
  function send() {
    if (sending || !own().length) { drawLink(); return; }
    sending = true;
    clearTimeout(timer);
    locked("send", function () {
      return keep.all("acts").then(function (all) { // what another window has sent meanwhile is gone
        var left = all.map(function (a) { return a.key; });
        acts = acts.filter(function (a) { return !a.n || left.indexOf(a.key) >= 0; });
        var first = own()[0];
        if (!first) { return null; }
        var batch = own().filter(function (a) { return a.visit === first.visit && a.n; }).slice(0, first.alone ? 1 : 50);
        if (!batch.length) { return null; }
        var begun = Date.now(), body = JSON.stringify({ desk: desk, acts: batch.map(function (a) {
          return { key: a.key, kind: a.kind, ago: Math.max(0, Date.now() - a.done), booking: a.booking || 0, of: a.of || "", service: a.service || "", first: !!a.first, outcome: a.outcome || "",
            fetch: a.fetch || "", note: a.note || "", name: a.name || "", block: a.block || 0, queue: a.block ? a.queue : 0, ticket: a.ticket || "" };
        }) });
        return ask(at.replace(/\d+$/, String(first.visit)) + "/acts", { method: "POST", body: body, headers: { "Content-Type": "application/json" } })
          .then(function (got) { return answered(batch, got, begun); }, function (err) {
            if (err.status === 400 || err.status === 413) { // one of them is none that the server takes
              if (batch.length > 1) { first.alone = true; return null; }
              return settle([first], [{ key: first.key, visit: first.visit, user: user, say: first.ticket + " – " + first.kind }]);
            }
            throw err;
          });
      });
    }).then(function () {
      sending = false;
      draw();
      if (own().some(function (a) { return a.n; })) { send(); }
    }, function (err) {
      sending = false;
      failed(err);
      draw();
      if (!over) { again(); }
    });
  }

  function answered(batch, got, begun) {
    var done = [], bad = [];
    got.answers.forEach(function (r) {
      var a = batch.find(function (x) { return x.key === r.key; });
      if (!a) { return; }
      done.push(a);
      if (r.booking) {
        var later = acts.filter(function (x) { return x.of === a.key && x.kind !== "walkin"; });
        later.forEach(function (x) { x.booking = r.booking; if (x.n) { keep.put("acts", x); } });
        if (a.kind === "walkin") {
          names[r.booking] = { name: a.name };
          took(r.booking);
          given.forEach(function (g) { if (g.key === a.key) { g.ticket = r.ticket; g.number = r.number; g.id = r.booking; } });
        }
        if (a.kind === "next") { took(r.booking); }
      }
      if (a.kind === "walkin" && !r.ok) { given = given.filter(function (g) { return g.key !== a.key; }); }
      if (r.say && r.ok && a.kind === "next") { tell(r.say); } else if (r.say) { bad.push({ key: a.key, visit: a.visit, user: user, say: r.say, at: Date.now() }); }
    });
    connected(true);
    return settle(done, bad).then(function () { if (got.state.visit === visit) { known(got.state, begun); } });
  }

  function settle(done, bad) {
    acts = acts.filter(function (a) { return done.indexOf(a) < 0; });
    trouble = trouble.concat(bad);
    return keep.settle(done.map(function (a) { return a.n; }), bad);
  }

  // ---- knowing --------------------------------------------------------------------------------------------------------------------

  // known takes in what the server said; begun is when it was asked: numbers that were set aside since are not in it.
  function known(state, begun) {
    if (leaving) { return; }
    state.read = Date.now();
    if (base) { base.blocks.forEach(function (k) { if (k.got >= begun && !state.blocks.some(function (x) { return x.id === k.id; })) { state.blocks.push(k); } }); }
    base = state;
    mayNot = false;
    if (!chosen) {
      var all = state.services.filter(function (s) { return s.may; });
      chosen = all.length <= 2 ? all.map(function (s) { return s.id; }) : [];
    }
    keep.put("states", state);
    draw();
    numbers();
    who();
  }

  var again2 = false;
  function refresh() {
    if (refreshing) { again2 = true; return refreshing; }
    var begun = Date.now();
    refreshing = ask(at + "/state?desk=" + encodeURIComponent(desk), { headers: { "HX-Request": "true", "X-Live": "1" } }).then(function (s) {
      refreshing = null;
      connected(true);
      known(s, begun);
      if (own().length) { send(); }
      if (again2) { again2 = false; refresh(); }
    }, function (err) {
      refreshing = null;
      again2 = false;
      failed(err);
      draw();
      if (!over) { again(); }
    });
    return refreshing;
  }

  // numbers sees to it that this desk has some numbers of each of its services at hand.
  function numbers() {
    if (!online || over || !base.live) { return; }
    desks().forEach(function (s) {
      if (s.closed || asking[s.id] || left(s.id).length >= 3 || full[s.id] > Date.now()) { return; }
      asking[s.id] = true;
      post("/block", { service: s.id, desk: desk, key: random() }).then(function (k) {
        asking[s.id] = false;
        k.got = Date.now();
        if (leaving) { return; }
        if (!base.blocks.some(function (x) { return x.id === k.id; })) { base.blocks.push(k); keep.put("states", base); }
        draw();
      }, function (err) {
        asking[s.id] = false;
        full[s.id] = Date.now() + 60000;
        if (err.status !== 409) { failed(err); }
      });
    });
  }

  // left gives the numbers of a service that this desk can still give.
  function left(id) {
    var gone = {}, out = [];
    if (!base) { return out; }
    base.list.forEach(function (b) { if (b.s === id) { gone[b.q] = true; } });
    acts.forEach(function (a) { if (a.visit === visit && a.service === id && a.block) { gone[a.queue] = true; } });
    base.blocks.forEach(function (k) {
      if (k.service !== id) { return; }
      k.queue.forEach(function (q, i) { if (!gone[q] && k.used.indexOf(q) < 0) { out.push({ block: k.id, queue: q, number: k.numbers[i], letter: k.letter, begins: k.begins, ends: k.ends }); } });
    });
    return out;
  }

  function ticket(letter, queue) { return letter + "-" + ("00" + queue).slice(-Math.max(3, String(queue).length)); }

  // who asks for the names of those who are before this desk. They are shown and not kept.
  var named = {};
  function who() {
    if (!online || over || !base) { return; }
    var want = base.list.filter(function (b) {
      var s = service(b.s);
      return s && s.who && !names[b.id] && !named[b.id] && (mine.indexOf(b.id) >= 0 && (b.st === "called" || b.st === "serving") || arrived.indexOf(b.id) >= 0);
    }).slice(0, 12).map(function (b) { return b.id; });
    if (!want.length) { return; }
    want.forEach(function (id) { named[id] = true; });
    post("/who", { booking: want }).then(function (all) {
      all.forEach(function (p) { names[p.id] = p; });
      draw();
    }, function (err) { want.forEach(function (id) { named[id] = false; }); failed(err); });
  }

  // ---- showing --------------------------------------------------------------------------------------------------------------------

  // sync shows items in a place: what has not changed stays the same element, with whatever is typed in it.
  function sync(place, items) {
    var have = {}, focus = document.activeElement && place.contains(document.activeElement) ? document.activeElement.dataset.focus : "";
    Array.from(place.children).forEach(function (c) { have[c.dataset.key] = c; });
    var list = items.map(function (i) {
      var c = have[i.key];
      if (c && (c.dataset.sig === i.sig || i.st && c.dataset.st === i.st && c.querySelector(".venue-panel:not([hidden])"))) { return c; } // somebody writes in it
      c = i.make();
      c.dataset.key = i.key;
      c.dataset.sig = i.sig;
      c.dataset.st = i.st || "";
      return c;
    });
    if (list.length === place.children.length && list.every(function (c, n) { return c === place.children[n]; })) { return; }
    place.replaceChildren.apply(place, list);
    if (focus && !place.contains(document.activeElement)) {
      var to = place.querySelector('[data-focus="' + focus + '"]');
      if (to) { to.focus(); }
    }
  }

  function tell(what) {
    $("venue-say").textContent = what || "";
    $("venue-say").hidden = !what;
  }

  function drawLink() {
    var link = $("venue-link"), n = own().length, others = acts.filter(function (a) { return a.user !== user; });
    var text = over ? say("over") : !online ? say("off") : mayNot ? say("look") : say("on");
    if (link.dataset.is !== text) {
      link.dataset.is = text;
      link.className = online && !over ? "on" : "off";
      link.replaceChildren(document.createTextNode(text));
      if (over) { link.append(" ", el("a", say("login"), { href: root.dataset.login })); }
    }
    var unsent = n ? say("unsent", { n: n }) : say("sent");
    if (others.length) { unsent += ". " + say("others", { n: others.length, who: others[0].by }); }
    if (!keep.works()) { unsent += ". " + say("nokeep"); }
    $("venue-unsent").className = n || others.length ? "wait" : "";
    if ($("venue-unsent").textContent !== unsent) { $("venue-unsent").textContent = unsent; }
    root.dataset.unsent = n;
    root.dataset.online = online && !over ? "yes" : "no";
  }

  function draw() {
    drawLink();
    drawTrouble();
    if (!base) { return; }
    var list = view();
    drawCounters();
    drawDesks(list);
    drawWhat();
    drawArrived(list);
    drawGiven();
    drawExpected(list);
    root.dataset.numbers = desks().reduce(function (n, s) { return n + left(s.id).length; }, 0);
    root.dataset.ready = "yes";
    if (!base.serves) { tell(say("look")); } else if (!base.live) { tell(say("closed")); }
  }

  function drawTrouble() {
    var here = trouble.filter(function (x) { return x.visit === visit; });
    $("venue-trouble").hidden = here.length === 0;
    sync($("venue-trouble").querySelector("ul"), here.map(function (x) {
      return { key: x.key, sig: x.say, make: function () {
        var li = el("li");
        li.append(el("span", x.say), " ", button(say("read"), function () {
          trouble.splice(trouble.indexOf(x), 1);
          keep.drop("trouble", [x.key]);
          draw();
        }, "quiet", say("read") + ": " + x.say));
        return li;
      } };
    }));
  }

  function drawCounters() {
    sync($("venue-counters").querySelector("div"), base.services.filter(function (s) { return s.may; }).map(function (s) {
      var on = chosen && chosen.indexOf(s.id) >= 0;
      return { key: s.id, sig: s.name + on, make: function () {
        var b = button("", function () {
          chosen = on ? chosen.filter(function (c) { return c !== s.id; }) : (chosen || []).concat(s.id);
          store(CHOSEN, chosen);
          if (on) { giveBack(s.id); } else { numbers(); }
          draw();
        }, "quiet");
        b.append(el("b", s.letter), " " + s.name);
        b.setAttribute("aria-pressed", String(on));
        b.dataset.focus = "counter " + s.id;
        return b;
      } };
    }));
  }

  function giveBack(id) {
    if (!online || over || acts.some(function (a) { return a.block && (!id || a.service === id); })) { return Promise.resolve(); }
    base.blocks = base.blocks.filter(function (k) { return id && k.service !== id; });
    return post("/return", { desk: desk, service: id || "" }).catch(function () { /* they come back with the visit's end */ });
  }

  function count(list, s, states) { return list.filter(function (b) { return b.s === s.id && states.indexOf(b.st) >= 0; }).length; }

  function drawDesks(list) {
    var all = desks();
    sync($("venue-desks"), all.length ? all.map(function (s) {
      return { key: s.id, sig: s.letter + s.name, make: function () { return makeDesk(s); } };
    }) : [{ key: "none", sig: String(base.serves), make: function () { return el("p", base.serves ? say("none") : say("look")); } }]);
    all.forEach(function (s) {
      var box = document.querySelector('#venue-desks > [data-key="' + CSS.escape(s.id) + '"]'), waiting = line.inLine(list, s.id, base, now());
      var asked = acts.some(function (a) { return a.kind === "next" && a.service === s.id; }), b = line.next(list, s.id, base, now());
      var counts = say("waiting", { n: waiting.length }) + " · " + say("expected", { n: count(list, s, ["booked"]) }) + " · " + say("served", { n: count(list, s, line.served) });
      if (!online && left(s.id).length) { counts += " · " + say("left", { n: left(s.id).length }); }
      box.querySelector(".venue-counts").textContent = counts;
      var call = box.querySelector(".venue-next");
      call.disabled = asked || !waiting.length && !online || !base.live;
      call.querySelector("small").textContent = asked ? "…" : b ? b.t : "";
      var current = list.filter(function (o) { return o.s === s.id && (o.st === "called" || o.st === "serving"); });
      current.sort(function (x, y) { return isMine(y) - isMine(x) || (y.c || 0) - (x.c || 0); });
      sync(box.querySelector(".venue-now"), current.map(function (o) {
        var known = nameOf(o), order = others(list, o);
        return { key: String(o.id || o.of), st: o.st, sig: [o.st, o.k, known, online, isMine(o), order.map(function (x) { return x.t + x.st; })].join("|"), make: function () { return makePerson(s, o, known, order); } };
      }));
      var undo = list.filter(function (o) { return o.s === s.id && line.served.indexOf(o.st) >= 0 && isMine(o) && now() <= o.d + base.undo; }).sort(function (x, y) { return y.d - x.d; }).slice(0, 2);
      sync(box.querySelector(".venue-undo"), undo.map(function (o) {
        return { key: String(o.id || o.of), sig: o.st, make: function () {
          var li = el("li", o.t + " " + say("st." + o.st) + " ");
          li.append(button(say("undo"), function () { act("undo", o); }, "quiet", say("undo") + " " + o.t));
          return li;
        } };
      }));
      sync(box.querySelector(".venue-line"), waiting.slice(0, 12).map(function (o) {
        var hold = line.held(list, o, s), why = hold.elsewhere ? say("elsewhere", { letter: letterOf(hold.elsewhere) }) : hold.before ? say("before", { ticket: hold.before.t }) : "";
        return { key: String(o.id || o.of), sig: o.t + why + o.f, make: function () {
          var li = el("li");
          li.append(el("b", o.t));
          if (o.f) { li.append(" ", el("span", say("first"), { "class": "tag late" })); }
          if (why) { li.append(" ", el("span", why, { "class": "small" })); }
          return li;
        } };
      }));
    });
  }

  function isMine(b) { return mine.indexOf(b.id || b.of) >= 0 || b.of && mine.indexOf(b.of) >= 0 ? 1 : 0; }
  function letterOf(b) { var s = service(b.s); return s ? s.letter : "?"; }

  function nameOf(b) {
    if (b.id && names[b.id]) { return names[b.id].name; }
    var a = b.of && acts.find(function (x) { return x.key === b.of; });
    return a ? a.name : "";
  }

  // others gives what the same person has to do besides, in the order that works.
  function others(list, b) {
    if (!b.m) { return []; }
    return list.filter(function (o) { return o.m === b.m; }).sort(function (x, y) { return rank(x) - rank(y); });
  }
  function rank(b) { var s = service(b.s); return s ? s.rank : 99; }

  function makeDesk(s) {
    var box = el("section", "", { "class": "card venue-desk", "aria-label": s.letter + " " + s.name }), h = el("h2", "");
    h.append(el("b", s.letter), " " + s.name);
    var call = button(say("next") + " ", function () { callNext(s); }, "venue-next");
    call.append(el("small"));
    call.dataset.focus = "next";
    box.append(h, el("p", "", { "class": "small venue-counts" }), call, el("ul", "", { "class": "plain venue-now" }), el("ul", "", { "class": "plain venue-undo" }), el("ol", "", { "class": "plain venue-line" }));
    return box;
  }

  function makePerson(s, b, known, order) {
    var li = el("li", "", { "class": "venue-person" + (isMine(b) ? "" : " theirs") }), head = el("p", "", { "class": "venue-ticket" });
    head.append(el("strong", b.t || "…"), " ", el("span", b.st === "serving" ? say("serving") : say("called", { n: b.k || 1 }), { "class": "tag" + (b.st === "serving" ? " done" : " late") }));
    if (b.f) { head.append(" ", el("span", say("first"), { "class": "tag late" })); }
    if (b.w) { head.append(" ", el("span", say("walkin"), { "class": "tag" })); }
    li.append(head, el("p", known || (s.who && isMine(b) && !online ? say("noname") : ""), { "class": "venue-name" }));
    if (order.length > 1) {
      li.append(el("p", say("order") + ": " + order.map(function (o, i) { return (i + 1) + ". " + o.t + " " + (service(o.s) || {}).name + " (" + say("st." + o.st) + ")"; }).join("  "), { "class": "small" }));
    }
    var row = el("div", "", { "class": "venue-acts" }), panel = el("form", "", { "class": "venue-panel", hidden: "" });
    function add(text, fn, cls, focus) { var x = button(text, fn, cls, text + " " + b.t); x.dataset.focus = focus; row.append(x); }
    if (b.st === "called") { add(say("serve"), function () { took(b.id || b.of); act("serve", b); }, "", "act1"); }
    if (b.st === "serving") {
      if (s.online && !online) {
        add(say("later"), function () { follow(s, b, panel); }, "", "act1");
        li.append(el("p", say("needs"), { "class": "small" }));
      } else {
        add(say("done"), function () { act("finish", b, { outcome: "done" }); }, "", "act1");
        add(say("follow"), function () { follow(s, b, panel); }, "quiet", "act2");
      }
      add(say("rejected"), function () { reject(s, b, panel); }, "quiet", "act3");
      add(say("referred"), function () { refer(s, b, panel); }, "quiet", "act4");
    } else {
      add(say("again"), function () { act("again", b); }, "quiet", "act2");
      add(say("miss"), function () { act("miss", b); }, "quiet", "act3");
    }
    add(say("back"), function () { act("back", b); }, "quiet", "act5");
    li.append(row, panel);
    return li;
  }

  // ---- what came of it --------------------------------------------------------------------------------------------------------------

  function openPanel(panel, parts, save) {
    panel.replaceChildren.apply(panel, parts);
    var row = el("div", "", { "class": "row" });
    row.append(el("button", say("save")), button(say("cancel"), function () { panel.hidden = true; }, "quiet"));
    panel.append(row);
    panel.onsubmit = function (e) { e.preventDefault(); save(); };
    panel.hidden = false;
    var first = panel.querySelector("input, button");
    if (first) { first.focus(); }
  }

  function input(text, value, kind) {
    var label = el("label", text), x = el("input", "", { maxlength: "300" });
    if (kind) { x.type = kind; }
    x.value = value || "";
    label.append(x);
    return { label: label, field: x };
  }

  function day(n) { return new Date(new Date(base.date + "T12:00:00Z").getTime() + n * 86400000).toISOString().slice(0, 10); }

  function follow(s, b, panel) {
    var when = input(say("when"), day(1), "date"), where = input(say("where"), s.later && s.note || s.agency), days = el("div", "", { "class": "venue-chips" });
    when.field.min = base.date;
    [[1, say("tomorrow")], [3, say("days", { n: 3 })], [7, say("days", { n: 7 })], [0, say("unsaid")]].forEach(function (c) {
      days.append(button(c[1], function () { when.field.value = c[0] ? day(c[0]) : ""; }, "quiet"));
    });
    openPanel(panel, [days, when.label, where.label], function () {
      if (!where.field.value.trim()) { where.field.focus(); return; }
      act("finish", b, { outcome: "follow", fetch: when.field.value, note: where.field.value.trim() });
    });
  }

  function reject(s, b, panel) {
    var chips = el("div", "", { "class": "venue-chips" }), more = input(say("missing"), "");
    s.bring.forEach(function (thing) {
      var c = button(thing, function () { c.setAttribute("aria-pressed", String(c.getAttribute("aria-pressed") !== "true")); }, "quiet");
      c.setAttribute("aria-pressed", "false");
      chips.append(c);
    });
    openPanel(panel, [chips, more.label], function () {
      var lacks = Array.from(chips.querySelectorAll("[aria-pressed=true]")).map(function (c) { return c.textContent; }).concat(more.field.value.trim() || []);
      if (!lacks.length) { more.field.focus(); return; }
      act("finish", b, { outcome: "rejected", note: lacks.join("; ").slice(0, 450) });
    });
  }

  function refer(s, b, panel) {
    var to = input(say("whereto"), "");
    openPanel(panel, [to.label], function () {
      if (!to.field.value.trim()) { to.field.focus(); return; }
      act("finish", b, { outcome: "referred", note: to.field.value.trim() });
    });
  }

  // ---- coming ------------------------------------------------------------------------------------------------------------------------

  function plain(s) { return s.toUpperCase().replace(/[^A-Z0-9]/g, ""); }

  // lookup finds who a number is of: a booking's, as typed or scanned, or a queue number.
  function lookup(list, text) {
    var p = plain(text).replace(/^TANGGAP/, ""), found = list.filter(function (b) { return b.n && plain(b.n) === p; }), m;
    if (found.length) { return found; }
    m = /^([A-Z]{1,2})0*(\d{1,4})$/.exec(p);
    if (m) { return list.filter(function (b) { return letterOf(b) === m[1] && b.q === Number(m[2]); }); }
    if (/^\d{1,4}$/.test(p)) {
      found = list.filter(function (b) { return b.q === Number(p); });
      var here = found.filter(function (b) { return chosen && chosen.indexOf(b.s) >= 0; });
      return here.length ? here : found;
    }
    return [];
  }

  function checkIn(text, second) {
    if (!base || !text.trim()) { return; }
    var list = view(), found = lookup(list, text), first = $("v-first").checked;
    if (!found.length && !second && online && !over) { refresh().then(function () { checkIn(text, true); }); return; }
    tell("");
    if (!found.length) { tell(say("unknown", { what: text.trim().slice(0, 20) })); return; }
    if (found.length > 1 && !found.every(function (b) { return b.m && b.m === found[0].m; })) { tell(say("which", { what: text.trim() })); return; }
    come(list, found[0], first);
  }

  // come checks somebody in for all that they have here.
  function come(list, b, first) {
    var all = others(list, b), due = (all.length ? all : [b]).filter(function (o) { var s = service(o.s); return o.st === "booked" && s && s.may; });
    $("v-number").value = "";
    $("v-first").checked = false;
    if (!due.length) {
      tell(b.st === "arrived" ? say("already", { ticket: b.t }) : say("ended", { ticket: b.t, state: say("st." + b.st) }));
      return;
    }
    arrived = due.map(function (o) { return o.id; });
    due.forEach(function (o) { act("arrive", o, { first: first }); });
  }

  function drawArrived(list) {
    var all = arrived.map(function (id) { return list.find(function (b) { return b.id === id; }); }).filter(Boolean);
    sync($("venue-arrived"), all.map(function (b, i) {
      var text = (all.length > 1 ? (i + 1) + ". " : "") + say("arrived", { ticket: b.t }) + " " + (service(b.s) || {}).name;
      return { key: String(b.id), sig: text + nameOf(b), make: function () {
        var p = el("p", "", { "class": "venue-done" });
        p.append(el("strong", b.t), " ", el("span", text.replace(b.t + " ", "")));
        if (nameOf(b)) { p.append(el("br"), el("b", nameOf(b))); }
        return p;
      } };
    }));
  }

  $("venue-arrive").addEventListener("submit", function (e) { e.preventDefault(); checkIn($("v-number").value); });

  // A scanner types. Wherever the focus is, as long as nobody is typing elsewhere, it goes into the field; and no key leads away from here.
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.key.length !== 1 || e.key === " ") { return; }
    if (e.target.closest && e.target.closest("input, textarea, select, [contenteditable]")) { return; }
    $("v-number").focus();
    e.stopImmediatePropagation();
  }, true);

  // ---- the camera --------------------------------------------------------------------------------------------------------------------

  var stream = null, detector = null;
  if ("BarcodeDetector" in window && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) { $("v-camera").hidden = false; }

  function closeCamera() {
    if (stream) { stream.getTracks().forEach(function (t) { t.stop(); }); }
    stream = null;
    $("venue-camera").hidden = true;
    $("v-camera").disabled = false;
  }

  $("v-camera").addEventListener("click", function () {
    $("v-camera").disabled = true;
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (s) {
      var video = $("venue-camera").querySelector("video"), last = "";
      stream = s;
      detector = detector || new window.BarcodeDetector({ formats: ["qr_code"] });
      video.srcObject = s;
      $("venue-camera").hidden = false;
      return video.play().then(function look() {
        if (!stream) { return; }
        detector.detect(video).then(function (codes) {
          var code = codes.length ? codes[0].rawValue : "";
          if (code && code !== last) { last = code; if (navigator.vibrate) { navigator.vibrate(80); } checkIn(code); }
        }, function () { /* the next picture may be read */ }).then(function () { setTimeout(look, 200); });
      });
    }).catch(function () { closeCamera(); $("v-camera").hidden = true; tell(say("nocamera")); });
  });
  $("venue-camera").querySelector("button").addEventListener("click", closeCamera);
  window.addEventListener("pagehide", closeCamera);

  // ---- by name -----------------------------------------------------------------------------------------------------------------------

  $("venue-find").querySelector("form").addEventListener("submit", function (e) {
    e.preventDefault();
    var place = $("venue-find").querySelector("ul");
    function only(text) { place.replaceChildren(el("li", text)); }
    if (!online || over) { only(say("online")); return; }
    post("/find", { name: $("v-find").value }).then(function (people) {
      if (!people.length) { only(say("found")); return; }
      place.replaceChildren.apply(place, people.map(function (p) {
        var li = el("li");
        li.append(el("b", p.ticket), " " + p.name + " · " + (service(p.service) || {}).name + " ");
        names[p.id] = p;
        if (p.state === "booked") {
          li.append(button(say("st.arrived"), function () {
            var b = view().find(function (x) { return x.id === p.id; });
            place.replaceChildren();
            $("v-find").value = "";
            if (b) { come(view(), b, $("v-first").checked); }
          }, "quiet", say("st.arrived") + " " + p.ticket));
        } else { li.append(el("span", say("st." + p.state), { "class": "tag" })); }
        return li;
      }));
    }, function (err) { failed(err); only(say("online")); });
  });

  // ---- who comes without a booking -----------------------------------------------------------------------------------------------------

  function drawWhat() {
    var all = base.services.filter(function (s) { return s.may && !s.closed; }).sort(function (a, b) {
      return (desks().indexOf(b) >= 0) - (desks().indexOf(a) >= 0) || a.rank - b.rank;
    }), only = desks().length === 1 ? desks()[0].id : "";
    sync($("venue-what").querySelector("div"), all.map(function (s) {
      var none = s.walk <= 0 && !left(s.id).length;
      return { key: s.id, sig: s.name + none + (only === s.id), make: function () {
        var label = el("label", "", { "class": "venue-tick" }), x = el("input", "", { type: "checkbox", name: "service", value: s.id });
        x.checked = only === s.id;
        label.append(x, " ", el("b", s.letter), " " + s.name + (none ? " (" + say("full") + ")" : ""));
        return label;
      } };
    }));
  }

  $("venue-walkin").addEventListener("submit", function (e) {
    e.preventDefault();
    if (!base) { return; }
    var name = $("v-name").value.trim(), wanted = Array.from($("venue-what").querySelectorAll("input:checked")).map(function (x) { return x.value; });
    wanted.sort(function (a, b) { return service(a).rank - service(b).rank; });
    if (!name) { tell(say("name")); $("v-name").focus(); return; }
    if (!wanted.length) { tell(say("service")); return; }
    // Two windows must not give the same number: what the other did is read first.
    locked("number", function () {
      return saving.then(function () { return keep.all("acts"); }).then(function (all) {
        all.forEach(function (a) { if (!acts.some(function (x) { return x.key === a.key; })) { acts.push(a); } });
        var lacks = wanted.find(function (id) { return !left(id).length && (!online || over); });
        if (lacks) { tell(say("noblock", { letter: service(lacks).letter })); return null; }
        tell("");
        given = [];
        var same = "walk-" + random();
        wanted.forEach(function (id) {
          var n = left(id)[0], s = service(id), more = { service: id, name: name, first: $("v-walkfirst").checked, same: same, begins: 0, ends: 1440 };
          if (n) { Object.assign(more, { block: n.block, queue: n.queue, number: n.number, begins: n.begins, ends: n.ends, ticket: ticket(n.letter, n.queue) }); }
          var a = act("walkin", null, Object.assign({ ticket: n ? ticket(n.letter, n.queue) : s.letter }, more));
          took(a.key);
          given.push({ key: a.key, ticket: n ? a.ticket : "", service: s.name });
        });
        $("v-name").value = "";
        $("v-walkfirst").checked = false;
        $("venue-what").querySelectorAll("input").forEach(function (x) { x.checked = desks().length === 1 && desks()[0].id === x.value; });
        draw();
        return saving;
      });
    }).then(numbers);
  });

  function drawGiven() {
    sync($("venue-given"), given.map(function (g) {
      return { key: g.key, sig: g.ticket + g.number, make: function () {
        var p = el("p", "", { "class": "venue-done" });
        p.append(el("strong", g.ticket ? say("given", { ticket: g.ticket }) : "…"), " ", el("span", g.service));
        return p;
      } };
    }));
  }

  function drawExpected(list) {
    var all = list.filter(function (b) { return b.st === "booked" && desks().some(function (s) { return s.id === b.s; }); });
    $("venue-expected").querySelector("b").textContent = String(all.length);
    sync($("venue-expected").querySelector("ul"), all.slice(0, 200).map(function (b) {
      var late = line.minuteOf(base, now()) >= b.e;
      return { key: String(b.id), sig: b.t + late, make: function () {
        var li = el("li");
        li.append(el("b", b.t), " " + b.n + " · " + clock(b.b) + "–" + clock(b.e) + " ");
        li.append(button(say("st.arrived"), function () { come(view(), b, false); }, "quiet", say("st.arrived") + " " + b.t));
        if (late) { li.append(" ", button(say("miss"), function () { act("miss", b); }, "quiet", say("miss") + " " + b.t)); }
        return li;
      } };
    }));
  }

  function clock(minute) { return ("0" + Math.floor(minute / 60)).slice(-2) + "." + ("0" + minute % 60).slice(-2); }

  // ---- beginning and ending ------------------------------------------------------------------------------------------------------------

  // clear removes what is kept of days that are over. An act that nobody sent in time is told once more, without the name.
  function clear(states) {
    var old = states.filter(function (s) { return now() - Date.parse(s.date + "T00:00:00Z") > 36 * HOUR && s.visit !== visit; });
    keep.drop("states", old.map(function (s) { return s.visit; }));
    var late = acts.filter(function (a) { return now() - Date.parse(a.date + "T00:00:00Z") > 8 * 24 * HOUR; }); // the server takes them for a week
    if (!late.length) { return; }
    settle(late, [{ key: "late " + late[0].key, visit: visit, user: user, say: say("lost", { n: late.length, date: late[0].date }) + " " + late.map(function (a) { return a.ticket + " – " + a.kind; }).join("; ") }]);
  }

  // Who signs out takes everything along that is kept, but nothing that is not sent.
  var out = document.querySelector("form.out");
  if (out) {
    out.addEventListener("submit", function (e) {
      e.preventDefault();
      if (own().length) {
        tell(say("stay", { n: own().length }));
        send();
        return;
      }
      leaving = true;
      var done = function () { out.submit(); };
      Promise.all([base ? giveBack("") : null, window.caches ? caches.delete("venue-1") : null, keep.all("states").then(function (all) {
        return keep.drop("states", all.map(function (s) { return s.visit; }));
      })]).then(done, done);
      try { localStorage.removeItem(MINE); localStorage.removeItem(CHOSEN); } catch (err) { /* it holds numbers alone */ }
    });
  }
  window.addEventListener("beforeunload", function (e) { if (!keep.works() && own().length) { e.preventDefault(); } });

  // shelve has the page opened again where there is no connection.
  function shelve() {
    if (!("serviceWorker" in navigator) || !window.caches) { return; }
    navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope }).then(function () {
      var files = Array.from(document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")).map(function (x) { return new URL(x.src || x.href).pathname; });
      return caches.open("venue-1").then(function (c) {
        return c.keys().then(function (have) {
          have = have.map(function (r) { return new URL(r.url).pathname; });
          return Promise.all(have.filter(function (p) { return /\/assets\//.test(p) && files.indexOf(p) < 0; }).map(function (p) { return c.delete(p); })
            .concat(files.filter(function (p) { return have.indexOf(p) < 0; }).map(function (p) { return c.add(p); }), online ? [c.add(location.pathname)] : []));
        });
      });
    }).then(function () { root.dataset.kept = "yes"; }, function (err) { window.console.warn("venue: the page is not kept", err); });
  }

  document.body.addEventListener("live-visit", function (e) { if (e.detail && e.detail.id === visit) { refresh(); } });
  document.body.addEventListener("live-reset", refresh);
  window.addEventListener("offline", function () { connected(false, over); draw(); again(); });
  window.addEventListener("online", function () { retry = 0; if (own().length) { send(); } refresh(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { refresh(); } });
  setInterval(function () { if (!document.hidden && !refreshing && !sending) { if (online) { refresh(); } else { draw(); } } }, 20000);

  Promise.all([keep.all("states"), keep.all("acts"), keep.all("trouble")]).then(function (all) {
    base = base || all[0].find(function (s) { return s.visit === visit; }) || null;
    acts = all[1].concat(acts).sort(function (a, b) { return (a.n || Infinity) - (b.n || Infinity); });
    trouble = all[2].concat(trouble);
    if (base && !chosen) { chosen = []; }
    clear(all[0]);
    draw();
    return refresh();
  }).then(shelve);
})();

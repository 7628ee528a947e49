// Who is called next, and how a visit stands after an act: the same rules as hotline.InLine, Regency.NextInLine and Booking.After, for a desk without a connection. Pure: it reads and
// writes nothing but what it is given.
window.venueLine = (function () {
  "use strict";

  function cmp(a, b) { return a < b ? -1 : a > b ? 1 : 0; }

  // minuteOf gives the minute of the visit's day at a moment.
  function minuteOf(state, at) { return state.minute + (at - state.now) / 60000; }

  // inLine puts those who wait at a counter into the order in which they are called.
  function inLine(list, service, state, now) {
    function arrived(b) { return minuteOf(state, b.a); }
    function turn(b) { return arrived(b) > b.e ? arrived(b) : b.b; }
    function early(b) { return b.b > minuteOf(state, now) && !b.f ? 1 : 0; }
    return list.filter(function (b) { return b.s === service && b.st === "arrived"; }).sort(function (a, b) {
      return (b.f ? 1 : 0) - (a.f ? 1 : 0) || early(a) - early(b) || turn(a) - turn(b) || a.q - b.q || cmp(a.id, b.id);
    });
  }

  // next gives who is called next: the first who is not at another counter, and has nothing to do before; else the first who is not elsewhere; null: nobody.
  function next(list, service, state, now) {
    var second = null, what = serviceOf(state, service), line = inLine(list, service, state, now);
    for (var i = 0; i < line.length; i++) {
      var hold = held(list, line[i], what);
      if (!hold.elsewhere && !hold.before) { return line[i]; }
      if (!hold.elsewhere && !second) { second = line[i]; }
    }
    return second;
  }

  // held tells why somebody is not called yet: the booking of theirs that is under way elsewhere, or that comes before.
  function held(list, b, what) {
    var out = { elsewhere: null, before: null };
    if (!b.m) { return out; }
    list.forEach(function (o) {
      if (o.m !== b.m || o === b || o.id && o.id === b.id) { return; }
      if (o.st === "called" || o.st === "serving") { out.elsewhere = o; }
      if (o.st === "arrived" && what && what.after.indexOf(o.s) >= 0) { out.before = o; }
    });
    return out;
  }

  function serviceOf(state, id) { return state.services.find(function (s) { return s.id === id; }); }

  var served = ["done", "follow", "rejected", "referred"];

  // may tells whether an act fits how a booking stands.
  function may(b, act, state, at) {
    switch (act.kind) {
    case "arrive": return b.st === "booked";
    case "call": return b.st === "arrived";
    case "again": return b.st === "called";
    case "back": return b.st === "called" || b.st === "serving";
    case "serve": return b.st === "arrived" || b.st === "called";
    case "finish": return b.st === "arrived" || b.st === "called" || b.st === "serving";
    case "undo": return served.indexOf(b.st) >= 0 && at <= b.d + state.undo;
    case "miss": return b.st === "booked" || b.st === "arrived" || b.st === "called";
    }
    return false;
  }

  // after has an act happen to a list, and gives whether it fitted.
  function after(list, act, state) {
    var at = act.at;
    if (act.kind === "walkin") {
      if (list.some(function (b) { return b.of === act.key || b.t === act.ticket && b.t; })) { return true; } // the server has it already
      list.push({ id: 0, of: act.key, n: act.number, t: act.ticket, q: act.queue, s: act.service, st: "arrived", f: act.first, b: act.begins, e: act.ends, a: at, w: true, m: act.same });
      return true;
    }
    if (act.kind === "next" && !act.booking && !act.of) { return true; }
    var b = find(list, act), kind = act.kind === "next" ? "call" : act.kind;
    if (!b || !may(b, { kind: kind }, state, at)) { return false; }
    switch (kind) {
    case "arrive": b.st = "arrived"; b.a = at; b.f = b.f || act.first; break;
    case "call": case "again": b.st = "called"; b.c = at; b.k = (b.k || 0) + 1; break;
    case "back": b.st = "arrived"; break;
    case "serve": b.st = "serving"; break;
    case "finish": b.st = act.outcome; b.d = at; break;
    case "undo": b.st = "serving"; b.d = 0; break;
    case "miss": b.st = "no_show"; break;
    }
    b.unsent = true;
    return true;
  }

  function find(list, act) {
    return list.find(function (b) { return act.booking ? b.id === act.booking : act.of && b.of === act.of; });
  }

  return { inLine: inLine, next: next, held: held, after: after, may: may, find: find, served: served, minuteOf: minuteOf };
})();

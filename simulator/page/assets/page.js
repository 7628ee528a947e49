// The chat's few moves. Everything that is drawn comes from the server, escaped there.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const body = document.body, list = $("list"), scroll = $("scroll"), text = $("text");
  const menu = $("menu"), attach = $("attach"), context = $("context"), keyboard = $("keyboard");
  const person = body.dataset.person;
  let target = null; // { id, edit }: the message that is answered or edited
  let quiet = 0, typing = 0;

  const toast = (s) => {
    const t = $("toast");
    t.textContent = s;
    t.hidden = false;
    clearTimeout(quiet);
    quiet = setTimeout(() => { t.hidden = true; }, 4000);
  };

  // act tells the server what the visitor did, and says whether it worked.
  const act = async (what, fields, files) => {
    const form = new FormData();
    form.set("id", person);
    form.set("do", what);
    for (const [k, v] of Object.entries(fields || {})) form.set(k, v);
    for (const f of files || []) form.append("file", f);
    try {
      const r = await fetch("act", { method: "POST", body: form });
      if (r.ok) return true;
      toast((await r.text()).trim());
    } catch {
      toast("Tidak terhubung. Coba lagi.");
    }
    return false;
  };

  const bottom = () => { scroll.scrollTop = scroll.scrollHeight; };
  const near = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;

  const draw = (id, html) => {
    const t = document.createElement("template");
    t.innerHTML = html;
    const next = t.content.firstElementChild;
    if (!next) return;
    const old = $("m" + id);
    if (old) { old.replaceWith(next); return; }
    const after = [...list.children].findLast((c) => Number(c.dataset.id) < id);
    if (after) after.after(next); else list.prepend(next);
  };

  const status = (s) => { $("status").textContent = s; };
  const shown = (html) => {
    if (keyboard.dataset.html !== html) {
      keyboard.dataset.html = html;
      keyboard.innerHTML = html;
    }
  };

  // A browser opens only six connections to one place: a tab that nobody looks at lets its own go, and catches up when it is looked at again.
  let events = null, seq = body.dataset.seq;
  const listen = () => {
    if (document.hidden) {
      if (events) events.close();
      events = null;
      return;
    }
    if (events) return;
    events = new EventSource("events?id=" + person + "&after=" + seq);
    events.onopen = () => status(body.dataset.status);
    events.onerror = () => status("menyambung…");
    events.onmessage = heard;
  };
  const heard = (m) => {
    if (m.lastEventId) seq = m.lastEventId;
    const e = JSON.parse(m.data), follow = near() || e.kind === "said";
    if (e.kind === "acted") {
      status("sedang mengetik…");
      clearTimeout(typing);
      typing = setTimeout(() => status(body.dataset.status), 5000);
      return;
    }
    if (e.kind === "answered") {
      for (const b of document.querySelectorAll(".key.waiting")) b.classList.remove("waiting");
      if (e.text && e.alert) {
        $("alert").querySelector("p").textContent = e.text;
        $("alert").showModal();
      } else if (e.text) toast(e.text);
      return;
    }
    status(body.dataset.status);
    if (e.kind === "deleted") { $("m" + e.id)?.remove(); } else { draw(e.id, e.html); }
    shown(e.keyboard);
    $("start").hidden = true;
    if (follow) bottom();
  };
  document.addEventListener("visibilitychange", listen);
  listen();

  // What is being written.
  const grow = () => { text.style.height = "auto"; text.style.height = Math.min(text.scrollHeight, 140) + "px"; };
  const choose = (id, edit, label) => {
    target = id ? { id, edit } : null;
    context.hidden = !id;
    context.firstElementChild.textContent = label || "";
    text.focus();
  };
  context.lastElementChild.onclick = () => { if (target?.edit) { text.value = ""; grow(); } choose(0); };
  text.oninput = grow;
  text.onkeydown = (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing && matchMedia("(pointer: fine)").matches) {
      e.preventDefault();
      $("compose").requestSubmit();
    }
    if (e.key === "Escape") { choose(0); open(false); }
  };
  $("compose").onsubmit = async (e) => {
    e.preventDefault();
    const value = text.value, was = target;
    if (!value.trim()) return;
    text.value = "";
    grow();
    choose(0);
    const ok = await act(was?.edit ? "edit" : "send", { text: value, message: was?.id || 0 });
    if (!ok && !text.value) { text.value = value; grow(); }
  };

  // The menu of attachments.
  const open = (yes) => { menu.hidden = !yes; attach.setAttribute("aria-expanded", String(yes)); };
  attach.onclick = () => open(menu.hidden);
  document.addEventListener("click", (e) => { if (!menu.contains(e.target) && !attach.contains(e.target)) open(false); });
  for (const input of menu.querySelectorAll("input[type=file]")) {
    input.onchange = async () => {
      open(false);
      if (input.files.length && await act("upload", { as: input.dataset.as, text: text.value }, input.files)) { text.value = ""; grow(); }
      input.value = "";
    };
  }
  for (const b of menu.querySelectorAll("[data-do]")) b.onclick = () => { open(false); act(b.dataset.do); };
  const pin = (where) => { open(false); return act("pin", { text: where }); };
  const locate = () => {
    if (!navigator.geolocation) { toast("Peramban ini tidak tahu lokasi."); return; }
    navigator.geolocation.getCurrentPosition(
      (p) => pin(p.coords.latitude + "," + p.coords.longitude),
      () => { toast("Lokasi tidak bisa dibaca. Pilih tempat dari daftar."); open(true); });
  };
  $("here").onclick = locate;
  $("place").onchange = (e) => { if (e.target.value) pin(e.target.value); e.target.value = ""; };
  $("pin").onclick = async () => { if (await pin($("degrees").value)) $("degrees").value = ""; };
  $("degrees").onkeydown = (e) => { if (e.key === "Enter") { e.preventDefault(); $("pin").click(); } };

  // Presses of all kinds.
  document.addEventListener("click", async (e) => {
    const b = e.target.closest("button, a.command, .spoiler");
    if (!b) return;
    const bubble = b.closest(".bubble");
    if (b.classList.contains("spoiler")) b.classList.add("seen");
    else if (b.classList.contains("command")) { e.preventDefault(); act("send", { text: b.textContent }); }
    else if (b.dataset.press !== undefined) {
      b.classList.add("waiting");
      if (!await act("press", { message: bubble.dataset.id, button: b.dataset.press })) b.classList.remove("waiting");
    }
    else if (b.dataset.vote !== undefined) act("vote", { message: bubble.dataset.id, option: b.dataset.vote });
    else if (b.dataset.copy !== undefined) { navigator.clipboard?.writeText(b.dataset.copy); toast("Disalin"); }
    else if (b.dataset.locate !== undefined) { open(true); e.stopPropagation(); }
    else if (b.dataset.tap !== undefined) act("tap", { text: b.dataset.tap });
    else if (b.dataset.tool === "reply") choose(bubble.dataset.id, false, "Balas: " + (bubble.querySelector(".text")?.textContent || "pesan ini").slice(0, 80));
    else if (b.dataset.tool === "delete") act("delete", { message: bubble.dataset.id });
    else if (b.dataset.tool === "edit") { text.value = b.dataset.text; grow(); choose(bubble.dataset.id, true, "Ubah pesan"); }
  }, true);
  $("start").firstElementChild.onclick = async (e) => {
    if (await act("start", { text: e.target.dataset.payload })) {
      $("start").hidden = true;
      blocked(false);
      history.replaceState(null, "", "chat?id=" + person);
    }
  };
  const blocked = (yes) => {
    body.dataset.blocked = String(yes);
    $("block").textContent = yes ? "Buka blokir" : "Blokir";
    if (yes) { $("start").hidden = false; bottom(); }
  };
  $("block").onclick = async () => {
    const yes = body.dataset.blocked !== "true";
    if (await act(yes ? "block" : "unblock")) { blocked(yes); if (!yes) $("start").hidden = true; }
  };

  keyboard.dataset.html = keyboard.innerHTML;
  document.querySelector(`.side a[href^="chat?id=${person}"]`)?.classList.add("here");
  for (const img of list.querySelectorAll("img")) img.addEventListener("load", bottom, { once: true });
  bottom();
})();

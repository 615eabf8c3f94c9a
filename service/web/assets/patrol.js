/*
 * Sheets and debriefs on a phone whose signal comes and goes.
 *
 * The sheets of the shift are kept by the service worker. A debrief is kept in the phone first, under a key of its own,
 * and sent when there is a signal: sent twice, it counts once. The form's token is fetched anew each time it is sent.
 */
"use strict";

(() => {
  const { account, keep, keptAs } = document.currentScript.dataset;
  const RETRY_MS = 30_000;
  const KEPT = "beatplan-shift-";
  const IN_WORDS = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const FACTS = { accept: "application/json" };
  const signal = document.querySelector("#signal");
  const list = document.querySelector("#kept");
  const form = document.querySelector("#debrief-form");

  // --- the phone's own store ------------------------------------------------------------------------------------

  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("beatplan", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("debriefs", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const inStore = async (mode, act) => {
    const store = (await opened).transaction("debriefs", mode).objectStore("debriefs");
    return new Promise((done, failed) => {
      const asked = act(store);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  };
  const all = async () => {
    const entries = await inStore("readonly", (store) => store.getAll());
    return entries.sort((one, other) => one.written - other.written);
  };
  const put = (entry) => inStore("readwrite", (store) => store.put(entry));
  const drop = (key) => inStore("readwrite", (store) => store.delete(key));

  // --- what is kept, and what is sent ---------------------------------------------------------------------------

  const shown = (entry) => {
    if (entry.sent) return `sent at ${entry.sent}`;
    if (entry.refused) return `not taken: ${entry.refused}`;
    if (entry.account !== account) return `kept on this phone for ${entry.account}, who must sign in to send it`;
    return entry.signIn ? "kept on this phone: sign in to send it" : "kept on this phone, sent when there is a signal";
  };
  const item = (entry) => {
    const line = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = `${entry.unit}, ${new Date(entry.day).toLocaleDateString("en-GB", IN_WORDS)}`;
    line.append(name, `: ${shown(entry)} `);
    if (entry.signIn && !entry.sent) {
      const way = document.createElement("a");
      Object.assign(way, { href: "/log-in", className: "govuk-link", textContent: "Sign in" });
      line.append(way);
    }
    if (entry.refused) {
      const away = document.createElement("button");
      Object.assign(away, { type: "button", className: "govuk-button govuk-button--secondary beatplan-small" });
      away.textContent = "Remove";
      away.addEventListener("click", async () => { await drop(entry.key); await show(); });
      line.append(away);
    }
    return line;
  };
  const show = async () => {
    const entries = await all();
    list.querySelector("ul").replaceChildren(...entries.map(item));
    list.hidden = !entries.length;
  };

  const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const token = async () => {
    const answer = await fetch("/patrols", { headers: FACTS, cache: "no-store" });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new Error("no answer that is the service's");
    return { value: answer.headers.get("x-form-token"), account: (await answer.json()).account.name };
  };
  const send = async (entry, fresh) => {
    const body = new URLSearchParams(entry.fields);
    const headers = { ...FACTS, "x-form-token": fresh.value };
    const answer = await fetch(entry.address, { method: "POST", body, headers });
    if (answer.ok) await put({ ...entry, sent: clock(), signIn: false, refused: "" });
    else if ([400, 404, 413, 422].includes(answer.status)) await put({ ...entry, refused: (await answer.json()).error });
    else await put({ ...entry, signIn: answer.status === 401 });
  };
  let sending = false;
  const sendAll = async () => {
    if (sending) return;
    sending = true;
    try {
      const waiting = (await all()).filter((entry) => !entry.sent && !entry.refused && entry.account === account);
      const fresh = waiting.length ? await token() : null;
      for (const entry of waiting) {
        if (fresh && fresh.account === entry.account) await send(entry, fresh);
        else await put({ ...entry, signIn: true });
      }
    } catch {
      // no signal: what is kept stays kept
    } finally {
      sending = false;
      await show();
    }
  };

  // --- the form -------------------------------------------------------------------------------------------------

  const inHex = (byte) => byte.toString(16).padStart(2, "0");
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), inHex).join("");
  if (form) {
    const asPlanned = document.querySelector("#all");
    asPlanned.hidden = !form.querySelector("[value=yes]");
    asPlanned.querySelector("button").addEventListener("click", () => {
      for (const made of form.querySelectorAll("[value=yes]")) made.checked = true;
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("[type=submit]");
      button.disabled = true;
      const fields = new FormData(form);
      const key = newKey();
      fields.set("key", key);
      fields.delete("form_token");
      await put({
        key, account, fields: [...fields], address: new URL(form.action).pathname,
        unit: form.dataset.unit, day: fields.get("day"), written: Date.now(), sent: "", refused: "", signIn: false,
      });
      await show();
      await sendAll();
      const now = (await all()).find((entry) => entry.key === key);
      if (now?.refused) button.disabled = false;
      else form.remove();
      list.scrollIntoView({ block: "center" });
    });
  }

  // --- the sheets of the shift ----------------------------------------------------------------------------------

  const keepSheets = async () => {
    const name = KEPT + keptAs;
    const cache = await caches.open(name);
    await Promise.all(JSON.parse(keep).map(async (address) => {
      if (address !== "/patrols" && (await cache.match(address))) return;
      const answer = await fetch(address, { headers: { accept: "text/html,*/*" }, cache: "no-store" });
      if (answer.ok && !answer.redirected) await cache.put(address, answer);
    }));
    for (const other of await caches.keys()) if (other.startsWith(KEPT) && other !== name) await caches.delete(other);
    return (await cache.keys()).length;
  };
  const start = async () => {
    await navigator.serviceWorker.register("/patrols/worker.js", { scope: "/" });
    if (!keep || !navigator.onLine) return;
    try {
      await keepSheets();
      signal.textContent = "The sheets of this shift are kept on this phone: they open without a signal.";
    } catch {
      signal.textContent = "There is no signal: what is shown is what this phone has kept.";
    }
  };

  // Debriefs that were sent stay in the list until the day after.
  const tidy = async () => {
    const day = 24 * 60 * 60 * 1000;
    for (const entry of await all()) if (entry.sent && Date.now() - entry.written > day) await drop(entry.key);
  };

  addEventListener("offline", () => { signal.textContent = "There is no signal. Debriefs are kept on this phone."; });
  addEventListener("online", () => { signal.textContent = "The signal is back."; sendAll(); });
  if (!navigator.onLine) signal.textContent = "There is no signal: what is shown is what this phone has kept.";
  setInterval(sendAll, RETRY_MS);
  tidy().then(show).then(sendAll);
  if ("serviceWorker" in navigator) start();
})();

/* Keeps the sheets of a shift on the phone: the network first, and what is kept where there is none. */
"use strict";

const KEPT = "beatplan-shift-";
const LATE_MS = 5000; // a signal that is almost lost is lost
const OLDEST_MS = 18 * 60 * 60 * 1000;

const forget = async () => {
  for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
};

const kept = async (request) => {
  const found = await caches.match(request, { ignoreVary: true });
  if (!found) return undefined;
  const written = Date.parse(found.headers.get("date") ?? "");
  return Date.now() - written > OLDEST_MS ? undefined : found;
};

const answer = async (request) => {
  const here = await kept(request);
  if (!here) return fetch(request);
  const late = new Promise((tell) => setTimeout(() => tell(here.clone()), LATE_MS));
  return Promise.race([fetch(request).catch(() => here.clone()), late]);
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, headers } = event.request;
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (method === "POST" && pathname === "/log-out") event.waitUntil(forget());
  const ours = pathname === "/patrols" || pathname.startsWith("/patrols/") || pathname.startsWith("/assets/");
  const facts = (headers.get("accept") ?? "").startsWith("application/json");
  if (method === "GET" && ours && !facts) event.respondWith(answer(event.request));
});

"use strict";
// Keeps what a page without connection needs: that page in each language, and the last public status seen.
// It never keeps a page of a signed-in visitor: the status is fetched anew, without cookies.
const VERSION = "{{ version }}";
const SHELL = `dawam-${VERSION}`;
const FILES = {{ files | safe }};
const STATUS = "dawam-status";
const PUBLIC = /^\/(ar|fr|en)(\/status\/[^/]+)?$/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(FILES.map((path) => new Request(path, { credentials: "omit" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL && name !== STATUS).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const remember = async (path) => {
  const answer = await fetch(path, { credentials: "omit", headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Seen": new Date().toISOString() };
  const cache = await caches.open(STATUS);
  await cache.put(path, new Response(await answer.blob(), { headers }));
};

const visit = async (event, path) => {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && PUBLIC.test(path)) event.waitUntil(remember(path).catch(() => {}));
    return answer;
  } catch {
    const locale = /^\/(ar|fr|en)(\/|$)/.exec(path)?.[1] ?? "{{ first }}";
    return (await caches.match(`/${locale}/offline`)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(visit(event, url.pathname));
  else if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});

// A notice that we have sent to this device. Its text is shown as it is; a newer one of the same matter takes
// its place and is heard again. A click opens its page anew, in the window that shows it already if there is one.
self.addEventListener("push", (event) => {
  let said;
  try {
    said = event.data.json();
  } catch {
    return;
  }
  const { title, body, lang, dir, tag, url } = said;
  const shown = { body, lang, dir, tag, renotify: true, icon: "{{ icon }}", data: url };
  event.waitUntil(self.registration.showNotification(title, shown));
});

const open = async (href) => {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => one.url === href);
  return page ? (await page.focus()).navigate(href) : self.clients.openWindow(href);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data || "/", location.origin);
  event.waitUntil(open(url.origin === location.origin ? url.href : location.origin));
});

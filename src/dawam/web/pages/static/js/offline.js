"use strict";
// On the page without connection: the last public status that this device saw, with its time.
(async () => {
  const place = document.querySelector("[data-last]");
  const cache = "caches" in window && (await caches.open("dawam-status"));
  const locale = document.documentElement.lang;
  const paths = [location.pathname, `/${locale}`];
  let found;
  for (const path of paths) found ??= cache && (await cache.match(path));
  if (found) {
    const page = new DOMParser().parseFromString(await found.text(), "text/html");
    const main = page.querySelector("main");
    for (const part of main.querySelectorAll("form, script, [data-live], [hx-get], [sse-connect] > [hidden]")) part.remove();
    for (const heading of main.querySelectorAll("h1")) heading.outerHTML = `<h2>${heading.innerHTML}</h2>`;
    const clock = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : `${locale}-${place.dataset.region}`, {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: place.dataset.zone,
    });
    place.querySelector("time").textContent = clock.format(new Date(found.headers.get("X-Seen")));
    place.querySelector("[data-seen]").append(...document.importNode(main, true).childNodes);
    place.hidden = false;
  }
  addEventListener("online", () => location.reload());
})();

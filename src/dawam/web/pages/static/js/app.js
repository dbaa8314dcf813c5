"use strict";
// What pages can do beyond their HTML. Nothing here is needed to read a page or to send a form.
(() => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

  // Forms sent by HTMX carry the token too.
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = meta("csrf");
  });
  // Answers that show the form again, with what is wrong, are shown too.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
  });

  // A form goes once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  // Back from the browser's cache, a form may go again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // Whether news arrive: said once they did, and when they stop.
  const tell = (live) => {
    for (const badge of document.querySelectorAll("[data-live]")) {
      const said = live ? badge.dataset.on : badge.dataset.off;
      badge.hidden = false;
      badge.classList.toggle("away", !live);
      if (badge.textContent !== said) badge.textContent = said;
    }
  };
  document.addEventListener("htmx:sseOpen", () => tell(true));
  document.addEventListener("htmx:sseError", () => tell(false));
  addEventListener("offline", () => tell(false));

  // Charts bring their own script, where there is a chart.
  const loaded = new Map();
  const load = (source) => {
    if (!loaded.has(source)) {
      loaded.set(source, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      }));
    }
    return loaded.get(source);
  };
  const style = (source) => {
    if (document.querySelector(`link[href="${source}"]`)) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = source;
    document.head.append(link);
  };
  const draw = async () => {
    const charts = [...document.querySelectorAll("[data-chart]")];
    if (!charts.length) return;
    const { plot, script, style: sheet } = charts[0].dataset;
    style(sheet);
    await load(plot);
    await load(script);
    for (const chart of charts) window.dawamChart(chart);
  };

  const ready = () => {
    draw();
    const problem = document.querySelector(".problem[role=alert]");
    if (problem && !problem.closest(".specimen")) {
      problem.focus();
      document.title = `! ${document.title}`;
    }
  };
  document.addEventListener("htmx:load", draw);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();

  if ("serviceWorker" in navigator && isSecureContext) {
    addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
  }
})();

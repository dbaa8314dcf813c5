"use strict";
(() => {
  const script = document.currentScript;
  if (!script?.src) return;
  const address = new URL(script.src);
  address.pathname = address.pathname.replace(/\.js$/, ".json");
  address.search = new URLSearchParams({ lang: script.dataset.lang || document.documentElement.lang });
  const EVERY_MS = 60000;
  const TONES = { notice: ["#e6f0fb", "#12395f"], warning: ["#fdf1d3", "#4c3500"] };
  let host;
  const show = (told) => {
    host?.remove();
    host = undefined;
    if (!told?.show) return;
    host = document.createElement("div");
    const root = host.attachShadow({ mode: "closed" });
    const [paper, ink] = TONES[told.tone] ?? TONES.notice;
    const box = document.createElement("section");
    box.lang = told.lang;
    box.dir = told.dir;
    box.setAttribute("role", "status");
    Object.assign(box.style, {
      background: paper, color: ink, font: "1rem/1.6 system-ui, sans-serif", padding: "0.75rem 1rem",
    });
    const title = document.createElement("strong");
    title.textContent = `${told.name}: ${told.title}`;
    const text = document.createElement("span");
    text.textContent = ` ${told.text} `;
    const link = document.createElement("a");
    link.textContent = told.more;
    link.style.color = ink;
    const target = new URL(told.url, address);
    if (/^https?:$/.test(target.protocol)) link.href = target;
    box.append(title, text, link);
    root.append(box);
    if (script.isConnected && document.body.contains(script)) script.after(host);
    else document.body.prepend(host);
  };
  const ask = () =>
    fetch(address, { credentials: "omit", mode: "cors", referrerPolicy: "no-referrer" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((told) => told && show(told))
      .catch(() => {});
  const begin = () => {
    ask();
    setInterval(() => document.hidden || ask(), EVERY_MS);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();

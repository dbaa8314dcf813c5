"use strict";
// Keeps an institution's console page current: samples go into its charts, changes of mode fetch its state anew.
(() => {
  const KEPT = 300;
  const page = document.querySelector("[data-pulse]");
  if (!page) return;
  const root = page.dataset.pulse;

  const append = (sample) => {
    for (const figure of page.querySelectorAll("[data-chart]")) {
      const data = JSON.parse(figure.dataset.chart);
      if (data.times.at(-1) >= sample.at) continue;
      data.times.push(sample.at);
      for (const line of data.series) {
        const value = sample[line.key];
        line.values.push(line.key.endsWith("_minor") ? value / data.scale : value);
        line.values.splice(0, line.values.length - KEPT);
      }
      data.times.splice(0, data.times.length - KEPT);
      figure.dataset.chart = JSON.stringify(data);
    }
  };
  // A question that is cut off, as by leaving the page, is no failure: the next change asks again.
  const fetchState = () =>
    window.htmx?.ajax("GET", `${root}/state`, { target: "#state", swap: "innerHTML" })?.catch(() => {});
  const tell = (name) => document.dispatchEvent(new Event(name));

  const news = new EventSource(`${root}/live`);
  news.addEventListener("open", () => { tell("htmx:sseOpen"); fetchState(); });
  news.addEventListener("error", () => tell("htmx:sseError"));
  news.addEventListener("sample", (event) => append(JSON.parse(event.data)));
  news.addEventListener("changed", fetchState);
  addEventListener("pagehide", () => news.close());
})();

"use strict";
// Draws a figure's data with uPlot, in the page's language, direction and colours; again when those change.
(() => {
  const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 4]];
  const TONES = ["--accent", "--bar-warning", "--bar-notice", "--bar-danger", "--bar-good", "--ink-2"];
  const drawn = new WeakMap();

  const draw = (figure) => {
    const plot = figure.querySelector(".plot");
    const given = figure.dataset.chart;
    const width = plot.clientWidth;
    if (!width) return;
    const look = getComputedStyle(figure);
    const colour = (name) => look.getPropertyValue(name).trim();
    const key = [given, width, colour("--ink")].join();
    const before = drawn.get(figure);
    if (before?.key === key) return;
    before?.plot.destroy();

    const data = JSON.parse(given);
    const rtl = look.direction === "rtl";
    const lang = figure.closest("[lang]").lang;
    const tag = lang === "en" ? "en-GB" : `${lang}-${figure.dataset.region}`;
    const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 2, notation: "compact" });
    const times = data.times.map((ns) => ns / 1e9);
    const day = times.length > 1 && times.at(-1) - times[0] > 172800;
    const clock = new Intl.DateTimeFormat(tag, {
      timeZone: figure.dataset.zone,
      ...(day ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" }),
    });
    const axis = { stroke: colour("--ink-2"), font: `12px ${look.fontFamily}`, ticks: { show: false } };
    const grid = { stroke: colour("--line"), width: 1 };
    const chart = new window.uPlot(
      {
        width,
        height: Math.max(208, Math.min(280, width * 0.4)),
        legend: { show: false },
        cursor: { show: false },
        // Time runs the way of reading.
        scales: { x: { time: true, dir: rtl ? -1 : 1 } },
        axes: [
          { ...axis, grid: { show: false }, space: 90, size: 34, values: (_, splits) => splits.map((s) => clock.format(s * 1000)) },
          { ...axis, grid, side: rtl ? 1 : 3, size: 56, values: (_, splits) => splits.map((n) => number.format(n)) },
        ],
        series: [
          {},
          ...data.series.map((line, i) => ({
            label: line.label,
            stroke: colour(TONES[i % TONES.length]),
            dash: DASHES[i % DASHES.length],
            width: 2,
            points: { show: false },
          })),
        ],
      },
      [times, ...data.series.map((line) => line.values)],
      plot,
    );
    drawn.set(figure, { key, plot: chart });
    keys(figure, data, colour);
  };

  const keys = (figure, data, colour) => {
    figure.querySelector(".keys")?.remove();
    const list = document.createElement("ul");
    list.className = "keys";
    data.series.forEach((line, i) => {
      const item = document.createElement("li");
      const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      picture.setAttribute("viewBox", "0 0 24 8");
      picture.setAttribute("aria-hidden", "true");
      const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
      stroke.setAttribute("d", "M0 4h24");
      stroke.setAttribute("stroke", colour(TONES[i % TONES.length]));
      stroke.setAttribute("stroke-width", "3");
      stroke.setAttribute("stroke-dasharray", DASHES[i % DASHES.length].join(" ") || "none");
      picture.append(stroke);
      item.append(picture, line.label);
      list.append(item);
    });
    figure.querySelector(".plot").after(list);
  };

  const watch = new ResizeObserver((entries) => entries.forEach((entry) => draw(entry.target)));
  const watched = new WeakSet();
  const again = () => document.querySelectorAll("[data-chart]").forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

  window.dawamChart = (figure) => {
    draw(figure);
    if (watched.has(figure)) return;
    watched.add(figure);
    watch.observe(figure);
    // A new value of the attribute is a new drawing: live charts only set it.
    new MutationObserver(() => draw(figure)).observe(figure, { attributeFilter: ["data-chart"] });
  };
})();

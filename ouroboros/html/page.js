"use strict";
// Charts are drawn when they are first shown, in the colours of the page, which knows whether it is dark, light or on paper.
(() => {
  const root = document.documentElement;
  const charts = [...document.querySelectorAll(".chart")];
  // What A4 leaves between its margins, in CSS pixels.
  const PAPER_WIDTH = 690;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  const ink = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  function colors(text, line) {
    const change = { "font.color": text };
    for (const axis of ["xaxis", "yaxis"]) {
      Object.assign(change, { [`${axis}.gridcolor`]: line, [`${axis}.linecolor`]: line, [`${axis}.zerolinecolor`]: line });
    }
    return change;
  }

  function draw(chart) {
    const figure = JSON.parse(document.getElementById(`${chart.id}-data`).textContent);
    Plotly.newPlot(chart, figure.data, figure.layout, { responsive: true, displaylogo: false, displayModeBar: false });
    Plotly.relayout(chart, colors(ink("--ink"), ink("--line")));
  }

  const isShown = (chart) => chart.offsetParent !== null;
  const isDrawn = (chart) => chart.data !== undefined;

  function drawShown() {
    charts.filter((chart) => isShown(chart) && !isDrawn(chart)).forEach(draw);
  }

  function recolor() {
    for (const chart of charts.filter(isDrawn)) {
      Plotly.relayout(chart, colors(ink("--ink"), ink("--line")));
    }
  }

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
    root.dataset.theme = dark ? "light" : "dark";
    recolor();
  });
  prefersDark.addEventListener("change", recolor);

  // Of the parts that are about one basis each, those of the chosen one are shown.
  function choose(basis) {
    for (const part of document.querySelectorAll("[data-basis]")) {
      part.hidden = part.dataset.basis !== basis;
    }
    drawShown();
  }

  for (const choice of document.querySelectorAll("input[name=basis]")) {
    choice.addEventListener("change", () => choose(choice.value));
  }

  // Drawings do not shrink by themselves: on paper they get its width, and go back afterwards.
  addEventListener("beforeprint", () => {
    for (const chart of charts.filter(isDrawn)) {
      Plotly.relayout(chart, { ...colors("#000000", "#bbbbbb"), width: PAPER_WIDTH });
    }
  });
  addEventListener("afterprint", () => {
    for (const chart of charts.filter(isDrawn)) {
      Plotly.relayout(chart, { ...colors(ink("--ink"), ink("--line")), width: null, autosize: true });
    }
  });

  // A page that is loaded again may remember another choice than its first.
  document.addEventListener("DOMContentLoaded", () => choose(document.querySelector("input[name=basis]:checked")?.value));
})();

const charts = JSON.parse(document.getElementById("charts").textContent);
const still = { displayModeBar: false, responsive: true };

// The colours of text and lines are those of the page, which knows whether it is dark, light or on paper.
function coloured(layout) {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--ink").trim();
  const line = style.getPropertyValue("--line").trim();
  const axis = (own) => ({ ...own, gridcolor: line, linecolor: line, zerolinecolor: line, automargin: true });
  return {
    ...layout,
    font: { color: ink, family: "system-ui, sans-serif", size: 13 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 60, r: 20, t: 24, b: 44 },
    legend: { orientation: "h", y: 1.12 },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
  };
}

function draw() {
  charts.forEach((chart, at) => Plotly.react(`chart-${at}`, chart.data, coloured(chart.layout), still));
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
matchMedia("print").addEventListener("change", () => {
  draw();
  // Paper has a width of its own.
  charts.forEach((_, at) => Plotly.Plots.resize(`chart-${at}`));
});

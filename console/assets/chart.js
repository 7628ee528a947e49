// The charts of the last thirty days: two curves, drawn by uPlot from the figures that the page's tables hold too.
(function () {
  "use strict";
  var page = document.querySelector("[data-charts]");
  if (!page) { return; }
  var style = getComputedStyle(document.documentElement), drawn = [];

  function color(name) { return style.getPropertyValue("--" + name).trim(); }

  function failed() {
    page.querySelector("[data-failed]").hidden = false;
    page.querySelectorAll(".chart").forEach(function (el) { el.hidden = true; });
  }

  // curve draws the series of a chart: each is {label, color, values}. Days are numbered; their labels come with the figures.
  function curve(el, figures, series, steps) {
    var now = el.parentElement.querySelector(".now");
    var labels = figures.labels, xs = labels.map(function (_, i) { return i; });
    var axis = { stroke: color("soft"), grid: { stroke: color("faint"), width: 1 }, ticks: { stroke: color("faint"), width: 1 }, font: "12px system-ui, sans-serif" };
    var options = {
      width: el.clientWidth, height: el.clientHeight, legend: { show: false }, cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false, range: [-0.5, labels.length - 0.5] }, y: { range: function (_, min, max) { return [0, Math.max(max * 1.1, 1)]; } } },
      axes: [
        Object.assign({ incrs: [1, 2, 5, 7, 10, 15], space: 48, values: function (_, ticks) { return ticks.map(function (i) { return labels[i] || ""; }); } }, axis),
        Object.assign({ size: 48, incrs: steps }, axis)
      ],
      series: [{}].concat(series.map(function (s) {
        return { label: s.label, stroke: s.color, width: 2, dash: s.dash, spanGaps: false, points: { show: true, size: 5, stroke: s.color, fill: s.color } };
      })),
      hooks: {
        setCursor: [function (u) {
          var i = u.cursor.idx;
          now.textContent = i === null || i === undefined ? "" : labels[i] + ": " + series.map(function (s) {
            return s.label + " " + (s.values[i] === null ? "–" : s.values[i]);
          }).join(", ");
        }]
      }
    };
    drawn.push({ el: el, plot: new uPlot(options, [xs].concat(series.map(function (s) { return s.values; })), el) });
    el.dataset.drawn = labels.length;
  }

  function fit() {
    drawn.forEach(function (d) { d.plot.setSize({ width: d.el.clientWidth, height: d.el.clientHeight }); });
  }

  fetch(page.dataset.charts, { headers: { "X-Live": "1" } }).then(function (r) {
    if (!r.ok) { throw new Error(r.status); }
    return r.json();
  }).then(function (figures) {
    var whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    var flow = page.querySelector("[data-chart=flow]"), first = page.querySelector("[data-chart=first]");
    curve(flow, figures, [
      { label: flow.dataset.filed, color: color("blue"), values: figures.filed },
      { label: flow.dataset.ended, color: color("green"), dash: [6, 3], values: figures.ended }
    ], whole);
    curve(first, figures, [{ label: first.dataset.first, color: color("amber"), values: figures.first }], [0.1, 0.25, 0.5].concat(whole));
    window.addEventListener("resize", fit);
  }).catch(failed);
})();

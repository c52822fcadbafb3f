"use strict";

for (const stage of document.querySelectorAll(".stage.rates")) {
  const { tried, limit, own, bowl: shape } = sceneOf(stage);
  const updates = tried[0].losses.manual.length - 1;
  const end = (entry) => entry.losses.manual[updates];
  const first = tried[0].losses.manual[0];
  const ceiling = first * 1e4;

  const makers = {
    ends(box) {
      const domain = extent(tried.map((t) => t.rate), true);
      const losses = tried.map((t) => Math.min(end(t) ?? ceiling, ceiling));
      return new Chart(box, { label: texts.rate, log: true, domain },
        { label: fill(texts.end, { updates }), log: true,
          domain: extent([...losses, first], true, 0.12) }, (chart) => {
          const at = chart.x(limit), { top, bottom } = chart.inner;
          chart.plot.append("path").attr("class", "guide")
            .attr("d", `M${at},${top}V${bottom}`);
          chart.over.append("text").attr("class", "guide-text")
            .attr("x", at - 8).attr("y", top + 34).attr("text-anchor", "end")
            .text(fill(texts.limit, { limit: shown(limit) }));
          chart.runs()(tried.map((t, n) => [t.rate, losses[n]]),
            tried.map((t) => [t.rate,
              Math.min(keras(t.losses)[updates] ?? ceiling, ceiling)]));
          const dots = chart.plot.append("g").selectAll("circle").data(tried)
            .join("circle").attr("class", "end").attr("r", 4)
            .attr("cx", (t) => chart.x(t.rate))
            .attr("cy", (_, n) => chart.y(losses[n]))
            .on("click", (_, t) => choose(tried.indexOf(t)));
          return (n) => dots.classed("chosen", (_, i) => i === n)
            .attr("r", (_, i) => (i === n ? 7.5 : 4));
        });
    },
    path(box) {
      const near = tried.filter((t) => t.rate < limit)
        .flatMap((t) => t.paths.manual);
      const all = [...near, shape.lowest];
      const domain = (k) => extent(all.map((p) => p[k]), false, 0.25);
      return new Chart(box, { label: texts.kernel, domain: domain(0) },
        { label: texts.bias, domain: domain(1) }, (chart) => {
          contours(chart, shape);
          const set = chart.runs(), dots = chart.dots();
          return (n) => {
            const { paths } = tried[n];
            set(paths.manual, keras(paths));
            dots(paths.manual[0], keras(paths)[0]);
          };
        });
    },
    losses(box) {
      const along = (values) => values.map((v, n) => [n, v]);
      const all = tried.flatMap((t) => t.losses.manual)
        .filter((v) => v !== null && v < ceiling);
      return new Chart(box, { label: texts.update, domain: [0, updates] },
        { label: texts.loss, log: true, domain: extent(all, true) }, (chart) => {
          chart.plot.append("g").selectAll("path").data(tried).join("path")
            .attr("class", "run other")
            .attr("d", (t) => chart.path(along(t.losses.manual)));
          const set = chart.runs();
          return (n) => set(along(tried[n].losses.manual),
            along(keras(tried[n].losses)));
        });
    },
  };

  const words = stage.querySelector(".words");
  const charts = [...stage.querySelectorAll("[data-chart]")]
    .map((box) => makers[box.dataset.chart](box));
  const { slider, show } = follow(stage, (n) => {
    words.textContent = tried[n].words;
    return fill(texts.chosen, {
      rate: shown(tried[n].rate), first: shown(first), last: shown(end(tried[n])),
    });
  }, charts);
  function choose(n) {
    slider.value = n;
    show();
  }
  choose(d3.minIndex(tried, (t) => Math.abs(Math.log(t.rate / own))));
}

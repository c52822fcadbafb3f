"use strict";

const SHAPES = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle,
  d3.symbolDiamond, d3.symbolCross, d3.symbolStar, d3.symbolWye,
  d3.symbolDiamond2, d3.symbolSquare2];
const ROOM = 620; // a narrower chart has numbers, and their key below it

/** Show seconds in the unit that suits them. */
function duration(value) {
  const [size, unit] = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]
    .find(([size]) => value >= size * 0.999) ?? [1e-9, "ns"];
  return `${+(value / size).toPrecision(3)} ${unit}`;
}

/** Draw a way's line and marker into a group, as chart and key show it. */
function look(where, n, { keras, fused }, line, points) {
  where.attr("class", `way way-${n}${fused ? " fused" : ""}`);
  where.append("path").attr("class", "course").attr("d", line);
  where.selectAll("path.marker").data(points).join("path")
    .attr("class", keras ? "marker hollow" : "marker")
    .attr("d", d3.symbol(SHAPES[n % SHAPES.length], 44))
    .attr("transform", (point) => `translate(${point})`);
}

for (const stage of document.querySelectorAll(".growth")) {
  const { ways, values, label } = sceneOf(stage);
  const box = stage.querySelector(".chart");
  const drawn = ways.filter((way) => way.costs.some((cost) => cost !== null));
  const longest = d3.max(drawn, (way) => way.name.length);
  const wide = () => box.clientWidth >= ROOM;
  const costs = ways.flatMap((way) => way.costs);

  for (const [n, item] of stage.querySelectorAll(".ways > li").entries()) {
    look(d3.select(item).select("svg").append("g"), n, ways[n], "M1,7H33", [[17, 7]]);
  }
  new Chart(box, { label, log: true, domain: extent(values, true) }, {
    label: texts.cost, log: true, domain: extent(costs, true), format: duration,
    get margin() { return wide() ? 34 + 6.6 * longest : 34; },
  }, (chart) => {
    const ends = [];
    for (const [n, way] of ways.entries()) {
      const points = values.map((value, i) => [value, way.costs[i]])
        .filter(([, cost]) => cost !== null);
      if (!points.length) continue;
      look(chart.over.append("g"), n, way, chart.path(points),
        points.map(([x, y]) => [chart.x(x), chart.y(y)]));
      const [x, value] = points.at(-1);
      ends.push({ name: wide() ? way.name : `${n + 1}`, value, from: chart.x(x) + 7, kind: `way-${n}` });
    }
    nameEnds(chart, ends);
    stage.classList.toggle("keyed", !wide());
    return () => {};
  });
}

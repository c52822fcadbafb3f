"use strict";

/** Draw matrices as images, side by side, as many in a row as have room. */
for (const stage of document.querySelectorAll(".stage.images")) {
  const { shades, captions, rows, columns, down, across } = sceneOf(stage);
  const box = stage.querySelector(".chart");
  const [height, width] = [shades[0].length, shades[0][0].length];
  const named = rows.length || columns.length;
  const per = named ? 1 : Math.min(shades.length, Math.ceil(Math.sqrt(shades.length * 2.5)));
  const gap = width / 4;
  const [left, top] = named ? [4, 3] : [0, 0];
  const [step, line] = [width + gap, height + gap + (captions.length ? width / 4 : 0)];
  const svg = d3.select(box).append("svg").attr("role", "img").attr("aria-label", box.dataset.label)
    .attr("viewBox", `${-left} ${-top} ${left + per * step - gap} ${top + Math.ceil(shades.length / per) * line - gap + 2}`);
  for (const [n, image] of shades.entries()) {
    const group = svg.append("g")
      .attr("transform", `translate(${(n % per) * step},${Math.floor(n / per) * line})`);
    group.append("rect").attr("class", "rim").attr("width", width).attr("height", height);
    group.selectAll(".pixel").data(image.flatMap((row, y) =>
      row.map((shade, x) => ({ shade, x, y }))).filter(({ shade }) => shade))
      .join("rect").attr("class", "pixel").attr("width", 1).attr("height", 1)
      .attr("x", ({ x }) => x).attr("y", ({ y }) => y)
      .attr("fill-opacity", ({ shade }) => shade / 100);
    const write = (text, x, y, anchor, size = 0.8) => group.append("text")
      .attr("x", x).attr("y", y).attr("text-anchor", anchor)
      .style("font-size", `${size}px`).text(text);
    if (captions.length) write(captions[n], width / 2, height + width / 5, "middle", width / 6);
    rows.forEach((name, y) => write(name, -0.4, y + 0.75, "end"));
    columns.forEach((name, x) => write(name, x + 0.5, -0.4, "middle"));
    if (down) write(down, -0.4, -0.4, "end");
    if (across) write(across, width, -1.6, "end");
  }
}

/** Curves differ in colour and in dashes. */
const DASHES = [null, "7 4", "2 3", "10 3 2 3"];
const wayOf = (n) => `way way-${[0, 1, 3, 5][n % 4]}`;

/** Draw curves and dots over common axes, each with its name. */
for (const stage of document.querySelectorAll(".stage.curves")) {
  const { across, up, curves } = sceneOf(stage);
  const all = curves.flatMap((curve) => curve.points);
  const list = d3.select(stage).insert("p", ".chart").attr("class", "legend");
  for (const [n, { name, dots }] of curves.entries()) {
    const item = list.append("span");
    const key = item.append("svg").attr("class", wayOf(n)).attr("aria-hidden", "true")
      .attr("width", 28).attr("height", 10);
    if (dots) key.append("circle").style("fill", "var(--way)").attr("r", 3).attr("cx", 14).attr("cy", 5);
    else key.append("path").attr("d", "M0 5H28").attr("stroke-dasharray", DASHES[n % 4]);
    item.append("span").text(name);
  }
  new Chart(stage.querySelector(".chart"),
    { label: across, domain: extent(all.map((p) => p[0]), false, 0.02), format: "~f" },
    { label: up, domain: extent(all.map((p) => p[1])) }, (chart) => {
      for (const [n, { points, dots }] of curves.entries()) {
        const group = chart.plot.append("g").attr("class", wayOf(n));
        if (dots) {
          group.selectAll("circle").data(points).join("circle").attr("class", "marker")
            .attr("r", 2.5).attr("cx", (p) => chart.x(p[0])).attr("cy", (p) => chart.y(p[1]));
        } else {
          group.append("path").attr("class", "course").attr("d", chart.path(points))
            .attr("stroke-dasharray", DASHES[n % 4]);
        }
      }
      return () => {};
    });
}

"use strict";

const EDGE = 1e-6; // a factor that is so near 1 neither falls nor grows

/** Say what the chosen rate does, from the numbers that are shown. */
function sayPath(descent, { path, losses, rate }, updates) {
  const [first, last] = [losses[0], losses[updates]];
  const [near, far] = [path[0], path[updates]].map((pair) => descent.distance(pair));
  const share = last === null ? null : (last - descent.least) / (first - descent.least);
  const factors = descent.directions.map(({ curvature }) => 1 - rate * curvature);
  const over = Math.abs(factors[0]) - 1;
  const text = Math.abs(over) < EDGE ? texts.endless
    : over > 0 && !(last <= first) ? texts.grown : texts.left;
  const whole = fill(text, { updates, share: percent(share), first: shown(text === texts.grown ? first : near),
    last: shown(text === texts.grown ? last : far), near: shown(near), far: shown(finite(far)) });
  const seen = crossings(path.map((pair) => descent.offset(pair, descent.directions[0])));
  return [whole,
    fill(texts.steep, { does: sayDirection(factors[0], seen) }),
    fill(texts.flat, { does: sayDirection(factors[1], seen) })];
}

function percent(share) {
  return share === null ? texts.infinite : `${shown(+(100 * share).toPrecision(2))}%`;
}

/** Say what each update leaves of the way along one direction. */
function sayDirection(factor, { changes, count }) {
  const size = Math.abs(factor);
  if (factor === 1) return texts.level;
  if (size < EDGE) return texts.lands;
  const digits = Math.max(2, 1 - Math.floor(Math.log10(Math.abs(1 - size) || EDGE)));
  const told = { factor: Math.abs(1 - size) < EDGE ? "1" : size.toFixed(digits), changes, count,
    updates: Math.ceil(Math.log(0.01) / Math.log(size)).toLocaleString("en") };
  if (size >= 1 - EDGE && factor < 0) return fill(texts.flies, told);
  return fill(factor < 0 ? texts.jumps : texts.slides, told);
}

/** Count how often a number changes its sign, before rounding hides it. */
function crossings(offsets) {
  const small = 1e-5 * Math.abs(offsets[0]);
  const end = offsets.findIndex((v) => !Number.isFinite(v) || Math.abs(v) <= small);
  const kept = end < 0 ? offsets : offsets.slice(0, end);
  const changes = d3.pairs(kept).filter(([a, b]) => a * b < 0).length;
  return { changes, count: Math.max(kept.length - 1, 0) };
}

function pathDomains({ path, count, descent }) {
  const seen = [...path.slice(0, count + 1), path[0], descent.lowest];
  return [0, 1].map((k) => extent(seen.map((p) => p[k]), false, 0.15));
}

function lossDomains({ losses, count }) {
  return [extent([0, Math.max(count, 1)], false, 0.02), extent(losses.slice(0, count + 1), true, 0.1)];
}

/** Rates from end to end; losses from the least to well above the first. */
function endDomains({ ends, losses }) {
  const first = losses[0] || 1;
  const low = d3.min(ends, ([, loss]) => (loss > 0 ? loss : Infinity));
  return [DECADES.map((v) => 10 ** v), extent([Math.max(low, first * 1e-12), first * 30], true, 0.1)];
}

/** Return functions that draw the laboratory's charts into their boxes. */
function laboratoryCharts({ now, scene, tried, reach, updates, choose, put }) {
  const dots = (where, kind, radius, pairs, chart) => where.selectAll(`circle.${kind}`)
    .data(pairs.filter(([x, y]) => Number.isFinite(chart.x(x)) && Number.isFinite(chart.y(y)) && y !== null))
    .join("circle").attr("class", kind).attr("r", radius)
    .attr("cx", ([x]) => chart.x(x)).attr("cy", ([, y]) => chart.y(y));
  const trace = (chart) => {
    const group = chart.plot.append("g");
    const line = group.append("path").attr("class", "trace");
    return (pairs, real) => {
      line.attr("d", chart.path(pairs));
      dots(group, "step", pairs.length > 40 ? 2 : 3, pairs, chart);
      dots(group, "real", 4.5, real, chart);
    };
  };
  const real = (count) => now.real?.manual.slice(0, count + 1) ?? [];

  return {
    path(box) {
      const [x, y] = pathDomains(now);
      return new Chart(box, { label: texts.kernel, domain: x },
        { label: texts.bias, domain: y }, (chart) => {
          contours(chart, now.descent);
          const set = trace(chart);
          const start = draggable(chart, chart.over.append("circle").attr("r", 9),
            (w, b) => put({ start: [within(reach[0], w), within(reach[1], b)] }, true),
            () => put({}));
          return (count) => {
            set(now.path.slice(0, count + 1), real(count));
            start.attr("cx", chart.x(now.path[0][0])).attr("cy", chart.y(now.path[0][1]));
          };
        });
    },
    ends(box) {
      const [x, y] = endDomains(now);
      return new Chart(box, { label: texts.rate, log: true, domain: x },
        { label: fill(texts.end, { updates }), log: true, domain: y }, (chart) => {
          const { left, right, top, bottom } = chart.inner, { limit } = now.descent;
          chart.plot.append("path").attr("class", "guide").attr("d", upright(chart, limit));
          chart.over.append("text").attr("class", "guide-text")
            .attr("x", chart.x(limit) - 8).attr("y", top + 34).attr("text-anchor", "end")
            .text(fill(texts.limit, { limit: shown(limit) }));
          chart.plot.append("path").attr("class", "trace").attr("d", chart.path(now.ends));
          const runs = now.pristine ? tried.map(({ rate, manual }) =>
            [rate, endOf(now.descent, manual)]) : [];
          const height = ([, loss]) => (loss === null || loss > chart.axes.y.domain[1] ? top + 7
            : within([top, bottom], chart.y(loss)));
          const mark = (group, pairs, kind) => group.selectAll(`.${kind}`).data(pairs)
            .join("path").attr("class", (pair) => (height(pair) === top + 7 ? `${kind} beyond` : kind))
            .attr("d", (pair) => d3.symbol(height(pair) === top + 7 ? d3.symbolTriangle : d3.symbolCircle,
              kind === "chosen" ? 150 : 55)())
            .attr("transform", (pair) => `translate(${chart.x(pair[0])},${height(pair)})`);
          mark(chart.plot.append("g"), runs, "real");
          const chosen = chart.plot.append("g");
          const outside = chart.over.append("text").attr("class", "guide-text")
            .attr("x", right).attr("y", chart.width < 380 ? top + 54 : top - 4).attr("text-anchor", "end");
          chart.over.append("rect").attr("class", "catch").attr("x", left).attr("y", top)
            .attr("width", right - left).attr("height", bottom - top)
            .on("click", (event) => {
              const [at] = d3.pointer(event, chart.svg.node());
              const [near] = d3.sort(runs, ([rate]) => Math.abs(chart.x(rate) - at));
              choose(near && Math.abs(chart.x(near[0]) - at) < 6 ? near[0] : chart.x.invert(at));
            });
          return () => {
            const mine = [now.rate, now.losses[updates]];
            mark(chosen, [mine], "chosen");
            const far = height(mine) === top + 7 ? mine
              : runs.filter((pair) => height(pair) === top + 7).at(-1);
            outside.text(far ? fill(texts.outside, { loss: shown(far[1]), rate: shown(far[0]) }) : "");
          };
        });
    },
    data(box) {
      return dataChart(box, scene, now, put);
    },
    losses(box) {
      const [x, y] = lossDomains(now);
      const loss = (pair) => finite(now.descent.loss(...pair));
      return new Chart(box, { label: texts.update, domain: x },
        { label: texts.loss, log: true, domain: y }, (chart) => {
          const set = trace(chart);
          return (count) => set(now.losses.slice(0, count + 1).map((v, n) => [n, v]),
            real(count).map((pair, n) => [n, loss(pair)]));
        });
    },
  };
}

/** Draw the data, and the line at the start and after the updates shown. */
function dataChart(box, scene, now, put) {
  const few = scene.whole && scene.x.length <= FEW;
  const domains = [extent(scene.x, false, 0.3), extent(scene.y, false, 0.5)];
  const place = (x, y, n) => {
    const moved = { x: [...now.x], y: [...now.y] };
    moved.x[n] = single(within(domains[0], x));
    moved.y[n] = single(within(domains[1], y));
    put(moved);
  };
  const chart = new Chart(box, { label: scene.feature, domain: domains[0] },
    { label: scene.target, domain: domains[1] }, (chart) => {
      const start = chart.plot.append("path").attr("class", "guide");
      const line = chart.plot.append("path").attr("class", "own");
      const points = chart.over.selectAll("circle").data(d3.range(scene.x.length))
        .join("circle").attr("class", "point").attr("r", few ? 6 : 4);
      if (few) reachable(draggable(chart, points, place), domains, now, place);
      const ends = (pair) => domains[0].map((v) => [v, pair[0] * v + pair[1]]);
      return (count) => {
        start.attr("d", chart.path(ends(now.path[0])));
        line.attr("d", chart.path(ends(now.path[count])));
        points.attr("cx", (n) => chart.x(now.x[n])).attr("cy", (n) => chart.y(now.y[n]))
          .attr("aria-valuenow", (n) => now.y[n])
          .attr("aria-valuetext", (n) => fill(texts.place, { x: shown(now.x[n]), y: shown(now.y[n]) }));
      };
    });
  chart.svg.attr("role", "group");
  return chart;
}

/** Let points be moved by the arrow keys. */
function reachable(points, domains, now, place) {
  const [across, up] = domains.map(([low, high]) => (high - low) / 60);
  points.attr("tabindex", 0).attr("role", "slider")
    .attr("aria-label", (n) => fill(texts.point, { number: n + 1 }))
    .attr("aria-valuemin", domains[1][0]).attr("aria-valuemax", domains[1][1])
    .on("keydown", (event, n) => {
      const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!way) return;
      event.preventDefault();
      place(now.x[n] + way[0] * across, now.y[n] + way[1] * up, n);
    });
}

"use strict";

const SECONDS = 8;

for (const stage of document.querySelectorAll(".stage.learn")) {
  const scene = sceneOf(stage);
  const { updates, losses } = scene;
  const last = updates.length - 1;
  const along = (values) => values.map((value, n) => [updates[n], value]);
  const time = { label: texts.update, domain: [0, updates[last] || 1] };

  const makers = {
    line(box) {
      const { x, y, feature, target } = scene.line;
      const [kernel, bias] = scene.parameters;
      const domain = extent(x, false, 0.12);
      return new Chart(box, { label: feature, domain },
        { label: target, domain: extent(y, false, 0.25) }, (chart) => {
          const set = chart.runs();
          chart.plot.append("g").selectAll("circle").data(x).join("circle")
            .attr("class", "point").attr("r", 4)
            .attr("cx", (v) => chart.x(v)).attr("cy", (_, n) => chart.y(y[n]));
          const ends = (k, b) => domain.map((v) => [v, k * v + b]);
          return (n) => set(ends(kernel.manual[n], bias.manual[n]),
            ends(keras(kernel)[n], keras(bias)[n]));
        });
    },
    path(box) {
      const [kernel, bias] = scene.parameters;
      const { lowest } = scene.bowl;
      const pairs = (side) => side(kernel).map((v, n) => [v, side(bias)[n]]);
      const manual = pairs((s) => s.manual), other = pairs(keras);
      const all = [...manual, ...other, lowest];
      return new Chart(box,
        { label: texts.kernel, domain: extent(all.map((p) => p[0]), false, 0.15) },
        { label: texts.bias, domain: extent(all.map((p) => p[1]), false, 0.15) },
        (chart) => {
          contours(chart, scene.bowl);
          const set = chart.runs(), dots = chart.dots();
          return (n) => {
            set(manual.slice(0, n + 1), other.slice(0, n + 1));
            dots(manual[n], other[n]);
          };
        });
    },
    loss(box) {
      const domain = extent([...losses.manual, ...keras(losses)], true);
      return new Chart(box, time, { label: texts.loss, log: true, domain },
        (chart) => over(chart, along(losses.manual), along(keras(losses))));
    },
    parameters(box) {
      const all = scene.parameters.flatMap((p) => [...p.manual, ...keras(p)]);
      const shown = scene.parameters.length, count = scene.all_parameters;
      const label = shown < count ? fill(texts.some, { shown, count }) : texts.value;
      return new Chart(box, time, { label, domain: extent(all),
        margin: 12 + 7 * d3.max(scene.parameters, (p) => p.name.length) },
        (chart) => {
          const moves = scene.parameters.map((p) =>
            over(chart, along(p.manual), along(keras(p))));
          nameEnds(chart, scene.parameters.map((p) =>
            ({ name: p.name, value: p.manual[last] })));
          return (n) => moves.forEach((move) => move(n));
        });
    },
    predictions(box) {
      const { truth, classes, low, high, grid } = scene.predictions;
      const value = (step) => low + (step / grid) * (high - low);
      const seen = new Map();
      const place = (t) => {
        if (!classes) return t;
        const n = seen.get(t) ?? 0;
        seen.set(t, n + 1);
        return t + (n % 15 - 7) / 24;
      };
      const across = truth.map(place);
      const domain = classes ? extent(across) : extent(truth);
      return new Chart(box,
        { label: classes ? texts.class : texts.true, domain },
        { label: classes ? texts.probability : texts.predicted,
          domain: extent([low, high]) },
        (chart) => {
          if (!classes) {
            chart.plot.append("path").attr("class", "guide")
              .attr("d", chart.path(domain.map((v) => [v, v])));
          }
          const add = (side, radius) => chart.plot.append("g")
            .selectAll("circle").data(across).join("circle")
            .attr("class", `dot ${side}`).attr("r", radius)
            .attr("cx", (v) => chart.x(v));
          const one = add("manual", 4.5), other = add("keras", 2);
          return (n) => {
            one.attr("cy", (_, i) => chart.y(value(scene.predictions.manual[n][i])));
            other.attr("cy", (_, i) =>
              chart.y(value(keras(scene.predictions)[n][i])));
          };
        });
    },
    ulps(box) {
      const pairs = along(scene.ulps);
      return new Chart(box, time,
        { label: "ULP", domain: [0, d3.max(scene.ulps) * 1.1] }, (chart) => {
          chart.plot.append("path").attr("class", "run ulps")
            .attr("d", chart.path(pairs));
          const guide = chart.plot.append("path").attr("class", "guide");
          return (n) => guide.attr("d", upright(chart, updates[n]));
        });
    },
  };

  const charts = [...stage.querySelectorAll("[data-chart]")]
    .map((box) => makers[box.dataset.chart](box));
  const say = (n) => {
    const ulps = scene.ulps[n];
    return [
      fill(texts.at, { update: updates[n].toLocaleString("en"),
        last: updates[last].toLocaleString("en") }),
      `${texts.loss} ${shown(losses.manual[n])}`,
      ulps ? fill(texts.apart, { ulps: ulps.toLocaleString("en") }) : texts.same,
    ].join(" · ");
  };
  play(stage, follow(stage, say, charts), last);
}

/** Draw two courses pale, and bold as far as the frame. */
function over(chart, one, other) {
  chart.runs("ahead")(one, other);
  const set = chart.runs(), dots = chart.dots();
  return (n) => {
    set(one.slice(0, n + 1), other.slice(0, n + 1));
    dots(one[n], other[n]);
  };
}

/** Write names at the right, moved apart where they would overlap. */
function nameEnds(chart, ends) {
  const gap = 14, { right, top, bottom } = chart.inner;
  const labels = ends.map((end) => ({ from: right + 2, ...end, end: chart.y(end.value) }))
    .filter(({ end }) => Number.isFinite(end)).sort((a, b) => a.end - b.end);
  let above = top - gap;
  for (const label of labels) above = label.at = Math.max(label.end, above + gap);
  let below = bottom + gap;
  for (const label of labels.reverse()) {
    below = label.at = Math.min(label.at, below - gap);
  }
  for (const { name, from, end, at, kind = "" } of labels) {
    chart.over.append("path").attr("class", `leader ${kind}`)
      .attr("d", `M${from},${end}L${right + 10},${at}`);
    chart.over.append("text").attr("x", right + 12).attr("y", at)
      .attr("dy", ".35em").text(name);
  }
}

function upright(chart, at) {
  const { top, bottom } = chart.inner;
  return `M${chart.x(at)},${top}V${bottom}`;
}

/** Let the button move the slider; step by step where motion is unwanted. */
function play(stage, { slider, show }, last) {
  const button = stage.querySelector(".play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let running = 0;
  const name = () => {
    button.textContent = still.matches ? texts.next
      : running ? texts.pause : texts.play;
  };
  const go = (frame) => {
    slider.value = frame;
    show();
  };
  const stop = () => {
    cancelAnimationFrame(running);
    running = 0;
    name();
  };
  const start = () => {
    const from = +slider.value >= last ? 0 : +slider.value;
    let begun;
    const tick = (now) => {
      begun ??= now;
      const frame = from + ((now - begun) / 1000 / SECONDS) * last;
      go(Math.min(Math.floor(frame), last));
      if (frame >= last) stop();
      else running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
    name();
  };
  button.addEventListener("click", () => {
    if (still.matches) {
      const step = Math.max(1, Math.round(last / 20));
      go(+slider.value >= last ? 0 : Math.min(+slider.value + step, last));
    } else if (running) stop();
    else start();
  });
  slider.addEventListener("pointerdown", stop);
  slider.addEventListener("keydown", stop);
  still.addEventListener("change", stop);
  name();
}

"use strict";

const SECONDS = 7;

for (const stage of document.querySelectorAll(".stage.learn")) {
  const scene = sceneOf(stage);
  const { updates, losses } = scene;
  const last = updates.length - 1;
  const along = (values) => values.map((value, n) => [updates[n], value]);
  const hand = stage.querySelector(".hand") && new Hand(stage, scene);
  const time = { label: texts.update, domain: [0, updates[last] || 1] };

  const makers = {
    line: (box) => lineChart(box, scene, hand),
    path: (box) => bowlChart(box, scene, hand),
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
    .filter((box) => box.closest(".stage") === stage)
    .map((box) => makers[box.dataset.chart](box));
  const say = (n) => {
    if (hand) {
      const [w, b] = placed(scene, hand, n), loss = lossAt(scene, w, b);
      hand.show(w, b, loss);
      if (hand.own) return fill(texts.yours, { w: shown(w), b: shown(b), loss: shown(loss) });
    }
    const ulps = scene.ulps[n];
    return [
      fill(texts.at, { update: updates[n].toLocaleString("en"),
        last: updates[last].toLocaleString("en") }),
      `${texts.loss} ${shown(losses.manual[n])}`,
      ulps ? fill(texts.apart, { ulps: ulps.toLocaleString("en") }) : texts.same,
    ].join(" · ");
  };
  const name = (what) => stage.dataset.scene.replace("learn", what).replace("-scene", "");
  const release = () => {
    if (!hand?.own) return;
    hand.own = null;
    state.set(name("own"), null);
  };
  stage.querySelector(".slider").addEventListener("input", release);
  const { slider, show } = follow(stage, say, charts);
  const stop = play(stage, { slider, show, release }, last);
  if (stage.closest(".opening")) {
    slider.addEventListener("input", () => state.set(name("at"), slider.value));
    if (state.get(name("at")) !== null) {
      stop();
      slider.value = state.get(name("at"));
      show();
    }
  }
  if (hand) {
    hand.moved = () => {
      stop();
      show();
      state.set(name("own"), hand.own.map((value) => +value.toPrecision(6)).join(" "));
    };
    const kept = (state.get(name("own")) ?? "").split(" ").map(Number);
    if (kept.length === 2 && kept.every(Number.isFinite)) hand.move(...kept);
  }
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

/**
 * Let the button move the slider; step by step where motion is unwanted.
 * What stands on top plays once by itself, when it is first seen.
 */
function play(stage, { slider, show, release }, last) {
  const button = stage.querySelector(".play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const paper = matchMedia("print");
  let running = 0;
  const name = () => {
    button.textContent = still.matches ? texts.next
      : running ? texts.pause : texts.play;
  };
  const go = (frame) => {
    release();
    slider.value = frame;
    show();
  };
  const seen = new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting) start();
  }, { threshold: 0.4 });
  const stop = () => {
    seen.disconnect();
    cancelAnimationFrame(running);
    running = 0;
    name();
  };
  const start = () => {
    stop();
    const from = +slider.value >= last ? 0 : +slider.value / last;
    const before = Math.cbrt(from) * SECONDS * 1000;
    let begun;
    const tick = (now) => {
      begun ??= now - before;
      // Most of the way is made in the first updates: they get most time.
      const part = Math.min((now - begun) / 1000 / SECONDS, 1) ** 3;
      go(Math.floor(part * last));
      if (part >= 1) stop();
      else running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
    name();
  };
  button.addEventListener("click", () => {
    if (still.matches) go(+slider.value >= last ? 0 : +slider.value + 1);
    else if (running) stop();
    else start();
  });
  for (const kind of ["pointerdown", "keydown"]) slider.addEventListener(kind, stop);
  still.addEventListener("change", stop);
  const settle = () => {
    stop();
    go(last);
  };
  addEventListener("beforeprint", settle);
  paper.addEventListener("change", () => paper.matches && settle());
  if (stage.closest(".opening") && !still.matches && !paper.matches) seen.observe(stage.querySelector(".chart"));
  name();
  return stop;
}

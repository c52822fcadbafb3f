"use strict";

const DECADES = [-5.3, 0.31]; // of the rates that can be chosen
const AROUND = [0.9, 0.95, 0.98, 0.99, 1, 1.01, 1.02, 1.05, 1.1];
const FAR = 12; // an overshooting path is shown until it is so much farther,
const MANY = 24; // and at most for so many updates
const PER_STEP = 350; // milliseconds
const FEW = 12; // of more points each would be a stop of the Tab key

for (const stage of document.querySelectorAll(".stage.laboratory")) {
  const scene = sceneOf(stage);
  const { updates } = scene;
  const tried = scene.tried.map((run) => ({ ...run, rate: single(run.rate),
    manual: run.manual.map((pair) => pair.map((v) => (v === null ? NaN : single(v)))) }));
  const find = (name) => stage.querySelector(`.${name}`);
  const all = (name) => [...stage.querySelectorAll(`.${name}`)];
  const recorded = { x: scene.x.map(single), y: scene.y.map(single), start: tried[0].manual[0] };
  const now = { rate: scene.own, count: updates };
  const rates = d3.range(DECADES[0], DECADES[1], 0.04).map((v) => 10 ** v);
  const reach = startReach(scene, recorded.start);
  const charts = {};
  let timer = 0;
  [find("slider").min, find("slider").max] = DECADES;
  for (const [n, input] of all("hand").entries()) [input.min, input.max] = reach[n];

  /** Take data and start; all that follows from them alone. */
  function take({ x, y, start }) {
    Object.assign(now, { x, y, start });
    now.descent = new Descent({ ...scene, x, y });
    now.pristine = x === recorded.x && y === recorded.y
      && start.every((v, n) => v === recorded.start[n]);
    now.ends = d3.sort([...rates, ...AROUND.map((v) => v * now.descent.limit)])
      .map((rate) => [rate, endOf(now.descent, now.descent.path(rate, start, updates))]);
  }

  /** Run the chosen rate, and say what is seen. */
  function run(still = false) {
    const { descent } = now;
    now.path = descent.path(now.rate, now.start, updates);
    now.losses = now.path.map((pair) => finite(descent.loss(...pair)));
    now.real = now.pristine ? tried.find((t) => t.rate === single(now.rate)) : null;
    const said = sayPath(descent, now, updates);
    d3.select(find("words")).selectAll("p").data(said).join("p").text((text) => text);
    find("slider").value = Math.log10(now.rate);
    find("slider").setAttribute("aria-valuetext", shown(now.rate));
    if (document.activeElement !== find("typed")) find("typed").value = +now.rate.toPrecision(6);
    find("recorded").value = now.real ? tried.indexOf(now.real) : "";
    for (const [n, input] of all("hand").entries()) {
      input.value = now.start[n];
      input.setAttribute("aria-valuetext", shown(now.start[n]));
    }
    show(telling(descent, now.path), still);
  }

  /** Show so many updates; axes follow them, but not under the pointer. */
  function show(count, still = false) {
    now.count = count;
    const [w, b] = now.path[count];
    find("shown").value = count;
    find("shown").setAttribute("aria-valuetext", `${count}`);
    find("readout").textContent = fill(texts.chosen, { rate: shown(now.rate),
      limit: shown(now.descent.limit), update: count, loss: shown(now.losses[count]),
      w: shown(w), b: shown(b) });
    if (!still) charts.path.redraw(...pathDomains(now));
    charts.losses.redraw(...lossDomains(now));
    charts.path.svg.attr("aria-label", `${charts.path.box.dataset.label} ${find("words").innerText}`);
    for (const chart of Object.values(charts)) chart.show(count);
  }

  function choose(rate) {
    pause();
    find("wrong").textContent = "";
    now.rate = rate;
    state.set("rate", `${+rate.toPrecision(9)}`);
    run();
  }

  function put(changed, still = false) {
    pause();
    take({ ...now, ...changed });
    run(still);
    charts.ends.redraw(...endDomains(now));
  }

  const draw = laboratoryCharts({ now, scene, tried, reach, updates, choose, put });
  take(recorded);
  Object.assign(now, { path: now.descent.path(now.rate, now.start, updates) });
  now.losses = now.path.map((pair) => finite(now.descent.loss(...pair)));
  for (const box of stage.querySelectorAll("[data-chart]")) {
    charts[box.dataset.chart] = draw[box.dataset.chart](box);
  }
  const { difference, rate } = proof(now.descent, tried);
  find("proof").textContent = fill(difference === 0 ? texts.equal : texts.differ,
    { count: tried.length, difference: shown(difference), rate: shown(rate) });
  const kept = +state.get("rate");
  if (allowed(kept)) now.rate = kept;
  run();

  function pause() {
    clearInterval(timer);
    timer = 0;
    find("play").textContent = texts.steps;
  }

  find("play").addEventListener("click", () => {
    if (timer) return pause();
    const next = () => {
      show(now.count >= updates ? 0 : now.count + 1);
      if (now.count >= updates) pause();
    };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return next();
    show(0);
    timer = setInterval(next, PER_STEP);
    find("play").textContent = texts.pause;
  });
  find("slider").addEventListener("input", () => choose(10 ** +find("slider").value));
  find("slider").addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    choose(within(DECADES.map((v) => 10 ** v), now.rate * (event.shiftKey ? 1.001 : 1.01) ** way));
  });
  find("typed").addEventListener("change", () => {
    const typed = find("typed").value.trim(), value = Number(typed.replace(",", "."));
    if (typed && allowed(value)) return choose(value);
    find("wrong").textContent = fill(texts.nonsense, { typed,
      low: shown(10 ** DECADES[0]), high: shown(10 ** DECADES[1]) });
  });
  find("typed").addEventListener("blur", () => {
    if (!find("wrong").textContent) find("typed").value = +now.rate.toPrecision(6);
  });
  for (const button of all("share")) {
    button.addEventListener("click", () => choose(+button.dataset.share * now.descent.limit));
  }
  find("recorded").addEventListener("change", () => {
    const entry = tried[find("recorded").value];
    if (!entry) return;
    if (!now.pristine) put(recorded);
    choose(entry.rate);
  });
  find("shown").addEventListener("input", () => {
    pause();
    show(+find("shown").value);
  });
  for (const input of all("hand")) {
    input.addEventListener("input", () => put({ start: all("hand").map((i) => +i.value) }));
  }
  find("again").addEventListener("click", () => {
    put(recorded);
  });
}

function allowed(rate) {
  return rate >= 10 ** DECADES[0] && rate <= 10 ** DECADES[1];
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}

function endOf(descent, path) {
  return finite(descent.loss(...path.at(-1)));
}

/** Where the start may be put: three times as far as it is from the lowest. */
function startReach({ bowl: { lowest } }, start) {
  return lowest.map((v, n) => {
    const far = 3 * (Math.abs(start[n] - v) || 1);
    return [v - far, v + far];
  });
}

/** Return how many updates tell what a path does: all, unless it flies off. */
function telling(descent, path) {
  const near = descent.distance(path[0]) || 1;
  const last = path.length - 1;
  if (descent.distance(path[last]) <= near) return last;
  const over = path.findIndex((pair) => !(descent.distance(pair) < FAR * near));
  return Math.min(Math.max(over, 6), MANY, last);
}

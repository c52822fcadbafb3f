"use strict";
document.documentElement.classList.add("js");

const texts = JSON.parse(document.getElementById("texts").textContent);

/** Fill {names} into a translated text. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Show a number for people: few digits, ten to a power where it is far out. */
function shown(value) {
  if (value === null || !Number.isFinite(value)) return texts.infinite;
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) {
    return String(+value.toPrecision(4)).replace("-", "−");
  }
  return power(value.toExponential(2));
}

/** Write 1.2e-7 as 1.2·10⁻⁷, and 1e-7 as 10⁻⁷. */
function power(text) {
  const [digits, exponent] = text.split("e");
  const raised = [...String(+exponent)]
    .map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("");
  return (+digits === 1 ? "" : `${digits}·`) + `10${raised}`;
}

/** Read the scene that a stage names, its Keras side filled in. */
function sceneOf(stage) {
  return JSON.parse(document.getElementById(stage.dataset.scene).textContent);
}

/** Return Keras's numbers; where they are the same they are stored once. */
function keras(both) {
  return both.keras ?? both.manual;
}

/** Return the ends of all numbers, with room around them. */
function extent(values, log = false, room = 0.06) {
  let [low, high] = d3.extent(
    values.filter((v) => v !== null && Number.isFinite(v) && (!log || v > 0)));
  if (low === undefined) [low, high] = log ? [0.1, 1] : [0, 1];
  if (log) {
    const spread = Math.max(Math.log10(high / low), 0.2) * room;
    return [low / 10 ** spread, high * 10 ** spread];
  }
  const spread = (high - low || Math.abs(high) || 1) * room;
  return [low - spread, high + spread];
}

/**
 * A chart that fills its box and is drawn anew when the box changes.
 * draw(chart) draws what stands still and returns a function that moves
 * the rest to a frame.
 */
class Chart {
  constructor(box, x, y, draw) {
    Object.assign(this, { box, axes: { x, y }, draw, frame: 0 });
    this.svg = d3.select(box).append("svg")
      .attr("role", "img").attr("aria-label", box.dataset.label);
    new ResizeObserver(() => this.resize()).observe(box);
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!width || (width === this.width && height === this.height)) return;
    Object.assign(this, { width, height });
    this.redraw();
  }

  /** Draw anew, over other domains where they are given. */
  redraw(x = this.axes.x.domain, y = this.axes.y.domain) {
    this.axes.x.domain = x;
    this.axes.y.domain = y;
    const { width, height } = this;
    if (!width) return;
    this.inner = { left: 50, top: 26, right: width - (this.axes.y.margin ?? 12), bottom: height - 44 };
    this.svg.attr("viewBox", `0 0 ${width} ${height}`).selectAll("*").remove();
    const { left, top, right, bottom } = this.inner;
    this.x = scale(this.axes.x).range([left, right]);
    this.y = scale(this.axes.y).range([bottom, top]);
    axis(this, "x", d3.axisBottom(this.x), Math.max(2, width / 90));
    axis(this, "y", d3.axisLeft(this.y), 5);
    const clip = `${this.box.dataset.chart}-${Chart.count++}`;
    this.svg.append("clipPath").attr("id", clip).append("rect")
      .attr("x", left).attr("y", top)
      .attr("width", right - left).attr("height", bottom - top);
    this.plot = this.svg.append("g").attr("clip-path", `url(#${clip})`);
    this.over = this.svg.append("g");
    this.move = this.draw(this);
    this.move(this.frame);
  }

  show(frame) {
    this.frame = frame;
    this.move?.(frame);
  }

  /** Return a path through pairs, broken where a number is missing. */
  path(pairs) {
    return d3.line()
      .defined((p) => p[0] !== null && p[1] !== null
        && Number.isFinite(this.x(p[0])) && Number.isFinite(this.y(p[1])))
      .x((p) => this.x(p[0])).y((p) => this.y(p[1]))(pairs);
  }

  /** Draw both sides over each other; return a function that sets pairs. */
  runs(kind = "", where = this.plot) {
    const add = (name) => where.append("path").attr("class", `run ${name} ${kind}`);
    const manual = add("manual"), casing = add("keras casing"), dashes = add("keras");
    return (one, other) => {
      manual.attr("d", this.path(one));
      const d = this.path(other);
      casing.attr("d", d);
      dashes.attr("d", d);
    };
  }

  /** Draw a dot for each side; return a function that sets two pairs. */
  dots() {
    const dots = [["manual", 6.5], ["keras", 3]].map(([side, radius]) =>
      this.plot.append("circle").attr("class", `dot ${side}`).attr("r", radius));
    return (...pairs) => pairs.forEach((pair, n) => {
      const [x, y] = [this.x(pair[0]), this.y(pair[1])];
      const there = pair[1] !== null && Number.isFinite(x) && Number.isFinite(y);
      dots[n].attr("display", there ? null : "none");
      if (there) dots[n].attr("cx", x).attr("cy", y);
    });
  }
}
Chart.count = 0;

function scale({ domain, log }) {
  return (log ? d3.scaleLog() : d3.scaleLinear()).domain(domain);
}

/** Draw an axis with as many labels as have room, and its name. */
function axis(chart, which, drawn, count) {
  const { left, right, bottom, top } = chart.inner;
  const { label, log, format } = chart.axes[which];
  const used = chart[which];
  if (log) {
    const [low, high] = used.domain().map(Math.log10);
    const powers = d3.range(Math.ceil(low), Math.floor(high) + 1);
    const every = Math.ceil(powers.length / (count + 1)) || 1;
    const kept = powers.filter((p) => p % every === 0).map((p) => 10 ** p);
    drawn.tickValues(kept.length > 1 ? kept : used.ticks(4).filter((_, n, all) =>
      n % Math.ceil(all.length / 4) === 0));
    drawn.tickFormat((v) => shown(v));
    if (kept.length > 1) drawn.tickFormat(format ?? ((v) => power(v.toExponential(0))));
  } else {
    drawn.ticks(count, format);
  }
  const place = which === "x" ? [0, bottom] : [left, 0];
  chart.svg.append("g").attr("transform", `translate(${place})`)
    .call(drawn.tickSizeInner(which === "x" ? top - bottom : left - right)
      .tickSizeOuter(0).tickPadding(7));
  const name = chart.svg.append("text").attr("class", "name").text(label);
  if (which === "x") {
    name.attr("x", right).attr("y", bottom + 38).attr("text-anchor", "end");
  } else {
    name.attr("x", 0).attr("y", 12);
  }
}

/** The loss over kernel and bias: a bowl, as its Hessian says. */
function bowl({ lowest, hessian, least }) {
  return (kernel, bias) => {
    const u = kernel - lowest[0], v = bias - lowest[1];
    return least + (hessian[0][0] * u * u + 2 * hessian[0][1] * u * v
      + hessian[1][1] * v * v) / 2;
  };
}

/** Draw the contours of a bowl and a cross at its lowest point. */
function contours(chart, scene) {
  const loss = bowl(scene);
  const size = 90, rim = 5; // the rim hides where contours end
  const [x, y] = [chart.x.copy().range([rim, size - rim]),
    chart.y.copy().range([size - rim, rim])];
  const grid = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      grid.push(Math.log(loss(x.invert(column + 0.5), y.invert(row + 0.5))
        - scene.least + 1e-12));
    }
  }
  const levels = d3.range(1, 13).map((n) => d3.quantile(grid, (n / 13) ** 1.5));
  const { left, right, top, bottom } = chart.inner;
  const path = d3.geoPath(d3.geoTransform({
    point(column, row) {
      this.stream.point(
        left + ((column - rim) / (size - 2 * rim)) * (right - left),
        top + ((row - rim) / (size - 2 * rim)) * (bottom - top));
    },
  }));
  chart.plot.append("g").selectAll("path")
    .data(d3.contours().size([size, size]).thresholds(levels)(grid))
    .join("path").attr("class", "contour").attr("d", path);
  const [cx, cy] = [chart.x(scene.lowest[0]), chart.y(scene.lowest[1])];
  chart.plot.append("path").attr("class", "least")
    .attr("d", `M${cx - 6},${cy}h12M${cx},${cy - 6}v12`);
}

/** Let a slider and its readout follow each other. */
function follow(stage, say, charts) {
  const slider = stage.querySelector(".slider");
  const readout = stage.querySelector(".readout");
  const show = () => {
    const frame = +slider.value;
    const said = say(frame);
    readout.textContent = said;
    slider.setAttribute("aria-valuetext", said);
    charts.forEach((chart) => chart.show(frame));
  };
  slider.addEventListener("input", show);
  show();
  return { slider, show };
}

/** Let what is drawn be dragged; moved(x, y) gets the place in numbers. */
function draggable(chart, drawn, moved, ended = () => {}) {
  return drawn.classed("handle", true).call(d3.drag()
    .container(() => chart.svg.node())
    .on("drag", (event, datum) =>
      moved(chart.x.invert(event.x), chart.y.invert(event.y), datum))
    .on("end", ended));
}

/** Keep a number between the ends of a domain. */
function within([low, high], value) {
  return Math.min(Math.max(value, low), high);
}

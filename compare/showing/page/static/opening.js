"use strict";

const SQUARES = 40; // of more points squares would hide each other

/** Draw the points, the line of both sides, and the squares of what is left. */
function lineChart(box, scene, hand) {
  const { x, y, feature, target } = scene.line;
  const domain = extent(x, false, 0.12);
  return new Chart(box, { label: feature, domain },
    { label: target, domain: extent(y, false, 0.25) }, (chart) => {
      const unit = Math.abs(chart.y(1) - chart.y(0)), middle = d3.mean(x);
      const kept = x.length > SQUARES || !scene.bowl ? [] : x.map((_, n) => n);
      const squares = chart.plot.append("g").selectAll("rect").data(kept)
        .join("rect").attr("class", "square");
      const mean = chart.over.append("rect").attr("class", "square mean")
        .attr("x", chart.inner.left + 10).attr("y", chart.inner.top + 26);
      const said = chart.over.append("text").attr("class", "guide-text")
        .attr("x", chart.inner.left + 10).attr("y", chart.inner.top + 18);
      const set = chart.runs();
      const own = chart.plot.append("path").attr("class", "own");
      chart.plot.append("g").selectAll("circle").data(x).join("circle")
        .attr("class", "point").attr("r", 4)
        .attr("cx", (v) => chart.x(v)).attr("cy", (_, n) => chart.y(y[n]));
      const at = extent(x, false, 0.04);
      const ends = hand && draggable(chart, chart.over.selectAll(".handle")
        .data([0, 1]).join("circle").attr("r", 7), (_, up, end) => {
        const height = at.map((v) => hand.w * v + hand.b);
        height[end] = up;
        const w = (height[1] - height[0]) / (at[1] - at[0]);
        hand.move(w, height[0] - w * at[0]);
      });
      return (n) => {
        const [w, b] = placed(scene, hand, n);
        const left = (k) => y[k] - w * x[k] - b;
        squares.attr("width", (k) => Math.abs(left(k)) * unit)
          .attr("height", (k) => Math.abs(left(k)) * unit)
          .attr("x", (k) => chart.x(x[k]) - (x[k] > middle ? Math.abs(left(k)) * unit : 0))
          .attr("y", (k) => chart.y(Math.max(y[k], w * x[k] + b)));
        const loss = lossAt(scene, w, b), side = scene.bowl ? Math.sqrt(loss) * unit : 0;
        mean.attr("width", side).attr("height", side);
        said.text(scene.bowl ? fill(texts.mean, { loss: shown(loss) }) : "");
        const line = (k, c) => domain.map((v) => [v, k * v + c]);
        const [kernel, bias] = scene.parameters;
        set(line(kernel.manual[n], bias.manual[n]), line(keras(kernel)[n], keras(bias)[n]));
        own.attr("d", hand?.own ? chart.path(line(w, b)) : null);
        ends?.attr("cx", (end) => chart.x(at[end])).attr("cy", (end) => chart.y(w * at[end] + b));
      };
    });
}

/** Draw the bowl of the loss, the path of both sides, and the dot to drag. */
function bowlChart(box, scene, hand) {
  const [kernel, bias] = scene.parameters;
  const pairs = (side) => side(kernel).map((v, n) => [v, side(bias)[n]]);
  const manual = pairs((s) => s.manual), other = pairs(keras);
  return new Chart(box, { label: texts.kernel, domain: hand.reach[0] },
    { label: texts.bias, domain: hand.reach[1] }, (chart) => {
      contours(chart, scene.bowl);
      const set = chart.runs(), dots = chart.dots();
      const handle = draggable(chart, chart.over.append("circle").attr("r", 9), hand.move);
      return (n) => {
        const [w, b] = placed(scene, hand, n);
        set(manual.slice(0, n + 1), other.slice(0, n + 1));
        dots(manual[n], other[n]);
        handle.attr("cx", chart.x(w)).attr("cy", chart.y(b));
      };
    });
}

/** Return w and b: those of one's own line, else the recorded ones. */
function placed(scene, hand, n) {
  if (hand?.own) return hand.own;
  const [kernel, bias] = scene.parameters;
  return [kernel.manual[n], bias.manual[n]];
}

/** Return the loss on all rows: the bowl knows those that are not drawn. */
function lossAt({ line: { x, y, whole }, bowl: shape }, w, b) {
  return whole || !shape ? d3.mean(x, (v, n) => (y[n] - w * v - b) ** 2) : bowl(shape)(w, b);
}

/** Where w and b may be put: almost twice as far from the lowest point as the path. */
function reachOf(scene) {
  return scene.bowl.lowest.map((lowest, n) => {
    const far = d3.max(scene.parameters[n].manual, (v) => Math.abs(v - lowest));
    return [lowest - 1.9 * (far || 1), lowest + 1.9 * (far || 1)];
  });
}

/** One's own line: own holds w and b, or nothing while the run is shown. */
class Hand {
  constructor(stage, scene) {
    this.reach = reachOf(scene);
    this.inputs = [...stage.querySelectorAll(".hand")];
    for (const [n, input] of this.inputs.entries()) {
      [input.min, input.max] = this.reach[n];
      input.step = "any";
      input.addEventListener("input", () => this.move(...this.inputs.map((i) => +i.value)));
      input.addEventListener("keydown", (event) => this.key(event, n));
    }
    this.move = (w, b) => {
      this.own = [within(this.reach[0], w), within(this.reach[1], b)];
      this.moved();
    };
  }

  /** Move by a hundredth of the reach: a browser's own steps are too wide. */
  key(event, n) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const [low, high] = this.reach[n], place = this.inputs.map((input) => +input.value);
    place[n] += way * (high - low) / 100;
    this.move(...place);
  }

  /** Let the inputs say where w and b are. */
  show(w, b, loss) {
    [this.w, this.b] = [w, b];
    for (const [n, input] of this.inputs.entries()) {
      input.value = [w, b][n];
      input.setAttribute("aria-valuetext", `${shown([w, b][n])}, ${texts.loss} ${shown(loss)}`);
    }
  }
}

"use strict";

const single = Math.fround;

/**
 * Least squares of a line: what gradient descent on all rows does, step by
 * step in float32, as TensorFlow computes it. Where a report does not hold
 * all rows, the Hessian of all stands for them.
 */
class Descent {
  constructor({ x, y, whole, bowl: shape }) {
    Object.assign(this, { x, y, whole, shape });
    this.hessian = whole
      ? [[2 * d3.mean(x, (v) => v * v), 2 * d3.mean(x)], [2 * d3.mean(x), 2]]
      : shape.hessian;
    const [[a, b], [, d]] = this.hessian;
    const middle = (a + d) / 2, reach = Math.hypot((a - d) / 2, b);
    const turn = Math.atan2(2 * b, a - d) / 2;
    /** The steep direction, then the flat one: curvature and unit vector. */
    this.directions = [
      { curvature: middle + reach, along: [Math.cos(turn), Math.sin(turn)] },
      { curvature: Math.max(middle - reach, 0), along: [-Math.sin(turn), Math.cos(turn)] },
    ];
    this.limit = 2 / this.directions[0].curvature;
    this.lowest = whole ? this.closed([0, 0]) : shape.lowest;
    this.least = whole ? this.loss(...this.lowest) : shape.least;
  }

  /** Return the lowest point, the nearest where there are many. */
  closed([w, b]) {
    const slope = [-2 * d3.mean(this.x, (v, n) => (this.y[n] - w * v - b) * v),
      -2 * d3.mean(this.x, (v, n) => this.y[n] - w * v - b)];
    const [steep] = this.directions, place = [w, b];
    for (const { curvature, along } of this.directions) {
      if (curvature < 1e-9 * steep.curvature) continue;
      const part = (slope[0] * along[0] + slope[1] * along[1]) / curvature;
      place[0] -= part * along[0];
      place[1] -= part * along[1];
    }
    return place;
  }

  loss(w, b) {
    return this.whole ? d3.mean(this.x, (v, n) => (this.y[n] - w * v - b) ** 2)
      : bowl(this.shape)(w, b);
  }

  /** Return how far a place is from the lowest point, along a direction. */
  offset([w, b], { along }) {
    return (w - this.lowest[0]) * along[0] + (b - this.lowest[1]) * along[1];
  }

  distance([w, b]) {
    return Math.hypot(w - this.lowest[0], b - this.lowest[1]);
  }

  /** Return w and b after each of so many updates; the start comes first. */
  path(rate, start, updates) {
    const rows = [start.map(single)], step = single(rate);
    while (rows.length <= updates) {
      const [w, b] = rows.at(-1), [dw, db] = this.gradient(w, b);
      rows.push([single(w - single(step * dw)), single(b - single(step * db))]);
    }
    return rows;
  }

  /** Return the gradient; each result is rounded to float32, sums in order. */
  gradient(w, b) {
    if (!this.whole) {
      const { hessian: [[a, c], [, d]], lowest } = this;
      const u = w - lowest[0], v = b - lowest[1];
      return [single(a * u + c * v), single(c * u + d * v)];
    }
    const share = single(1 / this.x.length);
    let dw = 0, db = 0;
    for (const [n, x] of this.x.entries()) {
      const left = single(this.y[n] - single(single(w * x) + b));
      const part = single(-2 * single(left * share));
      dw = single(dw + single(part * x));
      db = single(db + part);
    }
    return [dw, db];
  }
}

/** Return the largest difference to recorded runs, relative to their size. */
function proof(descent, tried) {
  let worst = { difference: 0, rate: tried[0].rate };
  for (const { rate, manual } of tried) {
    const made = descent.path(rate, manual[0], manual.length - 1);
    let size = 0;
    for (const [n, real] of manual.entries()) {
      size = Math.max(size, ...real.map(Math.abs).filter(Number.isFinite));
      for (const k of [0, 1]) {
        if (real[k] === made[n][k]) continue;
        const both = !Number.isFinite(real[k]) && !Number.isFinite(made[n][k]);
        const difference = both ? 0 : Math.abs(real[k] - made[n][k]) / (size || 1);
        if (!(difference <= worst.difference)) worst = { difference, rate };
      }
    }
  }
  return worst;
}

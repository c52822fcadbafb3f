"""A line, trained again in numpy in a given way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from compare.judging.rounding import rounding
from compare.pairs.diagnosis.optimizer_rules import Rule, moved
from compare.records.problem import Problem
from compare.records.runs import Trajectory

MOST = 24
"""Updates that are recomputed."""

NEAR = 1e-9
"""Relative difference up to which a solved rate is a plain multiple."""

PLAIN_RULE = Rule("SGD")

ROUGH = 1e3
"""How many times the rounding of a verdict a recomputed line may be off: it
adds in another order, and the rate is solved from one update."""


@dataclass(frozen=True)
class Way:
    """A way to train a line.

    Attributes:
        loss: "square", "absolute", "broadcast" or "root".
        rule: the optimizer, its rate included.
        batch: rows per update; 0 for all.
        tail: whether a smaller last batch is trained on.
        backwards: whether rows are taken from the last to the first.
        one_by_one: which parameter is moved first; "" for both at once.
        still: a parameter that never moves, or "".
        until: the update after which nothing moves, or 0.
        penalty: of squared weights, taken as a gradient.
        penalised: which parameters.
    """

    loss: str = "square"
    rule: Rule = PLAIN_RULE
    batch: int = 0
    tail: bool = True
    backwards: bool = False
    one_by_one: str = ""
    still: str = ""
    until: int = 0
    penalty: float = 0.0
    penalised: str = ""


PLAIN = Way()


class Line:
    """The data of a line, and the trajectory of a side on it."""

    def __init__(
        self, problem: Problem, run: Trajectory, names: tuple[str, str]
    ) -> None:
        self.x = np.asarray(problem.x, float).reshape(len(problem.x), -1)
        self.y = np.asarray(problem.y, float).reshape(-1)
        self.names = names
        self.rate = float(problem.learning_rate)
        self.batch = min(problem.batch_size, len(self.y))
        start = [run.parameters[n][0] for n in names]
        self.start = [np.ravel(v).astype(float) for v in start]
        self.updates = [run.update_of(row) for row in range(run.rows)]
        self.seen = [
            [np.ravel(v).astype(float) for v in rows]
            for rows in zip(*(run.parameters[n] for n in names), strict=True)
        ]
        keep = [i for i, u in enumerate(self.updates) if u <= MOST]
        self.updates = [self.updates[i] for i in keep]
        self.seen = [self.seen[i] for i in keep]

    def train(self, way: Way, updates: int) -> list[list[np.ndarray]]:
        """Return kernel and bias after each update."""
        w, b = (v.copy() for v in self.start)
        path = [[w, b]]
        gradients = []
        for update in range(updates):
            g = self._gradient(way, w, b, update)
            gradients.append({"w": g[0], "b": g[1]})
            change = moved(way.rule, gradients)[-1]
            if way.one_by_one:
                first, second = (
                    ("w", "b") if way.one_by_one == "w" else ("b", "w")
                )
                part = {"w": w, "b": b}
                part[first] = part[first] + change[first]
                g = self._gradient(way, part["w"], part["b"], update)
                gradients[-1][second] = g[("w", "b").index(second)]
                change = moved(way.rule, gradients)[-1]
            if way.until and update >= way.until:
                change = {k: 0 * v for k, v in change.items()}
            w = w + (0 if way.still == "w" else change["w"])
            b = b + (0 if way.still == "b" else change["b"])
            path.append([w, b])
        return path

    def _gradient(
        self, way: Way, w: np.ndarray, b: np.ndarray, update: int
    ) -> tuple[np.ndarray, np.ndarray]:
        x, y = self._rows(way, update)
        error = x @ w + b - y
        if way.loss == "broadcast":
            error = x @ w + b - y.mean()
        if way.loss == "absolute":
            error = np.sign(error) / 2
        if way.loss == "root":
            error = error / (2 * np.sqrt((error**2).mean()))
        g_w, g_b = 2 * error @ x / len(y), np.atleast_1d(2 * error.mean())
        if "w" in way.penalised:
            g_w = g_w + way.penalty * w
        if "b" in way.penalised:
            g_b = g_b + way.penalty * b
        return g_w, g_b

    def _rows(self, way: Way, update: int) -> tuple[np.ndarray, np.ndarray]:
        size = way.batch or len(self.y)
        count = (
            len(self.y) // size if not way.tail else -(-len(self.y) // size)
        )
        first = update % max(count, 1) * size
        x, y = (
            (self.x[::-1], self.y[::-1]) if way.backwards else (self.x, self.y)
        )
        return x[first : first + size], y[first : first + size]

    def gap(self, way: Way) -> float | None:
        """Return the largest difference to what was seen, if rounding."""
        first = min((u for u in self.updates if u), default=0)
        if first < self.updates[-1] and self._gap(way, first) is None:
            return None
        return self._gap(way, self.updates[-1])

    def _gap(self, way: Way, updates: int) -> float | None:
        largest = 0.0
        with np.errstate(all="ignore"):
            path = self.train(way, updates)
        for update, seen in zip(self.updates, self.seen, strict=True):
            if update > updates:
                break
            for place, value in enumerate(seen):
                made = path[update][place]
                so_far = [p[place] for p in path[: update + 1]]
                moved_by = np.abs(np.array(so_far) - path[0][place]).max()
                size = float(np.abs(value).max(initial=0))
                apart = float(np.abs(made - value).max())
                if not apart <= ROUGH * rounding(moved_by, size):
                    return None
                largest = max(largest, apart)
        return largest

    def penalised(self, way: Way) -> Iterator[Way]:
        """Yield ways with a penalty that the first update may show."""
        if self.updates[:2] != [0, 1]:
            return
        g = self._gradient(way, self.start[0], self.start[1], 0)
        moves = [s - t for s, t in zip(self.seen[1], self.start, strict=True)]
        for names in ("w", "wb"):
            design = [
                np.concatenate([-g[0], -g[1]]),
                np.concatenate(
                    [-self.start[0], -self.start[1] * ("b" in names)]
                ),
            ]
            (rate, share), *_ = np.linalg.lstsq(
                np.stack(design, axis=1), np.concatenate(moves), rcond=None
            )
            if rate and share:
                yield replace(
                    way,
                    rule=replace(way.rule, rates=(float(rate),)),
                    penalty=float(share / rate),
                    penalised=names,
                )

    def solved(self, way: Way) -> Way | None:
        """Give a way the rate that its first update shows."""
        if len(self.updates) < 2 or self.updates[:2] != [0, 1]:
            return way
        unit = replace(way, rule=replace(way.rule, rates=(1.0,)))
        with np.errstate(all="ignore"):
            path = self.train(unit, 1)
        a = np.concatenate(
            [s - t for s, t in zip(self.seen[1], self.start, strict=True)]
        )
        d = np.concatenate(
            [s - t for s, t in zip(path[1], self.start, strict=True)]
        )
        if not np.isfinite(d).all() or not (d @ d):
            return None
        rate = float(a @ d / (d @ d))
        if way.one_by_one or way.penalised:
            rate = float(way.rule.rates[0])
        for times in (1.0, 0.5, 2.0, len(self.y), len(self.y) / 2):
            if abs(rate / self.rate / times - 1) < NEAR:
                rate = self.rate * times
        return replace(way, rule=replace(way.rule, rates=(rate,)))

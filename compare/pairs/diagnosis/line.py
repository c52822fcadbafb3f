"""A line, trained again in numpy with one thing done otherwise."""

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

ROUGH = 1e3
"""How many times the rounding of a verdict a recomputed line may be off: it
adds in another order, and the rate is solved from one update."""


@dataclass(frozen=True)
class Way:
    """A way to train a line.

    Attributes:
        rule: the optimizer, its rate included.
        loss: "square", "absolute", "broadcast" or "root".
        first: which parameter is moved first; "" for both at once.
        still: a parameter that never moves, or "".
    """

    rule: Rule
    loss: str = "square"
    first: str = ""
    still: str = ""


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
        self.start = [
            np.ravel(run.parameters[n][0]).astype(float) for n in names
        ]
        self.seen = {
            update: [np.ravel(run.parameters[n][row]) for n in names]
            for row in range(run.rows)
            if (update := run.update_of(row)) <= MOST
        }
        self.last = max(self.seen)

    def train(self, way: Way, updates: int) -> list[list[np.ndarray]]:
        """Return kernel and bias after each update."""
        now = dict(zip("wb", self.start, strict=True))
        path = [list(now.values())]
        gradients: list[dict[str, np.ndarray]] = []
        for update in range(updates):
            given = self._gradient(way, now, update)
            change = moved(way.rule, [*gradients, given])[-1]
            if way.first:
                part = {**now, way.first: now[way.first] + change[way.first]}
                later = self._gradient(way, part, update)
                given = {**later, way.first: given[way.first]}
                change = moved(way.rule, [*gradients, given])[-1]
            gradients.append(given)
            now = {
                k: v + (0 if way.still == k else change[k])
                for k, v in now.items()
            }
            path.append(list(now.values()))
        return path

    def _gradient(
        self, way: Way, now: dict[str, np.ndarray], update: int
    ) -> dict[str, np.ndarray]:
        first = update % -(-len(self.y) // self.batch) * self.batch
        x, y = (v[first : first + self.batch] for v in (self.x, self.y))
        error = x @ now["w"] + now["b"]
        error = error - (y.mean() if way.loss == "broadcast" else y)
        if way.loss == "absolute":
            error = np.sign(error) / 2
        if way.loss == "root":
            error = error / (2 * np.sqrt((error**2).mean()))
        slope = 2 * error @ x / len(y)
        return {"w": slope, "b": np.atleast_1d(2 * error.mean())}

    def gap(self, way: Way) -> float:
        """Return the largest difference to what was seen; else infinity."""
        largest = 0.0
        with np.errstate(all="ignore"):
            path = self.train(way, self.last)
        for update, seen in self.seen.items():
            for place, value in enumerate(seen):
                so_far = np.array([p[place] for p in path[: update + 1]])
                moved_by = np.abs(so_far - so_far[0]).max()
                size = float(np.abs(value).max(initial=0))
                apart = float(np.abs(so_far[-1] - value).max())
                if not apart <= ROUGH * rounding(moved_by, size):
                    return np.inf
                largest = max(largest, apart)
        return largest

    def reproduced(self) -> tuple[Way, float] | None:
        """Return the simplest way that gives a side, and how exactly."""
        for way in self.ways():
            if (gap := self.gap(way)) < np.inf:
                return way, gap
        return None

    def ways(self) -> Iterator[Way]:
        """Yield the ways to try: with none and one thing done otherwise."""
        plain = Way(Rule("SGD", rates=(self.rate,)))
        yield plain
        rate = self._solved(plain)
        if rate:
            yield Way(replace(plain.rule, rates=(rate,)))
        for loss in ("absolute", "broadcast", "root"):
            yield replace(plain, loss=loss)
        for rule in _rules():
            yield Way(replace(rule, rates=(self.rate,)))
        for name in "wb":
            yield replace(plain, first=name)
            yield replace(plain, still=name)

    def _solved(self, plain: Way) -> float | None:
        """Return the rate that the first update shows."""
        if not {0, 1} <= set(self.seen):
            return None
        path = self.train(plain, 1)
        a, d = (
            np.concatenate(end) - np.concatenate(path[0])
            for end in (self.seen[1], path[1])
        )
        times = float(a @ d / (d @ d)) if d.any() else 0.0
        for whole in (1.0, 0.5, 2.0, len(self.y), len(self.y) / 2):
            if abs(times / whole - 1) < NEAR:
                times = whole
        return self.rate * times


def _rules() -> Iterator[Rule]:
    for mu in (0.9, 0.99, 0.5):
        yield Rule("SGD", {"momentum": mu})
        yield Rule("SGD", {"momentum": mu, "nesterov": True})
    for form in ("", "no bias correction"):
        for epsilon in (1e-7, 1e-8):
            own = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": epsilon}
            yield Rule("Adam", {**own, "form": form})
    yield Rule("RMSprop", {"rho": 0.9, "epsilon": 1e-7})

"""A side that shows no tape: recompute its line from the data alone.

A loop in numpy lets nothing be seen but the parameters it returns. Where they
are a kernel and a bias, gradient descent on a line is run again in numpy, in
ways that differ in what people get wrong; a way is named only if it gives all
parameters that were recorded. Pure numpy.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from compare.judging.rounding import rounding
from compare.pairs.diagnosis.optimizers import Rule, moved
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note, note
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


def ways(line: Line) -> Iterator[Way]:
    """Yield the ways to try: none, one and two things done otherwise."""
    rule = Rule("SGD", rates=(line.rate,))
    base = replace(PLAIN, rule=rule, batch=line.batch % len(line.y))
    changes = list(_changes(base, len(line.y)))
    yield base
    for change in changes:
        yield replace(base, **change)
    yield from line.penalised(base)
    for one, other in itertools.combinations(changes, 2):
        if not set(one) & set(other):
            yield replace(base, **one, **other)


def _changes(base: Way, rows: int) -> Iterator[dict[str, Any]]:
    rates = base.rule.rates
    for loss in ("absolute", "broadcast", "root"):
        yield {"loss": loss}
    for mu in (0.9, 0.99, 0.5):
        for settings in (
            {"momentum": mu},
            {"momentum": mu, "nesterov": True},
            {"momentum": mu, "form": "dampened"},
        ):
            yield {"rule": Rule("SGD", settings, rates=rates)}
    for form in (
        "",
        "epsilon beside the corrected root",
        "no bias correction",
    ):
        for epsilon in (1e-7, 1e-8):
            own = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": epsilon}
            yield {"rule": Rule("Adam", {**own, "form": form}, rates=rates)}
    yield {"rule": Rule("RMSprop", {"rho": 0.9, "epsilon": 1e-7}, rates=rates)}
    for size in {0, 1, 32 % rows} - {base.batch}:
        yield {"batch": size}
    if base.batch and rows % base.batch:
        yield {"tail": False}
    yield {"backwards": True}
    for name in ("w", "b"):
        yield {"one_by_one": name}
        yield {"still": name}
    yield {"until": 1}
    if base.batch:
        yield {"until": -(-rows // base.batch)}


def reproduced(line: Line) -> tuple[Way, float] | None:
    """Return the simplest way that gives a side, and how exactly."""
    for way in ways(line):
        for own in (way, line.solved(way)):
            if own is None:
                continue
            gap = line.gap(own)
            if gap is not None:
                return own, gap
    return None


def linear_causes(
    problem: Problem, left: Trajectory, right: Trajectory
) -> tuple[list[Cause], list[Note]]:
    """Return what two sides do otherwise on a line, and facts.

    Args:
        problem: with the first parameters of both sides.
        left: in float64.
        right: likewise.
    """
    for names in permutations(left.parameters):
        if len(names) != 2 or not _is_linear(problem, left, names):
            continue
        lines = [Line(problem, run, names) for run in (left, right)]
        found = [reproduced(line) for line in lines]
        if found[0] and found[1]:
            return list(_named(lines, (left, right), found)), []
        for run, way in zip((left, right), found, strict=True):
            if way and way[0] == next(ways(lines[0])):
                return [], [
                    note(
                        "{side} is plain gradient descent on the mean squared "
                        "error (recomputed), so the other side is the one "
                        "that deviates.",
                        side=run.side,
                    )
                ]
    return [], []


def _is_linear(
    problem: Problem, run: Trajectory, names: tuple[str, ...]
) -> bool:
    if run.update_of(0) != 0 or problem.y.size != len(problem.x):
        return False
    width = problem.x.size // len(problem.x)
    sizes = [run.parameters[name][0].size for name in names]
    return sizes == [width, 1]


def _named(
    lines: list[Line],
    runs: tuple[Trajectory, Trajectory],
    found: list[tuple[Way, float] | None],
) -> Iterator[Cause]:
    """Yield a cause for every thing in which two ways differ."""
    assert found[0] is not None
    assert found[1] is not None
    plain = next(ways(lines[0]))
    for name in Way.__dataclass_fields__:
        own = [getattr(f[0], name) for f in found if f is not None]
        if own[0] == own[1]:
            continue
        number = 0 if own[1] == getattr(plain, name) else 1
        mine, its = own[number], own[1 - number]
        line, way = lines[number], found[number]
        assert way is not None
        parts = (
            _rules(mine, its, line)
            if name == "rule"
            else [_SAID[name](mine, line)]
        )
        for stage, key, title, cure in parts:
            values = {
                "side": runs[number].side,
                "other": runs[1 - number].side,
                "w": line.names[0],
                "b": line.names[1],
            }
            other = line.gap(replace(way[0], **{name: its}))
            yield Cause(
                stage,
                runs[number].side,
                key,
                Note(title.text, {**values, **title.values}),
                cure,
                "",
                way[1],
                1.0 if other is None else other,
                line.updates[-1],
            )


Part = tuple[StageName, str, Note, Note]


def _rules(mine: Rule, its: Rule, line: Line) -> list[Part]:
    from compare.pairs.diagnosis.causes.naming import figure

    found: list[Part] = []
    same = Note("use the same optimizer on both sides.")
    if (mine.kind, mine.settings) != (its.kind, its.settings):
        key = "optimizer"
        if mine.kind == its.kind == "SGD":
            key = "nesterov" if mine.settings.get("nesterov") else "momentum"
        if "no bias correction" in (
            mine.settings.get("form"),
            its.settings.get("form"),
        ):
            key = "no-bias-correction"
        title = note(
            "{side} trains with {mine}, {other} with {its}.",
            mine=_rule(mine),
            its=_rule(its),
        )
        found.append(("update", key, title, same))
    if mine.rates != its.rates:
        times = mine.rates[0] / its.rates[0]
        key = {0.5: "half-error", 2.0: "missing-factor-2"}.get(
            round(times, 9), "step-length"
        )
        if abs(times / len(line.y) - 1) < NEAR:
            key = "sum-for-mean"
        if times < 0:
            key = "wrong-sign"
        title = note(
            "{side}'s updates are {times} times as long as {other}'s: another "
            "learning rate, or a factor in the loss{rows}.",
            times=figure(times),
            rows=f" ({len(line.y)} is the number of rows)"
            if key == "sum-for-mean"
            else "",
        )
        cure = Note("compare the learning rates, then the losses.")
        found.append(("update", key, title, cure))
    return found


def _rule(rule: Rule) -> str:
    own = rule.settings
    if rule.kind == "SGD":
        text = f"SGD, momentum {own['momentum']:g}" if own else "plain SGD"
        return text + (", Nesterov" if own.get("nesterov") else "")
    form = own.get("form")
    return f"{rule.kind} ({form})" if form else rule.kind


def _loss(mine: str, line: Line) -> Part:
    titles = {
        "absolute": Note("{side} trains on the absolute error."),
        "root": Note("{side} trains on the root of the mean squared error."),
        "square": Note("{side} trains on the mean squared error."),
        "broadcast": Note(
            "{side} compares every prediction with every y, as y of shape "
            "(N,) minus a prediction of shape (N, 1) does."
        ),
    }
    key = {"broadcast": "broadcast", "absolute": "absolute-error"}.get(
        mine, "loss-function"
    )
    cure = Note("use the same loss, and one shape for y and prediction.")
    return "loss", key, titles[mine], cure


_SAID: dict[str, Callable[[Any, Line], Part]] = {
    "loss": _loss,
    "batch": lambda mine, line: (
        "data",
        "batch-size",
        note(
            "{side} takes {size} rows per update, {other} another number.",
            size=mine or len(line.y),
        ),
        Note("take the same rows per update on both sides."),
    ),
    "tail": lambda mine, line: (
        "data",
        "tail-dropped",
        Note("{side} leaves out the last, smaller batch of an epoch."),
        Note("train on the last batch too."),
    ),
    "backwards": lambda mine, line: (
        "data",
        "order",
        Note("{side} takes the rows from the last to the first."),
        Note("take the rows in one order on both sides."),
    ),
    "one_by_one": lambda mine, line: (
        "gradient",
        "second-gradient",
        Note(
            "{side} takes the second gradient at the parameter that the first "
            "has moved."
        ),
        Note("take all gradients first, then move the parameters."),
    ),
    "still": lambda mine, line: (
        "gradient",
        "forgotten-variable",
        note(
            "{side} never moves {name}.",
            name=line.names[("w", "b").index(mine)] if mine else "it",
        ),
        Note("move all parameters."),
    ),
    "until": lambda mine, line: (
        "count",
        "exhausted",
        note("{side} stands still after update {update}.", update=mine),
        Note("go through the data again in every epoch."),
    ),
    "penalty": lambda mine, line: (
        "loss",
        "penalty",
        note(
            "{side} has a penalty: its gradient gets {size} times the weights "
            "added, {other}'s otherwise.",
            size=f"{mine:g}",
        ),
        Note("use the same penalty on both sides."),
    ),
    "penalised": lambda mine, line: (
        "loss",
        "penalty",
        note(
            "{side} has the penalty on {names}, {other} otherwise.",
            names={"w": line.names[0], "wb": " and ".join(line.names)}.get(
                mine, "nothing"
            ),
        ),
        Note("use the same penalty on both sides."),
    ),
}

"""A side that shows no tape: recompute its line from the data alone.

A loop in numpy lets nothing be seen but the parameters it returns. Where they
are a kernel and a bias, gradient descent on a line is run again in numpy, with
one thing done otherwise that people get wrong; a way is named only if it gives
all parameters that were recorded. Pure numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from compare.pairs.diagnosis.causes.naming import figure
from compare.pairs.diagnosis.line import NEAR, Line, Way
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Trajectory

Part = tuple[StageName, str, Note, Note]
"""Stage, key, title and cure of a cause."""


def linear_causes(
    problem: Problem, left: Trajectory, right: Trajectory
) -> tuple[list[Cause], list[Note]]:
    """Return what two sides do otherwise on a line, and facts.

    Args:
        problem: with the first parameters of both sides.
        left: in float64.
        right: likewise.
    """
    if len(left.parameters) != 2:
        return [], []
    one, other = left.parameters
    for names in ((one, other), (other, one)):
        if not _is_linear(problem, left, names):
            continue
        runs = left, right
        lines = [Line(problem, run, names) for run in runs]
        found = [line.reproduced() for line in lines]
        if found[0] and found[1]:
            return list(_named(lines, runs, (found[0], found[1]))), []
        for run, way in zip(runs, found, strict=True):
            if way and way[0] == next(lines[0].ways()):
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
    found: tuple[tuple[Way, float], tuple[Way, float]],
) -> Iterator[Cause]:
    """Yield a cause for every thing in which two ways differ."""
    plain = next(lines[0].ways())
    for name in (field.name for field in fields(Way)):
        own = [getattr(way, name) for way, _ in found]
        if own[0] == own[1]:
            continue
        number = 0 if own[1] == getattr(plain, name) else 1
        line, (way, gap) = lines[number], found[number]
        without = line.gap(replace(way, **{name: own[1 - number]}))
        stage, key, title, cure = (
            _rule_part(own[number], own[1 - number], line)
            if name == "rule"
            else _PARTS[own[number] if name == "loss" else name]
        )
        values = {"side": runs[number].side, "other": runs[1 - number].side}
        if way.still:
            values["name"] = line.names["wb".index(way.still)]
        yield Cause(
            stage,
            runs[number].side,
            key,
            Note(title.text, {**values, **title.values}),
            cure,
            "",
            gap,
            min(without, 1.0),
            line.last,
        )


def _rule_part(mine: Rule, its: Rule, line: Line) -> Part:
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
            mine=_said(mine),
            its=_said(its),
        )
        return (
            "update",
            key,
            title,
            Note("use the same optimizer on both sides."),
        )
    times = mine.rates[0] / its.rates[0]
    key = {0.5: "half-error", 2.0: "missing-factor-2"}.get(
        round(times, 9), "step-length"
    )
    if abs(times / len(line.y) - 1) < NEAR:
        key = "sum-for-mean"
    title = note(
        "{side}'s updates are {times} times as long as {other}'s: another "
        "learning rate, or a factor in the loss{rows}.",
        times=figure(times),
        rows=f" ({len(line.y)} is the number of rows)"
        if key == "sum-for-mean"
        else "",
    )
    cure = Note("compare the learning rates, then the losses.")
    return "update", "wrong-sign" if times < 0 else key, title, cure


def _said(rule: Rule) -> str:
    own = rule.settings
    if rule.kind == "SGD":
        text = f"SGD, momentum {own['momentum']:g}" if own else "plain SGD"
        return text + (", Nesterov" if own.get("nesterov") else "")
    form = own.get("form")
    return f"{rule.kind} ({form})" if form else rule.kind


_SAME_LOSS = Note("use the same loss, and one shape for y and prediction.")

_PARTS: dict[str, Part] = {
    "absolute": (
        "loss",
        "absolute-error",
        Note("{side} trains on the absolute error."),
        _SAME_LOSS,
    ),
    "root": (
        "loss",
        "loss-function",
        Note("{side} trains on the root of the mean squared error."),
        _SAME_LOSS,
    ),
    "broadcast": (
        "loss",
        "broadcast",
        Note(
            "{side} compares every prediction with every y, as y of shape "
            "(N,) minus a prediction of shape (N, 1) does."
        ),
        _SAME_LOSS,
    ),
    "first": (
        "gradient",
        "second-gradient",
        Note(
            "{side} takes the second gradient at the parameter that the first "
            "has moved."
        ),
        Note("take all gradients first, then move the parameters."),
    ),
    "still": (
        "gradient",
        "forgotten-variable",
        Note("{side} never moves {name}."),
        Note("move all parameters."),
    ),
}
"""Stage, key, title and cure by the loss, or by the field of a `Way`."""

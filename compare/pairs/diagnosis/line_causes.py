"""What two ways to train a line do otherwise, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from compare.pairs.diagnosis.line import NEAR, Line, Way
from compare.pairs.diagnosis.line_ways import ways
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note, note
from compare.records.runs import Trajectory


def named_causes(
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

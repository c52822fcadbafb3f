"""The ways to train a line that are tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from compare.pairs.diagnosis.line import PLAIN, Line, Way
from compare.pairs.diagnosis.optimizer_rules import Rule


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

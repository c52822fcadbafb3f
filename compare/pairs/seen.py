"""Whether the agreement of two sides says anything: what was seen of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.judging.parity import nothing_compared
from compare.pairs.sides import SideRun
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Failure, Trajectory

LITTLE = 10
"""A tenth of the updates that were asked for, or less, is little."""

SETTLED = 1e-2
"""Share of its way that a number may have left at the run before it stands
still. Runs grow threefold: what has come within 2^-24 after 3 n updates, at a
constant ratio, has 2^-8 left after n."""

COARSE = 64
"""A value that is whole, or has so many decimals, by chance is one in so many:
so far apart such numbers lie, in units in the last place of float32."""

MOST_DECIMALS = 6

SHRINKS = 2.0**-10
"""In float64 rounding shrinks to 2^-29; what shrinks by this is rounding."""


def too_little(
    left: Trajectory, right: Trajectory, observed: bool, problem: Problem
) -> Note | None:
    """Say why two sides that agree were hardly compared, if they were not.

    Args:
        left: one run.
        right: the other.
        observed: whether the sides showed every update; else each row is a
            run of its own.
        problem: what they were asked for.
    """
    names = [name for name in left.parameters if name in problem.initial]
    if nothing := nothing_compared(left, names):
        return nothing
    if observed:
        made = left.updates
    elif (made_by := [_stops(run, names) for run in (left, right)]) != [
        None,
        None,
    ]:
        made = min(update for update in made_by if update is not None)
    else:
        return None
    # A patience says that training may well end early.
    if made * LITTLE > problem.steps or "patience" in problem.hyper:
        return None
    if observed:
        return note(
            "the sides made {made} of the {asked} updates that were asked "
            "for, and only these could be compared",
            made=f"{made:,}",
            asked=f"{problem.steps:,}",
        )
    return note(
        "the sides give the same numbers whether {made} or {asked} updates "
        "are asked for, so that hardly anything was compared: make "
        "problem.steps updates (problem.epochs passes)",
        made=f"{made:,}",
        asked=f"{problem.steps:,}",
    )


def _stops(run: Trajectory, names: Sequence[str]) -> int | None:
    """Return after which update a side stands still, if not by settling."""
    last = 0
    moving = False
    for name, values in run.parameters.items():
        if names and name not in names:
            continue
        rows = values.reshape(len(values), -1).astype(float)
        apart = np.flatnonzero((rows != rows[-1]).any(axis=1))
        before = int(apart[-1]) if len(apart) else -1
        last = max(last, before + 1)
        way = np.abs(rows[-1] - rows[0]).max(initial=0.0)
        left = np.abs(rows[-1] - rows[before]).max(initial=0.0)
        moving |= before == -1 or bool(left > SETTLED * way)
    if last == run.rows - 1 or not moving:
        return None
    return run.update_of(last)


def coarse(run: Trajectory, problem: Problem) -> dict[str, tuple[str, float]]:
    """Find parameters that were rounded before they were returned.

    Args:
        run: in float32.
        problem: names the parameters that count. What is beside them may be
            whole, as a count of rows is.

    Returns:
        name -> in which numbers it was seen, and how far apart these are.
    """
    start = 1 if run.update_of(0) == 0 else 0
    found = {}
    moving = []
    for name, values in run.parameters.items():
        seen = values[start:].astype(float)
        if not (values != values[:1]).any() and len(values) > 1:
            continue
        moving.append(name)
        if step := _step(seen[np.isfinite(seen) & (seen != 0)]):
            found[name] = step
    named = [name for name in moving if name in problem.initial]
    if named:
        return {k: v for k, v in found.items() if k in named}
    if len(found) == len(moving):
        return found
    return {k: v for k, v in found.items() if v[0] != "whole numbers"}


def _step(values: np.ndarray) -> tuple[str, float] | None:
    if not values.size:
        return None
    largest = float(np.abs(values).max())
    unit = float(np.spacing(np.float32(largest)))
    single = values.astype(np.float32)
    for decimals in range(MOST_DECIMALS + 1):
        apart = 10.0**-decimals
        cut = np.round(values, decimals).astype(np.float32)
        if apart >= COARSE * unit and (cut == single).all():
            kind = f"{decimals} decimals" if decimals else "whole numbers"
            return kind, apart
    for kind, bits in (("bfloat16", 8), ("float16", 11)):
        rest = np.uint32(2 ** (24 - bits) - 1)
        if not (single.view(np.uint32) & rest).any():
            return kind, 2.0 ** (1 - bits) * largest
    return None


def rounded_before(
    runs: tuple[Trajectory, Trajectory],
    again: tuple[Trajectory | Failure, Trajectory | Failure],
    held: tuple[set[str], set[str]],
    problem: Problem,
) -> Note | None:
    """Say that sides agree only as far as the rounded numbers they give.

    Numbers that are plain by the luck of the data are not so from other
    starts. Updates by signs, from zeros, are so from any: what is held by
    the variables that are trained was not rounded behind them.

    Args:
        runs: both sides.
        again: the same from perturbed starts.
        held: parameters of each that are such variables.
        problem: see `coarse`.
    """
    left, right = runs
    for run, other, own in zip(runs, again, held, strict=True):
        if isinstance(other, Failure):
            continue
        still = coarse(other, problem)
        for name, (kind, apart) in coarse(run, problem).items():
            if name in own:
                continue
            a, b = left.parameters[name], right.parameters[name]
            gap = np.abs(a.astype(float) - b.reshape(a.shape)).max()
            if name in still and gap <= apart * (1 + 1e-6):  # 0.3 - 0.2 > 0.1
                return note(
                    "{name} is seen in {kind} only in {side}, and so far the "
                    "sides agree: a difference below {apart} cannot be seen; "
                    "return the numbers as they were computed",
                    name=name,
                    kind=kind,
                    side=run.side,
                    apart=f"{apart:.1e}",
                )
    return None


def unsteady(
    side: str, twice: Sequence[SideRun], exact: Sequence[SideRun] = ()
) -> Note | None:
    """Say by how much a side differs from itself, if it does.

    Args:
        side: its name.
        twice: the same run and once more; fewer where one failed.
        exact: two such runs in float64.
    """
    if len(twice) < 2:
        return None
    name, gap = _apart(*twice)
    if gap == 0:
        return None
    if len(exact) == 2 and _apart(*exact)[1] <= SHRINKS * gap:
        return None  # threads that add up in another order each time
    return note(
        "{side} gives other numbers each time it runs (here {name}, by up to "
        "{gap}): seed whatever it draws at random",
        side=side,
        name=name,
        gap=f"{gap:.1e}",
    )


def _apart(one: SideRun, other: SideRun) -> tuple[str, float]:
    """Return the parameter that differs most, and by how much."""
    states = [(*run.path, run.final) for run in (one, other)]
    if len(states[0]) != len(states[1]):
        return "the number of updates", np.inf
    found = [
        (_largest(a.values[name], b.values.get(name)), name)
        for a, b in zip(*states, strict=True)
        for name in a.values
    ]
    gap, name = max(found, default=(0.0, ""))
    return name, gap


def _largest(a: np.ndarray, b: np.ndarray | None) -> float:
    if b is None or a.shape != b.shape:
        return np.inf
    with np.errstate(invalid="ignore"):  # infinity less infinity
        gap = np.abs(a.astype(float) - b)
    return float(np.nan_to_num(gap, nan=0.0).max(initial=0.0))

"""Whether two trajectories that differ do so but for rounding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compare.judging.clauses import (
    counts_of,
    in_figures,
    mismatch,
    parting_of,
)
from compare.judging.differences import (
    columns,
    largest_difference,
    largest_ulps,
)
from compare.judging.rounding import (
    SHRINKS,
    Place,
    Table,
    deciding_place,
    own_bounds,
    spread,
    widened,
    wider,
)
from compare.records import Outcome
from compare.records.note import Note, note
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Divergence, Verdict

Run = Trajectory | Failure

Pairs = Sequence[tuple[Run, Run]]
"""The left and the right run of each repetition."""

AMPLIFIED = 2.0**-10
"""Share of its way up to which what float32 does to a number is still small:
then 2^-29 of it is what float64 does. Beyond, rounding may have grown until
it could grow no more, and has to be measured in float64 itself."""


def prove(
    left: Trajectory,
    right: Trajectory,
    found: Divergence,
    rerun: Callable[[], tuple[Run, Run]],
    condition: Callable[[], Pairs] | None,
) -> Verdict:
    """Tell rounding from a real difference by the runs in float64."""
    parting = parting_of(found, left, right)

    def verdict(outcome: Outcome, *why: Note) -> Verdict:
        return verdict_on(left, right, outcome, (parting, *why), found)

    left64, right64 = rerun()
    for run in (left64, right64):
        if isinstance(run, Failure):
            why = note(
                "the float64 run that would tell why failed: {side}: {reason}",
                side=run.side,
                reason=run.reason,
            )
            return verdict("could not run", why)
    assert isinstance(left64, Trajectory)
    assert isinstance(right64, Trajectory)
    unequal = mismatch(left64, right64)
    if left64.updates != right64.updates:
        unequal = counts_of(left64, right64)
    if unequal:
        inexact = note("the runs in float64, which would tell why, differ")
        return verdict("different", inexact, unequal)
    for run in (left64, right64):
        if run.first_non_finite is not None:
            why = note(
                "in float64 {side} left the finite numbers at update {update}",
                side=run.side,
                update=f"{run.first_non_finite:,}",
            )
            return verdict("could not run", why)
    noise = _seen(left64, right64, [(left, right)])
    bounds = widened(
        own_bounds(left64, right64),
        {key: SHRINKS * values for key, values in noise.items()},
    )
    place = deciding_place(left64, right64, bounds)
    if place and place.real and condition and _amplified(left64, noise, place):
        measured = _seen(left64, right64, condition())
        swamped = _swamped(left64, right64, bounds, noise, measured)
        place = deciding_place(left64, right64, widened(bounds, measured))
        if swamped and not (place and place.real):
            return verdict("could not run", swamped)
    return _decide(left, right, found, (left64, right64), place, parting)


def _amplified(run: Trajectory, noise: Table, place: Place) -> bool:
    """Whether float32 moves a number by much of the way that it goes."""
    if place.key not in noise:
        return True
    for key, values, _ in columns(run, run):
        if key == place.key:
            way = np.abs(values - values[0])[: place.row + 1, place.column]
            seen = noise[key][place.row, place.column]
            return bool(seen > AMPLIFIED * way.max())
    return True


def _seen(left64: Trajectory, right64: Trajectory, repeated: Pairs) -> Table:
    """Return how far rounding moves either side, as repetitions show."""
    return wider(
        spread(left64, [pair[0] for pair in repeated]),
        spread(right64, [pair[1] for pair in repeated]),
    )


def _swamped(
    left64: Trajectory,
    right64: Trajectory,
    bounds: Table,
    noise: Table,
    measured: Table,
) -> Note | None:
    """Say where rounding has grown so large that float64 proves nothing.

    There the numbers differ, and rounding moves them in float64 hardly less
    than in float32.
    """
    found = []
    for key, a, b in columns(left64, right64):
        if key not in measured or key not in noise:
            continue
        large = measured[key] > AMPLIFIED * noise[key]
        hidden = large & (np.abs(a - b) > bounds[key])
        for row, column in np.argwhere(hidden)[:1]:
            size = measured[key][row, column]
            end = key[0] == "results"  # one row, of the last update
            update = left64.updates if end else left64.update_of(int(row))
            found.append((update, key[1], size))
    if not found:
        return None
    update, name, size = min(found)
    return note(
        "in float64 too rounding moves {name} by {size} by update {update}, "
        "so nothing can be told from there on: compare fewer updates",
        name=name,
        size=f"{size:.1e}",
        update=f"{update:,}",
    )


def _decide(
    left: Trajectory,
    right: Trajectory,
    found: Divergence,
    exact: tuple[Trajectory, Trajectory],
    place: Place | None,
    parting: Note,
) -> Verdict:
    """Say what the place shows at which the float64 runs differ most."""
    if place is None:
        why = note("in float64 nothing differs, so it is rounding")
        return verdict_on(
            left, right, "same mathematics", (parting, why), found, 0.0, 0.0
        )
    difference, bound = in_figures(place)
    if not place.real:
        why = note(
            "in float64 the difference shrinks to {difference}, where "
            "rounding makes up to {bound}, so it is rounding",
            difference=difference,
            bound=bound,
        )
        return verdict_on(
            left,
            right,
            "same mathematics",
            (parting, why),
            found,
            place.difference,
            place.bound,
        )
    real = place.divergence
    clauses = [parting_of(real, *exact)]
    if real.step > found.step:
        clauses.append(
            note(
                "before, from update {update} on, by rounding",
                update=f"{found.step:,}",
            )
        )
    clauses.append(
        note(
            "in float64 the difference is still {difference}, where rounding "
            "makes up to {bound}, so it is not rounding",
            difference=difference,
            bound=bound,
        )
    )
    return verdict_on(
        left,
        right,
        "different",
        tuple(clauses),
        real,
        place.difference,
        place.bound,
    )


def verdict_on(
    left: Trajectory,
    right: Trajectory,
    outcome: Outcome,
    why: tuple[Note, ...],
    divergence: Divergence | None = None,
    float64_difference: float | None = None,
    float64_bound: float | None = None,
) -> Verdict:
    """Return the verdict, with the numbers that every verdict has."""
    finite = left.first_non_finite is None and right.first_non_finite is None
    return Verdict(
        mode=left.mode,
        outcome=outcome,
        why=why,
        updates=(left.updates, right.updates),
        divergence=divergence,
        largest_difference=largest_difference(left, right) if finite else None,
        largest_ulps=largest_ulps(left, right) if finite else None,
        float64_difference=float64_difference,
        float64_bound=float64_bound,
    )

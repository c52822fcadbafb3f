"""What is said of two runs: the clauses of a verdict's reason."""

from __future__ import annotations

from compare.judging.differences import plain_shape
from compare.judging.rounding import Place
from compare.records.note import Note, note
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Divergence


def failed(run: Failure) -> Note:
    """Say which side gave no trajectory, and why."""
    return note("{side}: {reason}", side=run.side, reason=run.reason)


def counts_of(left: Trajectory, right: Trajectory) -> Note:
    """Say how many updates the sides made."""
    return note(
        "{left} made {updates} updates, {right} {others}",
        left=left.side,
        updates=f"{left.updates:,}",
        right=right.side,
        others=f"{right.updates:,}",
    )


def parting_of(found: Divergence, left: Trajectory, right: Trajectory) -> Note:
    """Say at which update two runs part, and what they give there."""
    first = left.seen_before(found.step) + 1
    values = {
        "first": f"{first:,}",
        "update": f"{found.step:,}",
        "name": found.parameter + "".join(f"[{i}]" for i in found.index),
        "left": left.side,
        "value": f"{found.left:.9g}",
        "right": right.side,
        "other": f"{found.right:.9g}",
    }
    if first < found.step:
        return Note(
            "they part between update {first} and {update} in {name}: {left} "
            "{value}, {right} {other}",
            values,
        )
    return Note(
        "they part at update {update} in {name}: {left} {value}, {right} "
        "{other}",
        values,
    )


def mismatch(left: Trajectory, right: Trajectory) -> Note | None:
    """Say why two runs cannot be compared value by value, if they cannot."""
    for kind in ("parameters", "results"):
        a, b = getattr(left, kind), getattr(right, kind)
        if set(a) != set(b):
            return note(
                "the sides give different {kind}: {left} {names}; {right} "
                "{others}",
                kind=kind,
                left=left.side,
                names=", ".join(sorted(a)),
                right=right.side,
                others=", ".join(sorted(b)),
            )
    for name, values in left.parameters.items():
        shapes = values.shape[1:], right.parameters[name].shape[1:]
        if plain_shape(shapes[0]) != plain_shape(shapes[1]):
            return note(
                "{name} has shape {shape} in {left} and {other} in {right}",
                name=name,
                shape=shapes[0],
                left=left.side,
                other=shapes[1],
                right=right.side,
            )
    for name, values in left.results.items():
        sizes = values.size, right.results[name].size
        if left.updates == right.updates and sizes[0] != sizes[1]:
            return note(
                "the result {name} has {size} values in {left} and {other} "
                "in {right}",
                name=name,
                size=sizes[0],
                left=left.side,
                other=sizes[1],
                right=right.side,
            )
    return None


def in_figures(place: Place) -> tuple[str, str]:
    """Write a difference and its bound so that one can see which is larger."""
    for digits in range(1, 17):
        said = f"{place.difference:.{digits}e}", f"{place.bound:.{digits}e}"
        if (float(said[0]) <= float(said[1])) != place.real:
            break
    return said

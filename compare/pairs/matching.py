"""Which parameter of one side is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from compare.judging.differences import plain_shape
from compare.pairs.sides import Returned
from compare.records import Dtype
from compare.records.problem import Problem
from compare.running.processes import RunError

HOW = "return a dict with the same names on both sides"


def match(
    left: Returned, right: Returned, initial: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Pair the parameters: by name, else by shape, else by order.

    Args:
        left: what one side returned.
        right: what the other returned.
        initial: names of the problem's first parameters, in their order;
            they name parameters that the sides give in order only.

    Returns:
        name -> (its key on the left, its key on the right); without the
        states of a model where only one side returns as many.

    Raises:
        RunError: it cannot be told; says how to name them.
    """
    if len(left.values) != len(right.values):
        left, right = _trained(left), _trained(right)
    a, b = left.values, right.values
    if len(a) != len(b):
        raise RunError(
            f"the left side gives {_listed(left)}, the right side "
            f"{_listed(right)}: {HOW}"
        )
    # A tuple's numbers are no names; those of a model's variables are.
    both = left.named == right.named
    shared = [k for k in a if k in b and (both or not k.isdecimal())]
    if len(shared) == len(a):
        pairs = [(key, key) for key in shared]
    elif not left.named and not right.named:
        pairs = _in_order(left, right)
    else:
        pairs = [(key, key) for key in shared]
        pairs += _by_size_or_name(
            Returned(left.named, _without(a, shared)),
            Returned(right.named, _without(b, shared)),
            initial,
        )
    for one, other in pairs:
        shapes = a[one].shape, b[other].shape
        if plain_shape(shapes[0]) != plain_shape(shapes[1]):
            raise RunError(
                f"{one} has shape {shapes[0]} on the left and {shapes[1]} as "
                f"{other} on the right: {HOW}, in the same shapes"
            )
    return dict(zip(_names(left, right, pairs, initial), pairs, strict=True))


def _trained(side: Returned) -> Returned:
    """Leave out the states of a model: the other side may keep them apart."""
    return replace(side, values=_without(side.values, side.states))


def _without(
    values: dict[str, np.ndarray], names: Collection[str]
) -> dict[str, np.ndarray]:
    return {k: v for k, v in values.items() if k not in names}


def _in_order(left: Returned, right: Returned) -> list[tuple[str, str]]:
    """Pair two sides that have no names, in order."""
    shapes = [
        [plain_shape(value.shape) for value in side.values.values()]
        for side in (left, right)
    ]
    if shapes[0] != shapes[1]:
        return _by_size_or_name(left, right, ())
    return list(zip(left.values, right.values, strict=True))


def _by_size_or_name(
    left: Returned, right: Returned, initial: Sequence[str]
) -> list[tuple[str, str]]:
    """Pair what names do not: by shapes that occur once, else in order.

    The order of a side without names is that of `initial`, as far as anybody
    can know; of parameters of one shape it counts only where a dict has
    these names in that order too.
    """
    named = left.values if left.named else right.values
    for shape_of in (np.shape, _plain):
        one, other = (
            _by_shape(side.values, shape_of) for side in (left, right)
        )
        if {k: len(v) for k, v in one.items()} != {
            k: len(v) for k, v in other.items()
        }:
            continue
        repeated = [
            [name for name in named if shape_of(named[name]) == shape]
            for shape, names in one.items()
            if len(names) > 1
        ]
        if not repeated or (
            left.named != right.named
            and all(
                names == [name for name in initial if name in names]
                for names in repeated
            )
        ):
            place = {
                key: its
                for shape, names in one.items()
                for key, its in zip(names, other[shape], strict=True)
            }
            return [(key, place[key]) for key in left.values]
    raise RunError(
        f"it cannot be told which of {_listed(left)} is which of "
        f"{_listed(right)}: {HOW}"
    )


def _by_shape(
    values: Mapping[str, np.ndarray], shape_of: Callable[..., tuple[int, ...]]
) -> dict[tuple[int, ...], list[str]]:
    found: dict[tuple[int, ...], list[str]] = {}
    for name, value in values.items():
        found.setdefault(shape_of(value), []).append(name)
    return found


def _plain(value: np.ndarray) -> tuple[int, ...]:
    return plain_shape(value.shape)


def _names(
    left: Returned,
    right: Returned,
    pairs: Sequence[tuple[str, str]],
    initial: Sequence[str],
) -> list[str]:
    """Name the pairs as a dict does, else as the problem does."""
    if left.named:
        return [one for one, _ in pairs]
    if right.named:
        return [other for _, other in pairs]
    if len(initial) == len(pairs):
        return list(initial)
    keys = [other for _, other in pairs]
    if all(key.isdecimal() for key in keys):
        return [f"parameter {int(key) + 1}" for key in keys]
    return keys


def _listed(side: Returned) -> str:
    if side.named:
        return ", ".join(side.values)
    shapes = ", ".join(str(v.shape) for v in side.values.values())
    return f"{len(side.values)} parameters in order, of shapes {shapes}"


def start_of(
    problem: Problem, keys: Mapping[str, str], dtype: Dtype, final: Returned
) -> Returned | None:
    """Return the first parameters if the problem has all of them.

    Args:
        problem: has them by name.
        keys: name -> the side's own key.
        dtype: of the run.
        final: what the side gave; a parameter of another size is another.
    """
    if set(keys) != set(problem.initial) or any(
        final.values[key].size != np.size(problem.initial[name])
        for name, key in keys.items()
    ):
        return None
    return Returned(
        True,
        {
            key: np.asarray(problem.initial[name], dtype)
            for name, key in keys.items()
        },
    )


def stack(
    states: Sequence[Returned], keys: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """Put the states of a side in rows.

    Args:
        states: one after the other; the last says the shapes.
        keys: name -> the side's own key.

    Returns:
        name -> array (states, *shape).

    Raises:
        RunError: the side does not give the same parameters every time.
    """
    for state in states:
        if set(state.values) - state.states != set(keys.values()) - (
            state.states
        ):
            raise RunError(
                f"it gave {', '.join(state.values)} and another time "
                f"{', '.join(keys.values())}: give all parameters every time"
            )
    shapes = states[-1].values
    return {
        name: np.stack(
            [state.values[key].reshape(shapes[key].shape) for state in states]
        )
        for name, key in keys.items()
    }

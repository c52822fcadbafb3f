"""A side of a pair that a user brings: how it is sent, called and read.

A side is any callable `f(problem)`, with or without the arguments `mode` and
`on_step`, that returns its parameters or yields them after every update. One
that does neither show nor yield its updates is watched from outside.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import compress
from types import GeneratorType
from typing import Any

import numpy as np

from compare.pairs import in_float64, keras_watch
from compare.pairs.scripts import Script
from compare.records import Dtype, Mode, UsageError
from compare.records.pairs import FitFacts, name_in
from compare.records.problem import Problem
from compare.running.processes import Advance, RunError
from compare.running.recording import numbers_in, shown
from compare.running.watch import Watch
from compare.running.worker import (
    call,
    load_exhibit,
    prepare,
    prepare_user_side,
)

Reference = str | bytes
"""How a side is sent to its process: "file.py:function", "file.py" or
pickled."""


@dataclass(frozen=True)
class Returned:
    """Parameters as a side gave them.

    Attributes:
        named: whether the names are the user's own, as the keys of a dict.
        values: name -> array; numbered names where there are none.
        states: of a model, what is not trained: moving averages, or what a
            layer was adapted to.
    """

    named: bool
    values: dict[str, np.ndarray]
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SideRun:
    """One run of a side in one fresh process.

    Attributes:
        path: the parameters after each update, where the side showed them.
        final: the parameters at the end.
        fits: what its calls of Keras's `fit` were like.
        held: the parameters whose path is that of the variable that was
            trained itself, in float32 or better, so that nothing was done to
            them afterwards.
    """

    path: tuple[Returned, ...]
    final: Returned
    fits: tuple[FitFacts, ...]
    held: frozenset[str] = frozenset()


def reference_of(side: str | Callable[..., Any]) -> Reference:
    """Turn a side into what can be sent to another process.

    Functions go by value, with what they refer to in the user's modules: so
    lambdas, closures and functions of notebooks and tests can be sent.

    Raises:
        UsageError: it refers to something that cannot be sent.
    """
    if isinstance(side, str):
        return side
    if not callable(side):
        raise UsageError(
            f"a side is a function of the problem, or its name as "
            f"'file.py:function', not {type(side).__name__}"
        )
    import cloudpickle

    own = {
        module.__name__: module
        for module in list(sys.modules.values())
        if in_float64.is_users(getattr(module, "__file__", None))
    }.values()
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        return bytes(cloudpickle.dumps(side))
    except (TypeError, pickle.PicklingError, NotImplementedError) as error:
        raise UsageError(
            f"{name_of(side)} cannot be sent to a process of its own "
            f"({error}): make its variables and models inside the function, "
            "or name it as 'file.py:function'"
        ) from error
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def is_script(side: object) -> bool:
    """Whether a side is a whole script, "file.py"."""
    return isinstance(side, str) and side.endswith(".py")


def name_of(side: str | Callable[..., Any]) -> str:
    """Return what a side is called, for people."""
    if isinstance(side, str):
        return name_in(side)
    return str(getattr(side, "__name__", type(side).__name__))


def run_side(
    reference: Reference,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    instead: Mapping[str, Any],
    advance: Advance,
) -> SideRun:
    """Run a side here; in float64 its float32 means float64.

    Args:
        reference: see `reference_of`.
        problem: what it trains; its arrays are float64.
        mode: given to a side that takes it.
        dtype: of this run.
        instead: other arguments for its calls of Keras's fit, see
            `keras_watch.watch_fit`.
        advance: told how far it is.

    Raises:
        RunError: it returned something else than parameters; says what.
        Exception: whatever the side raised.
    """
    prepare_user_side(problem)
    prepare(dtype)
    side = load(reference)
    if dtype == "float64":
        in_float64.train_in_float64(side)
    else:
        problem = problem.astype(dtype)
    path: list[Returned] = []
    held: frozenset[str] = frozenset()

    def on_step(update: int, parameters: Any) -> None:
        path.append(read(parameters))
        advance(update, problem.steps)

    watch = Watch()
    with watch.watching(), keras_watch.watch_fit(instead) as fits:
        returned = call(side, problem, mode, on_step)
        if isinstance(returned, GeneratorType):
            path = [read(parameters) for parameters in returned]
            if not path:
                raise RunError("it yielded no parameters")
            returned = path[-1]
    if isinstance(returned, Returned):
        final = returned
    else:
        final = read(returned)
        whole = isinstance(side, Script)  # it makes as many as it likes
        steps = watch.updates if whole else problem.steps
        if not path:
            path = _watched(watch, returned, final, steps)
            held = _held(watch, returned, final) if path else held
    return SideRun(tuple(path), final, tuple(fits), held)


def _watched(
    watch: Watch, returned: Any, final: Returned, steps: int
) -> list[Returned]:
    """Return the parameters after every update, as seen from outside.

    Nothing unless as many updates were seen as were asked for and the last
    of them left what was returned: else what was seen were not the updates.
    """
    if watch.updates != steps:
        return []
    paths = {}
    for key, value in zip(final.values, items_of(returned), strict=True):
        end = final.values[key]
        path = watch.path(value) or watch.path_to(end)
        if path is None or not np.array_equal(path[-1], end, equal_nan=True):
            return []
        paths[key] = path
    return [
        replace(final, values=dict(zip(paths, row, strict=True)))
        for row in zip(*paths.values(), strict=True)
    ]


def _held(watch: Watch, returned: Any, final: Returned) -> frozenset[str]:
    """Return which parameters are variables that were trained themselves."""
    return frozenset(
        key
        for key, value in zip(final.values, items_of(returned), strict=True)
        if watch.trained(value)
        and watch.path(value) is not None
        and final.values[key].dtype.itemsize >= np.float32().itemsize
    )


def items_of(returned: Any) -> list[Any]:
    """Return the parameters that `read` copies, in the same order."""
    if isinstance(returned, Mapping):
        return list(returned.values())
    if hasattr(returned, "get_weights") and hasattr(returned, "weights"):
        return list(returned.weights)
    return list(returned) if isinstance(returned, list | tuple) else [returned]


def call_plain(reference: Reference, advance: Advance) -> Any:
    """Call a function without arguments here, and return what it does."""
    return load(reference)()


def load(reference: Reference) -> Callable[..., Any]:
    """Return the function that was sent."""
    if isinstance(reference, str):
        whole = is_script(reference)
        return Script(reference) if whole else load_exhibit(reference)
    return pickle.loads(reference)  # type: ignore[no-any-return]


def read(value: Any) -> Returned:
    """Copy parameters out of whatever holds them.

    Args:
        value: a dict by name, a keras.Model, a list, tuple or array of
            numbers, tensors or variables; one alone is a list of one.

    Raises:
        RunError: there are no numbers in it.
    """
    if isinstance(value, Mapping):
        return Returned(
            True, {str(k): _numbers(v, str(k)) for k, v in value.items()}
        )
    if hasattr(value, "get_weights") and hasattr(value, "weights"):
        variables = value.weights
        values = dict(_model_weights(variables))
        states = [not v.trainable for v in variables]
        return Returned(False, values, frozenset(compress(values, states)))
    items = value if isinstance(value, list | tuple) else [value]
    return Returned(
        False, {str(i): _numbers(v, str(i)) for i, v in enumerate(items)}
    )


def _model_weights(variables: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Name weights by the last part of their path, or in full if need be."""
    short = [v.path.rpartition("/")[2] for v in variables]
    names = short if len(set(short)) == len(short) else None
    for i, variable in enumerate(variables):
        name = names[i] if names else variable.path
        yield name, np.array(variable.numpy())


def _numbers(value: Any, name: str) -> np.ndarray:
    if value is None:
        raise RunError("it returned None where parameters belong")
    array = numbers_in(value)
    if array is None:
        raise RunError(
            f"it returned {shown(value)} as parameter {name}, which is not "
            "numbers: return a dict, tuple or list of arrays, or a "
            "keras.Model"
        )
    return array

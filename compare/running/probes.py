"""What is measured inside a fresh process beside parity: times, shapes."""

from __future__ import annotations

import gc
import inspect
import sys
import time
from typing import Any

from compare.lessons.rows_on_disk import with_files
from compare.records import Mode, Side, TensorInfo
from compare.records.problem import Problem
from compare.records.timing import IteratorCost, Sample
from compare.running.recording import Report, parameters_in
from compare.running.watch import inner_variables
from compare.running.worker import Exhibit, load_exhibit, train

FEW = 2
"""Epochs of the short training."""


def time_side(
    reference: str, problem: Problem, lengths: dict[Mode, int], report: Report
) -> tuple[dict[Mode, Sample], int]:
    """Time an exhibit in several modes in this fresh process.

    Args:
        reference: see `load_exhibit`.
        problem: what to train; its number of epochs is not used.
        lengths: mode -> epochs of the long training; timed in this order.
        report: called with (modes done, modes in all).

    Returns:
        A sample per mode, and the bytes by which memory grew at its peak.
    """
    from compare.running.preload import peak_bytes

    exhibit = load_exhibit(reference)
    before = peak_bytes()
    _seconds(exhibit, problem, "graph", 0)  # starts TensorFlow
    samples: dict[Mode, Sample] = {}
    for mode, epochs in lengths.items():
        report(len(samples), len(lengths))
        samples[mode] = _sample(exhibit, problem, mode, epochs)
    return samples, peak_bytes() - before


def _sample(
    exhibit: Exhibit, problem: Problem, mode: Mode, epochs: int
) -> Sample:
    """Time trainings of 0, 2 and many epochs.

    No epoch is the build; the slope between the other two is per_epoch; what
    two epochs take beyond build and slope is first_call.
    """
    gc.collect()  # so that no other mode's garbage is collected in this one
    runs = [
        (length, _seconds(exhibit, problem, mode, length))
        for length in (0, FEW, epochs)
    ]
    build, short, long = (seconds for _, seconds in runs)
    slope = (long - short) / (epochs - FEW)
    return Sample(
        build=build,
        first_call=short - build - FEW * slope,
        per_epoch=slope,
        runs=tuple(runs),
    )


def _seconds(
    exhibit: Exhibit, problem: Problem, mode: Mode, epochs: int
) -> float:
    """Train for so many epochs, unwatched; return what it took."""
    with with_files(problem.replace(epochs=epochs)) as given:
        start = time.perf_counter()
        train(exhibit, given, mode)
        return time.perf_counter() - start


def iterator_cost(
    reference: str,
    side: Side,
    problem: Problem,
    mode: Mode,
    epochs: int,
    report: Report,
) -> IteratorCost:
    """Measure how much of an epoch goes into opening tf.data iterators."""
    import tensorflow as tf

    exhibit = load_exhibit(reference)
    times: list[float] = []
    dataset = tf.data.Dataset
    opened = dataset.__iter__

    def timed(self: Any) -> Any:
        start = time.perf_counter()
        iterator = opened(self)
        times.append(time.perf_counter() - start)
        return iterator

    dataset.__iter__ = timed
    try:
        seconds = []
        _seconds(exhibit, problem, mode, 1)
        for length in (1, epochs):
            report(length, epochs)
            times.clear()
            whole = _seconds(exhibit, problem, mode, length)
            seconds.append((whole, len(times), sum(times)))
    finally:
        dataset.__iter__ = opened
    (short, few, little), (long, many, much) = seconds
    extra = epochs - 1
    return IteratorCost(
        side=side,
        mode=mode,
        iterators=(many - few) / extra,
        seconds=(much - little) / extra,
        epoch_seconds=(long - short) / extra,
    )


def tensor_map(
    reference: str, problem: Problem, report: Report
) -> tuple[TensorInfo, ...]:
    """Read the shape and dtype of every value in one eager update.

    The values are the locals of the function that calls
    `GradientTape.gradient` (the exhibit's own step, or the `train_step`
    inside Keras) and of the functions that the exhibit calls before.
    """
    import tensorflow as tf

    exhibit = load_exhibit(reference)
    found: dict[str, TensorInfo] = {}
    sources: list[tuple[Any, Any]] = []
    gradient = tf.GradientTape.gradient

    def watched(self: Any, target: Any, variables: Any, *rest: Any) -> Any:
        values = gradient(self, target, variables, *rest)
        if not sources:
            sys.setprofile(None)
            frame = inspect.currentframe()
            assert frame is not None
            assert frame.f_back is not None
            _note_locals(found, frame.f_back.f_locals)
            _note(found, "loss", "loss", target)
            flat = tf.nest.flatten(variables), tf.nest.flatten(values)
            sources.extend(zip(*flat, strict=True))
        return values

    def profile(frame: Any, event: str, value: Any) -> None:
        if event != "return" or frame.f_code.co_filename != file:
            return
        _note_locals(found, frame.f_locals)
        if frame.f_code.co_name == "predict" and hasattr(value, "shape"):
            _note(found, ROLES["y_hat"], "predict", value)

    file = exhibit.__code__.co_filename
    tf.GradientTape.gradient = watched
    sys.setprofile(profile)
    try:
        batch = slice(problem.batch_size)
        one_batch = problem.replace(
            x=problem.x[batch], y=problem.y[batch], epochs=1
        )
        with with_files(one_batch) as given:
            returned = train(exhibit, given, "eager")
    finally:
        sys.setprofile(None)
        tf.GradientTape.gradient = gradient
    for name, variable in parameters_in(returned, problem).items():
        held = inner_variables(variable)
        for source, value in sources:
            if any(source is one for one in held):
                _note(found, name, name, variable)
                _note(found, f"gradient of {name}", "", value)
    return tuple(found[role] for role in sorted(found, key=_place))


ROLES = {
    "x": "data x",
    "y": "data y",
    "y_hat": "prediction",
    "logits": "prediction",
    "y_pred": "prediction",
}
"""What a local variable of an update stands for, in our exhibits (see the
conventions) and in Keras's train_step."""

ORDER = ("data x", "data y", "prediction", "loss")


def _place(role: str) -> tuple[int, str]:
    """Sort data first; each parameter beside its gradient."""
    if role in ORDER:
        return ORDER.index(role), ""
    return len(ORDER), role.removeprefix("gradient of ")


def _note_locals(found: dict[str, TensorInfo], names: dict[str, Any]) -> None:
    for name in ROLES.keys() & names.keys():
        if hasattr(names[name], "shape") and hasattr(names[name], "dtype"):
            _note(found, ROLES[name], name, names[name])


def _note(
    found: dict[str, TensorInfo], role: str, name: str, value: Any
) -> None:
    dtype = getattr(value.dtype, "name", str(value.dtype))
    found[role] = TensorInfo(role, name, tuple(map(int, value.shape)), dtype)

"""What runs inside a fresh process: one exhibit, recorded or timed.

The only file that imports exhibits, and only when called.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import inspect
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from compare.differences import plain_shape
from compare.processes import RunError
from compare.records import Dtype, Mode, Trajectory
from compare.records.problem import Problem
from compare.records.report import Environment
from compare.rows_on_disk import with_files
from compare.watch import Watch, turned

Report = Callable[[int, int], None]
Exhibit = Callable[..., Any]

REPORT_SECONDS = 0.2
"""Seconds between two messages on how far a training is."""


def load_exhibit(reference: str) -> Exhibit:
    """Import an exhibit.

    Args:
        reference: "manual.adam" for the function `train` of that module,
            "compare.benchmarks.module:function", or
            "path/to/file.py:function".
    """
    if ":" not in reference:
        return importlib.import_module(reference).train  # type: ignore[no-any-return]
    file, _, name = reference.rpartition(":")
    if file.startswith(f"{__package__}."):
        return getattr(importlib.import_module(file), name)  # type: ignore[no-any-return]
    path = Path(file).resolve()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.exists():
        raise RunError(f"there is no Python file {file}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise RunError(f"{file} has no function {name!r}")
    return function  # type: ignore[no-any-return]


def record(
    reference: str,
    side: str,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    report: Report,
) -> Trajectory:
    """Run an exhibit here and record every parameter after every update.

    Args:
        reference: see `load_exhibit`.
        side: whose turn it is, for people.
        problem: what to train.
        mode: how one update runs.
        dtype: of all arrays.
        report: called now and then with (updates done, updates in all).

    Raises:
        RunError: the exhibit broke the contract; says how.
        Exception: whatever the exhibit raised.
    """
    prepare(mode, dtype)
    return observe(reference, side, problem, mode, dtype, report)


def observe(
    reference: str,
    side: str,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    report: Report,
) -> Trajectory:
    """Record, as `record` does, in whatever framework the exhibit uses."""
    problem = problem.astype(dtype)
    if "steps_per_call" in problem.hyper:  # or updates would go unseen
        problem = problem.replace(hyper={**problem.hyper, "steps_per_call": 1})
    exhibit = load_exhibit(reference)
    recorder = Recorder(problem, report)
    with with_files(problem) as given:
        if takes(exhibit, "on_step"):
            returned = call(exhibit, given, mode, recorder.on_step)
            results = results_of(returned, problem)
        else:
            watch = Watch(recorder.tick)
            with turned(mode), watch.watching():
                returned = exhibit(given)
            results = results_of(returned, problem)
            recorder.take(watch, returned)
    parameters = recorder.stacked()
    for name, path in parameters.items():
        if plain_shape(results[name].shape) != plain_shape(path.shape[1:]):
            raise RunError(
                f"train returned {name} in shape {results[name].shape} "
                f"where the problem has {path.shape[1:]}"
            )
    losses = [
        problem.loss(
            {name: values[row] for name, values in parameters.items()},
            problem.x,
            problem.y,
        )
        for row in range(recorder.rows)
    ]
    return Trajectory(
        side=side,
        mode=mode,
        dtype=dtype,
        parameters=parameters,
        results=results,
        losses=np.array(losses),
        seconds_per_update=recorder.seconds_per_update(),
    )


def takes(exhibit: Exhibit, name: str) -> bool:
    """Whether a function has an argument of this name."""
    return name in inspect.signature(exhibit).parameters


def call(
    exhibit: Exhibit,
    problem: Problem,
    mode: Mode,
    on_step: Callable[[int, Any], None] | None = None,
) -> Any:
    """Call a function with those of `mode` and `on_step` that it takes."""
    offered = {"mode": mode, "on_step": on_step}
    return exhibit(
        problem, **{k: v for k, v in offered.items() if takes(exhibit, k)}
    )


def train(exhibit: Exhibit, problem: Problem, mode: Mode) -> Any:
    """Train in a mode, unwatched; return what the exhibit does.

    Implementations in other frameworks take the mode as an argument.
    """
    if takes(exhibit, "mode"):
        return call(exhibit, problem, mode)
    with turned(mode):
        return exhibit(problem)


def results_of(returned: Any, problem: Problem) -> dict[str, np.ndarray]:
    """Name what an exhibit returned.

    Args:
        returned: the parameters, as variables in the problem's order, a dict
            by name or a model, and whatever belongs beside them: an array of
            predictions, the history of `fit` or a dict of lists.
        problem: gives the names, and what is compared beside them.

    Raises:
        RunError: something is missing; says what.
    """
    values, history = _parts(returned, problem)
    found = history | values
    wanted = (*problem.initial, *problem.compared)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise RunError(f"train returned no {', '.join(missing)}")
    return to_arrays({name: found[name] for name in wanted}, "train returned")


def parameters_in(returned: Any, problem: Problem) -> dict[str, Any]:
    """Return the parameters among what an exhibit returned, by name."""
    values, _ = _parts(returned, problem)
    return {name: values[name] for name in problem.initial if name in values}


def _parts(
    returned: Any, problem: Problem
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split what an exhibit returned into named values and history."""
    values: list[Any] = []
    history: dict[str, Any] = {}
    waiting = [returned]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list | tuple):
            waiting = [*value, *waiting]
        elif isinstance(value, dict) and set(problem.initial) <= set(value):
            return value, history
        elif isinstance(value, dict):
            history |= value
        elif isinstance(getattr(value, "history", None), dict):
            history |= value.history
        elif hasattr(value, "get_weights"):
            values += value.weights
        else:
            values.append(value)
    names = [*problem.initial, "predictions"]
    if len(values) > len(names):
        raise RunError(
            f"train returned {len(values)} arrays where {', '.join(names)} "
            "belong"
        )
    return dict(zip(names, values, strict=False)), history


def environment(report: Report) -> Environment:
    """Describe this machine and what is installed on it."""
    import keras
    import tensorflow as tf

    from compare import preload

    if preload.ERROR:
        raise preload.ERROR
    return Environment(
        python=platform.python_version(),
        tensorflow=tf.__version__,
        keras=keras.__version__,
        numpy=np.__version__,
        system=f"{platform.system()} {platform.machine()}",
        cpus=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        devices=tuple(
            device.device_type for device in tf.config.list_physical_devices()
        ),
        import_seconds=preload.IMPORT_SECONDS,
        import_bytes=preload.IMPORT_BYTES,
    )


class Recorder:
    """Keeps the parameters after every update, and when it was made."""

    def __init__(self, problem: Problem, report: Report) -> None:
        initial = {k: np.array(v) for k, v in problem.initial.items()}
        self._problem = problem
        self._rows: dict[str, list[np.ndarray]] = {
            name: [value] for name, value in initial.items()
        }
        self._report = report
        self._times: list[float] = []
        self._spent: list[float] = []
        self._reported = 0.0

    @property
    def rows(self) -> int:
        """How many states are kept, the first one included."""
        return len(next(iter(self._rows.values())))

    def on_step(self, update: int, parameters: Any) -> None:
        """Take the parameters that an exhibit shows after an update."""
        start = time.perf_counter()
        if update != self.rows:
            raise RunError(
                f"on_step was called for update {update} where {self.rows} "
                "was due"
            )
        values = to_arrays(parameters, "on_step was given")
        if set(values) != set(self._rows):
            raise RunError(
                f"on_step was given {', '.join(sorted(values))}; the problem "
                f"has {', '.join(sorted(self._rows))}"
            )
        for name, value in values.items():
            self._keep(name, value)
        self.tick(update, start)

    def take(self, watch: Watch, returned: Any) -> None:
        """Take the parameters that were seen from outside.

        A parameter is what was returned in its place. Where that is no
        variable, as after `w = w - step`, it is the variable that was made in
        its place.
        """
        found = parameters_in(returned, self._problem)
        for place, name in enumerate(self._rows):
            path = watch.path(found[name])
            if path is None and place < len(watch.variables):
                path = watch.path(watch.variables[place])
            for value in path or ():
                self._keep(name, value)

    def tick(self, update: int, start: float) -> None:
        """Note when an update was made, and what noting it took."""
        self._times.append(start)
        if start - self._reported > REPORT_SECONDS:
            self._reported = start
            self._report(update, self._problem.steps)
        self._spent.append(time.perf_counter() - start)

    def stacked(self) -> dict[str, np.ndarray]:
        """Return name -> array of shape (updates + 1, ...)."""
        if self.rows == 1 and self._problem.steps:
            raise RunError("it made no update that could be seen")
        return {name: np.stack(rows) for name, rows in self._rows.items()}

    def seconds_per_update(self) -> float:
        """Return the median time from one update to the next."""
        gaps = np.diff(self._times) - self._spent[:-1]
        return statistics.median(gaps.tolist()) if len(gaps) else 0.0

    def _keep(self, name: str, value: np.ndarray) -> None:
        first = self._rows[name][0]
        if plain_shape(value.shape) != plain_shape(first.shape):
            raise RunError(
                f"{name} has shape {value.shape} where the problem has "
                f"{first.shape}"
            )
        if value.dtype != first.dtype:
            raise RunError(
                f"{name} is {value.dtype} where the problem is "
                f"{first.dtype}: let the dtype follow the problem's arrays"
            )
        self._rows[name].append(value.reshape(first.shape))


def set_dtype(dtype: Dtype) -> None:
    """Give new layers this dtype, whatever the user's keras.json says."""
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def prepare(mode: Mode, dtype: Dtype) -> None:
    """Set the dtype of new layers; drop work that cannot change a bit.

    Dropped are the garbage collector's visits to what the imports made,
    tf.data's autotuner, which only seeks speed and makes `fit`
    wait for its thread, and in eager and XLA modes TensorFlow's graph
    optimiser (Grappler): eager operations run as they are, and XLA compiles
    the graph as it was traced, so only tf.data's functions would pass through
    it, again for every iterator that is opened. On small data these cost
    `fit` far more than the updates. Timing never does this.
    """
    import tensorflow as tf

    gc.freeze()
    set_dtype(dtype)
    if mode != "graph":
        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": True}
        )
    options = tf.data.Options()
    options.autotune.enabled = False
    iterate = tf.data.Dataset.__iter__
    tf.data.Dataset.__iter__ = lambda dataset: iterate(
        dataset.with_options(options)
    )


def to_arrays(values: Any, what: str) -> dict[str, np.ndarray]:
    """Copy variables, tensors and numbers into numpy arrays by name."""
    if not isinstance(values, dict) or not values:
        raise RunError(
            f"{what} {shown(values)} where a dict of parameters by name "
            "belongs"
        )
    arrays = {}
    for name, value in values.items():
        array = numbers_in(value)
        if array is None:
            raise RunError(
                f"{what} {shown(value)} as {name!r}, which is not numbers"
            )
        arrays[str(name)] = array
    return arrays


def numbers_in(value: Any) -> np.ndarray | None:
    """Copy a variable, tensor or array; None if it holds no numbers."""
    try:
        array = np.array(value.numpy() if hasattr(value, "numpy") else value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "fiub" else None


def shown(value: Any) -> str:
    """Show a value in at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "..."

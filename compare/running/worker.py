"""What runs inside a fresh process: one exhibit, recorded or timed.

The only file that imports exhibits, and only when called.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compare.lessons.rows_on_disk import with_files
from compare.records import Dtype, Mode
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.running.backends import prepare_keras
from compare.running.modes import turned
from compare.running.processes import Advance, RunError
from compare.running.recording import Recorder, results_of
from compare.running.watch import Watch

Exhibit = Callable[..., Any]


def load_exhibit(reference: str) -> Exhibit:
    """Import an exhibit.

    Args:
        reference: "manual.adam" for the function `train` of that module,
            "compare.studies.module:function", or
            "path/to/file.py:function".
    """
    if ":" not in reference:
        return importlib.import_module(reference).train  # type: ignore[no-any-return]
    file, _, name = reference.rpartition(":")
    if file.startswith("compare."):
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
    advance: Advance,
) -> Trajectory:
    """Run an exhibit here and record every parameter after every update.

    Args:
        reference: see `load_exhibit`.
        side: whose turn it is, for people.
        problem: what to train.
        mode: how one update runs.
        dtype: of all arrays.
        advance: called now and then with (updates done, updates in all).

    Raises:
        RunError: the exhibit broke the contract; says how.
        Exception: whatever the exhibit raised.
    """
    prepare(dtype)
    return observe(reference, side, problem, mode, dtype, advance)


def observe(
    reference: str,
    side: str,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    advance: Advance,
) -> Trajectory:
    """Record, as `record` does, in whatever framework the exhibit uses."""
    problem = problem.astype(dtype)
    if "steps_per_call" in problem.hyper:  # or updates would go unseen
        problem = problem.with_hyper(steps_per_call=1)
    exhibit = load_exhibit(reference)
    recorder = Recorder(problem, advance)
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
    return recorder.trajectory(side, mode, results)


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


def prepare_user_side(problem: Problem) -> None:
    """Seed all that is random, so that a run can be repeated."""
    import keras

    keras.utils.set_random_seed(int(problem.hyper.get("seed", 0)))


def prepare(dtype: Dtype) -> None:
    """Set the dtype of new layers; drop work that cannot change a bit.

    Dropped is what tf.data does for every iterator that is opened: its
    autotuner, which only seeks speed and makes `fit` wait for its thread, and
    TensorFlow's graph optimiser (Grappler) on its functions. On small data
    these cost `fit` far more than the updates. Timing never does this. What
    tf.data makes of the pipeline itself stays: it fuses `shuffle` with
    `repeat`, and then draws another order.

    What tf.data runs is instantiated under the options with which TensorFlow
    starts; a `tf.function` is under those at its call. So an update passes
    through the graph optimiser as ever.
    """
    import keras
    import tensorflow as tf
    from tensorflow.python.eager.context import Context

    prepare_keras(keras.backend.backend(), dtype)
    start, option = Context.ensure_initialized, "disable_meta_optimizer"

    def start_without(context: Any) -> None:
        Context.ensure_initialized = start
        tf.config.optimizer.set_experimental_options({option: True})
        start(context)
        tf.config.optimizer.set_experimental_options({option: False})

    Context.ensure_initialized = start_without
    options = tf.data.Options()
    options.autotune.enabled = False
    iterate = tf.data.Dataset.__iter__
    quiet = functools.lru_cache(4)(lambda data: data.with_options(options))
    tf.data.Dataset.__iter__ = lambda data: iterate(quiet(data))

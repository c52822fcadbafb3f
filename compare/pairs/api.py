"""What `import compare` offers: `problem`, `check` and their errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from compare.lessons.losses import no_loss
from compare.pairs.costs import costs
from compare.pairs.diagnosis.diagnose import diagnose
from compare.pairs.pair import Pair
from compare.pairs.runs import Sides
from compare.pairs.sides import name_of, reference_of
from compare.records import MODES, SIDES, Mode, UsageError, files
from compare.records.json_form import SHORT
from compare.records.pairs import Costs
from compare.records.problem import Problem
from compare.records.verdicts import Verdict
from compare.running.processes import Progress, Silent


def make_problem(
    x: ArrayLike,
    y: ArrayLike,
    initial: Mapping[str, ArrayLike] | None = None,
    learning_rate: float = 0.01,
    steps: int = 100,
    batch_size: int | None = None,
    **hyper: Any,
) -> Problem:
    """See `compare.problem`."""
    rows = _numbers("x", x)
    targets = _numbers("y", y)
    if rows.ndim == 0 or len(rows) == 0:
        raise UsageError("x has no rows: give an array of at least one")
    if targets.ndim == 0 or len(targets) != len(rows):
        raise UsageError(
            f"x has {len(rows)} rows and y has "
            f"{len(targets) if targets.ndim else 'none'}: give a y for every "
            "row"
        )
    size = len(rows) if batch_size is None else batch_size
    for name, count in (("steps", steps), ("batch_size", size)):
        whole = isinstance(count, int | np.integer)
        if not whole or isinstance(count, bool) or count < 1:
            raise UsageError(
                f"{name} is {SHORT.repr(count)}: give a whole number above 0"
            )
    rate = _positive("learning_rate", learning_rate)
    if not isinstance(initial, Mapping | None):
        raise UsageError(
            f"initial is {SHORT.repr(initial)}: give a dict of arrays"
        )
    per_epoch = -(-len(rows) // size)
    if steps % per_epoch:
        lower = steps // per_epoch * per_epoch
        raise UsageError(
            f"{steps} steps are no whole epochs of {per_epoch} updates: give "
            f"{lower or lower + per_epoch} or {lower + per_epoch}"
        )
    return Problem(
        lesson="your own",
        title="A pair of your own",
        data="your own arrays",
        x=rows,
        y=targets,
        initial={
            name: _numbers(f"initial[{name!r}]", values)
            for name, values in (initial or {}).items()
        },
        epochs=steps // per_epoch,
        batch_size=int(size),
        loss=no_loss,
        hyper={"learning_rate": rate, **hyper},
    )


def _numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Return a float64 array of finite numbers."""
    try:
        array = np.asarray(values)
        if array.dtype.kind == "c":  # numpy would drop the imaginary part
            raise TypeError
        array = array.astype(float)
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(
            f"{name} is not an array of numbers: give rows of equal length"
        ) from error
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        raise UsageError(
            f"{name} has a value at {place} that is not finite: mend the data"
        )
    return array


def _positive(name: str, value: Any) -> float:
    """Return a finite number above 0."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise UsageError(
            f"{name} is {SHORT.repr(value)}: give a number above 0"
        )
    return number


def check_reference(side: str) -> None:
    """Find out before a process is started whether a file can hold a side.

    Raises:
        UsageError: it is not written as file.py:function, or there is no such
            file.
    """
    file, _, function = side.rpartition(":")
    if not file or not function.isidentifier():
        raise UsageError(
            f"{side} names no function: write it as file.py:function"
        )
    files.read_bytes(Path(file), "write it as file.py:function")


def check_pair(
    left: str | Callable[..., Any],
    right: str | Callable[..., Any],
    problem: Problem,
    *,
    names: tuple[str, str] | None = None,
    mode: Mode = "graph",
    timeout: float = 300.0,
    timed: bool = False,
    progress: Progress | None = None,
) -> tuple[Verdict, Costs | None]:
    """Check a pair, see `compare.check`; time it if it agrees and you ask."""
    if mode not in MODES:
        raise UsageError(f"mode is {mode!r}: give one of {', '.join(MODES)}")
    if not isinstance(problem, Problem):
        raise UsageError(
            f"the problem is a {type(problem).__name__}: make it with "
            "compare.problem(...)"
        )
    for side in (left, right):
        if isinstance(side, str):
            check_reference(side)
    timeout = _positive("timeout", timeout)
    own = names or (name_of(left), name_of(right))
    if not isinstance(own, tuple | list) or len(own) != len(SIDES):
        raise UsageError(f"names is {SHORT.repr(names)}: give two names")
    if own[0] == own[1]:
        own = (f"left {own[0]}", f"right {own[1]}")
    references = (reference_of(left), reference_of(right))
    watcher = progress or Silent()
    pair = Pair(Sides(references, own, problem, mode, timeout), watcher)
    verdict = pair.check()
    if not verdict.agree:
        verdict = replace(verdict, diagnosis=diagnose(pair, verdict, watcher))
    return verdict, costs(pair, watcher) if timed and verdict.agree else None

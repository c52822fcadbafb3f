"""What `import compare` offers: `problem`, `check` and their errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
from compare.pairs.scripts import First, Script, first_parameters
from compare.pairs.sides import is_script, name_of, reference_of
from compare.records import MODES, SIDES, Mode, UsageError, files
from compare.records.json_form import SHORT
from compare.records.note import Note, note
from compare.records.pairs import Costs, told_apart
from compare.records.problem import Problem
from compare.records.verdicts import Verdict
from compare.running.lineage import HERE, Home
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    Silent,
    run_jobs,
)


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
        UsageError: it is not written as file.py:function, nor as file.py, or
            there is no such file.
    """
    if is_script(side):
        files.read_bytes(Path(side), "give a script, or file.py:function")
        return
    file, _, function = side.rpartition(":")
    if not file or not function.isidentifier():
        raise UsageError(
            f"{side} names no function: write it as file.py:function"
        )
    files.read_bytes(Path(file), "write it as file.py:function")


def are_scripts(left: object, right: object) -> bool:
    """Whether both sides are whole scripts.

    Raises:
        UsageError: one is, and the other a function.
    """
    if is_script(left) != is_script(right):
        raise UsageError(
            "one side is a script and the other a function: give two scripts, "
            "or two functions as file.py:function"
        )
    return is_script(left)


def check_pair(
    left: str | Callable[..., Any],
    right: str | Callable[..., Any],
    problem: Problem | None,
    *,
    names: tuple[str, str] | None = None,
    mode: Mode = "graph",
    timeout: float = 300.0,
    timed: bool = False,
    progress: Progress | None = None,
    homes: tuple[Home, Home] = (HERE, HERE),
) -> tuple[Verdict, Costs | None]:
    """Check a pair, see `compare.check`; time it if it agrees and you ask."""
    if mode not in MODES:
        raise UsageError(f"mode is {mode!r}: give one of {', '.join(MODES)}")
    scripts = are_scripts(left, right)
    if scripts and problem is not None:
        raise UsageError("a script brings its own data: give no problem")
    if not isinstance(problem, Problem) and not scripts:
        kind = "missing" if problem is None else f"a {type(problem).__name__}"
        raise UsageError(
            f"the problem is {kind}: make it with compare.problem(...)"
        )
    for side in (left, right):
        if isinstance(side, str):
            check_reference(side)
    timeout = _positive("timeout", timeout)
    own = names or (name_of(left), name_of(right))
    if not isinstance(own, tuple | list) or len(own) != len(SIDES):
        raise UsageError(f"names is {SHORT.repr(names)}: give two names")
    own = told_apart(*own)
    references = (reference_of(left), reference_of(right))
    watcher = progress or Silent()
    start: Note | None = None
    if problem is None:
        problem, start = script_start(references, own, timeout, watcher, homes)
    if problem is None:
        assert start is not None
        return Verdict(mode, "could not run", (start,)), None
    sides = Sides(references, own, problem, mode, timeout, scripts, homes)
    pair = Pair(sides, watcher)
    verdict = pair.check()
    if start:
        verdict = replace(verdict, why=(*verdict.why, start))
    if not verdict.agree:
        verdict = replace(verdict, diagnosis=diagnose(pair, verdict, watcher))
    timed = timed and verdict.agree and not scripts
    return verdict, costs(pair, watcher) if timed else None


def script_start(
    references: Sequence[Any],
    names: Sequence[str],
    timeout: float,
    progress: Progress,
    homes: tuple[Home, Home] = (HERE, HERE),
) -> tuple[Problem | None, Note | None]:
    """Find out from what both scripts start.

    Returns:
        The problem from which both are to start, with what has to be said of
        it; none, and why, where they cannot be compared.
    """
    jobs = [
        Job(
            f"{name}: first parameters",
            first_parameters,
            (Script(path),),
            home=home,
        )
        for name, path, home in zip(names, references, homes, strict=True)
    ]
    found = run_jobs(jobs, len(jobs), timeout, progress)
    for name, one in zip(names, found, strict=True):
        if isinstance(one, Broken):
            return None, note(
                "{side} could not be run: {reason}",
                side=name,
                reason=one.reason,
            )
    left, right = found
    assert isinstance(left, First)
    assert isinstance(right, First)
    values = {"left": names[0], "right": names[1]}
    if not left.fits(right):
        shapes = [
            ", ".join(str(v.shape) for v in own.values.values())
            for own in (left, right)
        ]
        return None, note(
            "{left} makes parameters of shapes {mine}, {right} of shapes "
            "{its}: give two scripts of the same model, which make its "
            "parameters in the same order",
            **values,
            mine=shapes[0],
            its=shapes[1],
        )
    states = len(left.states) == len(right.states)
    problem = left.problem(states)
    if not left.equals(right):
        return problem, note(
            "{right} has other first parameters, and was started from "
            "{left}'s here",
            **values,
        )
    if not states:
        return problem, note(
            "only what is trained was compared: the layers of one side keep "
            "other states (such as moving averages) than those of the other"
        )
    return problem, None

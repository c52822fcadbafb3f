"""Known trainings of a linear problem, and known mistakes in them.

They are the exhibits and the mutants of the catalogue, trained on the user's
own problem in float64. A side whose parameters equal those of one of them is
explained by it.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import problem_of
from compare.mistakes import CATALOGUE
from compare.mistakes.patching import patched
from compare.records import Side
from compare.records.mistakes import Mistake
from compare.records.problem import Problem, Settings
from compare.running.modes import turned
from compare.running.recording import Report
from compare.running.watch import Watch
from compare.running.worker import load_exhibit, prepare

BASES = ("minibatch", "momentum", "adam")


@dataclass(frozen=True)
class Variant:
    """A training that is known.

    Attributes:
        side, lesson: the exhibit that it comes from.
        mistakes: what was made wrong on purpose.
        needs: hyper-parameters where the user has none of the name.
        forced: hyper-parameters whatever the user has.
    """

    side: Side
    lesson: str
    mistakes: tuple[Mistake, ...] = ()
    needs: tuple[tuple[str, Any], ...] = ()
    forced: tuple[tuple[str, Any], ...] = ()

    def source(self) -> str:
        """Return the source of the exhibit with all mistakes in it.

        Raises:
            ValueError: the mistakes do not go together.
        """
        text = source_of(exhibit(self.side, self.lesson))
        for mistake in self.mistakes:
            text = patched(text, mistake.patches)
        return text


def singles() -> list[Variant]:
    """Return the trainings without a mistake and with one."""
    found = [Variant("manual", lesson) for lesson in BASES]
    found.append(Variant("manual", "momentum", forced=(("nesterov", True),)))
    found += [
        Variant(m.side, m.lesson, (m,), needs=tuple(m.hyper.items()))
        for m in CATALOGUE
        if m.general and m.kind == "silent"
    ]
    return found


def doubles() -> Iterator[Variant]:
    """Yield the trainings with two mistakes in one manual exhibit."""
    general = [m for m in CATALOGUE if m.general and m.kind == "silent"]
    for one, other in itertools.combinations(general, 2):
        if one.lesson == other.lesson and one.side == other.side == "manual":
            needs = tuple({**one.hyper, **other.hyper}.items())
            yield Variant("manual", one.lesson, (one, other), needs=needs)


def linear(problem: Problem, names: Sequence[str]) -> Problem | None:
    """Return the user's problem as the exhibits take it; None if not linear.

    Args:
        problem: the user's.
        names: the user's parameters, kernel first.
    """
    x = np.asarray(problem.x, float)
    x = x.reshape(len(x), -1)
    if len(names) != 2 or set(names) != set(problem.initial):
        return None
    kernel, bias = (problem.initial[name] for name in names)
    if kernel.size != x.shape[1] or bias.size != 1 or problem.y.size != len(x):
        return None
    return problem.replace(
        x=x,
        y=np.asarray(problem.y, float).reshape(-1, 1),
        initial={
            "kernel": kernel.astype(float).reshape(-1, 1),
            "bias": bias.astype(float).reshape(1),
        },
    )


def train_variants(
    variants: Sequence[Variant],
    problem: Problem,
    updates: int,
    report: Report,
) -> list[dict[str, np.ndarray] | str]:
    """Train variants here, eagerly, and keep their first updates.

    Args:
        variants: what to train.
        problem: in the exhibits' form, see `linear`.
        updates: how many rows to keep beside the initial one.
        report: told how many are done.

    Returns:
        For each, name -> float64 array (at most updates + 1, size), or why
        it could not be trained.
    """
    from compare.pairs import in_float64

    prepare("eager", "float64")
    found: list[dict[str, np.ndarray] | str] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, variant in enumerate(variants):
            report(number, len(variants))
            try:
                path = Path(folder) / f"variant_{number}.py"
                path.write_text(variant.source())
                train = load_exhibit(f"{path}:train")
                if not number:
                    in_float64.train_in_float64(train)
                found.append(_rows(train, _adapted(problem, variant), updates))
            except Exception as error:
                found.append(f"{type(error).__name__}: {error}")
    return found


def _adapted(problem: Problem, variant: Variant) -> Problem:
    """Give the user's problem what the lesson needs besides."""
    own = problem_of(variant.lesson, Settings())
    needs, forced = dict(variant.needs), dict(variant.forced)
    hyper = {**own.hyper, **needs, **problem.hyper, **forced}
    return problem.replace(lesson=variant.lesson, hyper=hyper)


class _EnoughError(Exception):
    """Ends a training that has been seen for long enough."""


def _rows(
    train: Callable[..., Any], problem: Problem, updates: int
) -> dict[str, np.ndarray]:
    def on_update(update: int, began: float) -> None:
        if update >= updates:
            raise _EnoughError

    watch = Watch(on_update)
    with (
        turned("eager"),
        watch.watching(),
        contextlib.suppress(_EnoughError),
    ):
        train(problem)
    # An exhibit makes its parameters before anything else.
    made = dict(zip(problem.initial, watch.variables, strict=False))
    return {
        name: np.stack(
            [np.ravel(problem.initial[name])]
            + [np.ravel(row) for row in (watch.path(value) or ())[:updates]]
        )
        for name, value in made.items()
    }

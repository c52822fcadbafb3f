"""Which shape and dtype each value of an update has on either side."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from compare.lessons.rows_on_disk import with_files
from compare.records import SIDES
from compare.records.findings import ROLES, TensorInfo
from compare.records.problem import Problem
from compare.records.report import LessonReport
from compare.running.modes import wrapped
from compare.running.processes import Advance, Broken, Job, why_broken
from compare.running.recording import parameters_in
from compare.running.watch import inner_variables
from compare.running.worker import load_exhibit, train
from compare.studies.lesson.aspect import Lesson

ROLE_OF = {
    "x": "data x",
    "y": "data y",
    "species": "data y",
    "y_hat": "prediction",
    "logits": "prediction",
    "y_pred": "prediction",
    "fake": "prediction",
}
"""What a local variable of an update stands for, in our exhibits (see the
conventions) and in Keras's train_step."""


class Tensors:
    """The shapes and dtypes in one update, of each side."""

    def __init__(self, lesson: Lesson) -> None:
        problem = lesson.problem
        self.jobs = [
            Job(
                f"{problem.lesson} {side}: shapes",
                tensor_map,
                (lesson.exhibits[side], problem),
            )
            for side in SIDES
        ]

    def add(
        self, report: LessonReport, results: Sequence[Any]
    ) -> LessonReport:
        """Add each side's map, or why there is none."""
        return replace(
            report,
            tensors={
                side: result
                for side, result in zip(SIDES, results, strict=True)
                if not isinstance(result, Broken)
            },
            left_out=(*report.left_out, *why_broken(self.jobs, results)),
        )


def tensor_map(
    reference: str, problem: Problem, advance: Advance
) -> tuple[TensorInfo, ...]:
    """Read the shape and dtype of every value in one eager update.

    The values are the locals of the function that calls
    `GradientTape.gradient` (the exhibit's own step, or the `train_step`
    inside Keras) and of the functions that the exhibit calls before.
    """
    import tensorflow as tf

    exhibit = load_exhibit(reference)
    seen = Seen()
    sources: list[tuple[Any, Any]] = []

    def watched(gradient: Any, tape: Any, target: Any, *rest: Any) -> Any:
        values = gradient(tape, target, *rest)
        if not sources:
            sys.setprofile(None)
            # Behind this function and the one that `wrapped` puts around it.
            seen.note_locals(sys._getframe(2).f_locals)
            seen.note("loss", "loss", target)
        # An update takes several gradients where it trains two networks.
        flat = tf.nest.flatten(rest[0]), tf.nest.flatten(values)
        sources.extend(zip(*flat, strict=True))
        return values

    def profile(frame: Any, event: str, value: Any) -> None:
        if event != "return" or frame.f_code.co_filename != file:
            return
        seen.note_locals(frame.f_locals)
        if frame.f_code.co_name == "predict" and hasattr(value, "shape"):
            seen.note(ROLE_OF["y_hat"], "predict", value)

    file = exhibit.__code__.co_filename
    one_batch = problem.first_rows(problem.batch_size).replace(epochs=1)
    with wrapped(tf.GradientTape, "gradient", watched):
        sys.setprofile(profile)
        try:
            with with_files(one_batch) as given:
                returned = train(exhibit, given, "eager")
        finally:
            sys.setprofile(None)
    for name, variable in parameters_in(returned, problem).items():
        held = inner_variables(variable)
        for source, value in sources:
            if any(source is one for one in held):
                seen.note(name, name, variable)
                seen.note(f"gradient of {name}", "", value)
    return seen.in_order()


class Seen:
    """The values that were seen, by role."""

    def __init__(self) -> None:
        self._by_role: dict[str, TensorInfo] = {}

    def note(self, role: str, name: str, value: Any) -> None:
        """Note a value's shape and dtype; the last one of a role counts."""
        dtype = getattr(value.dtype, "name", str(value.dtype))
        shape = tuple(map(int, value.shape))
        self._by_role[role] = TensorInfo(role, name, shape, dtype)

    def note_locals(self, names: dict[str, Any]) -> None:
        """Note those local variables that stand for something.

        Of several targets or outputs it is the first.
        """
        for name in ROLE_OF.keys() & names.keys():
            value = names[name]
            if isinstance(value, dict):
                value = list(value.values())
            if isinstance(value, list) and value:
                value = value[0]
            if hasattr(value, "shape") and hasattr(value, "dtype"):
                self.note(ROLE_OF[name], name, value)

    def in_order(self) -> tuple[TensorInfo, ...]:
        """Return data first, then each parameter beside its gradient."""
        return tuple(
            self._by_role[r] for r in sorted(self._by_role, key=_rank)
        )


def _rank(role: str) -> tuple[int, str]:
    if role in ROLES:
        return ROLES.index(role), ""
    return len(ROLES), role.removeprefix("gradient of ")

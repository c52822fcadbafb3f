"""A mistake that has been made in a file, and who takes part on account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from compare.lessons.exhibits import exhibit
from compare.mistakes.patching import diff, mutant_source, problem_for
from compare.records.mistakes import Mistake, MistakeReport
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.running.processes import Broken, Job

Version = Literal["bad", "mended"]
"""An exhibit with its mistake, or without it."""


@dataclass(frozen=True)
class Case:
    """A mistake, and the reference of the exhibit with it."""

    mistake: Mistake
    mutant: str

    @cached_property
    def problem(self) -> Problem:
        """Return the problem on which the mistake shows."""
        return problem_for(self.mistake)

    @property
    def versions(self) -> dict[Version, str]:
        """Return the exhibit with the mistake and without it."""
        mended = exhibit(self.mistake.side, self.mistake.lesson)
        return {"bad": self.mutant, "mended": mended}

    @property
    def report(self) -> MistakeReport:
        """Return the report on a mistake that nobody has caught."""
        return MistakeReport(self.mistake, diff(self.mistake), caught=False)

    def job(self, function: Callable[..., Any], version: Version) -> Job:
        """Return a job that trains a version in the mistake's mode."""
        arguments = self.versions[version], self.problem, self.mistake.mode
        return Job(f"{self.mistake.key} {version}", function, arguments)


def written(mistake: Mistake, folder: Path) -> Case:
    """Make a mistake in a copy of its exhibit.

    Raises:
        ValueError: the patch does not fit the exhibit.
    """
    path = folder / f"{mistake.key.replace('-', '_')}.py"
    path.write_text(mutant_source(mistake))
    return Case(mistake, f"{path}:train")


def why_broken(result: Broken) -> Note:
    """Say why a run gave nothing."""
    return note("A run broke: {reason}.", reason=result.reason)

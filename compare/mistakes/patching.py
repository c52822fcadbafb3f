"""A mistake -> its source, its diff, its problem, its threads."""

from __future__ import annotations

import difflib

from compare.lessons.exhibits import FOLDERS, exhibit, source_of
from compare.lessons.problems import problem_of
from compare.records.mistakes import Mistake
from compare.records.problem import Problem, Settings

PROJECTS = {"keras": "keras-team/keras", "d2l-en": "d2l-ai/d2l-en"}
"""Name before the number of a thread -> project; else the name twice."""

CONTEXT = 2
"""Lines around a change that a diff shows."""


def patched(source: str, patches: tuple[tuple[str, str], ...]) -> str:
    """Replace each text that must occur exactly once.

    Raises:
        ValueError: one does not; the exhibit has moved on.
    """
    for before, after in patches:
        count = source.count(before)
        if count != 1:
            raise ValueError(f"occurs {count} times, not once: {before!r}")
        source = source.replace(before, after)
    return source


def mutant_source(mistake: Mistake) -> str:
    """Return the exhibit's source with the mistake in it.

    Raises:
        ValueError: the patch does not fit the exhibit.
    """
    try:
        return patched(_source(mistake), mistake.patches)
    except ValueError as error:
        raise ValueError(f"{mistake.key}: {error}") from error


def diff(mistake: Mistake) -> str:
    """Return the mistake as a unified diff of the exhibit."""
    name = f"{FOLDERS[mistake.side]}/{mistake.lesson}.py"
    lines = difflib.unified_diff(
        _source(mistake).splitlines(),
        mutant_source(mistake).splitlines(),
        name,
        name,
        n=CONTEXT,
        lineterm="",
    )
    return "\n".join(lines)


def problem_for(mistake: Mistake) -> Problem:
    """Return the problem on which the mistake shows."""
    settings = Settings(steps=mistake.updates, batch_size=mistake.batch_size)
    return problem_of(mistake.lesson, settings).with_hyper(**mistake.hyper)


def thread_url(thread: str) -> str:
    """Return the address of a thread such as "keras#14627"."""
    name, _, number = thread.partition("#")
    project = PROJECTS.get(name, f"{name}/{name}")
    return f"https://github.com/{project}/issues/{number}"


def _source(mistake: Mistake) -> str:
    return source_of(exhibit(mistake.side, mistake.lesson))

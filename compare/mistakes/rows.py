"""How most rows of the catalogue are written: silent mistakes by hand."""

from typing import Any

from compare.records.mistakes import Mistake


def silent(
    lesson: str,
    key: str,
    title: str,
    patches: tuple[tuple[str, str], ...],
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
    **given: Any,
) -> Mistake:
    """Patch a lesson that trains any linear problem, for diagnosis too."""
    return Mistake(
        key, title, "manual", lesson, "silent", patches, symptom, why, keras,
        threads, **{"general": True, **given},
    )  # fmt: skip


def special(
    lesson: str,
    key: str,
    title: str,
    before: str,
    after: str,
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
    **given: Any,
) -> Mistake:
    """Patch one place of a lesson with a problem of its own."""
    return Mistake(
        key, title, "manual", lesson, "silent", ((before, after),), symptom,
        why, keras, threads, **given,
    )  # fmt: skip

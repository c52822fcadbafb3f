"""The catalogue of classic mistakes, as patches to the real exhibits.

One list serves as the lesson on mistakes (a diff each), as the mutation test
of the checker, and for naming the mistake in a user's pair.

A file `catalogue/THEME.toml` holds the mistakes of one theme. A mistake is one
table, named by its key, with the fields of `Mistake`:

    [defaults]
    side = "manual"
    kind = "silent"

    [tail-dropped]
    title = "The tail batch is dropped"
    lesson = "minibatch"
    symptom = "Equal for the first N // B updates."
    why = "drop_remainder leaves out the rows that fill no batch."
    keras = "fit trains on the tail batch too."
    threads = ["tensorflow#41957"]

    [[tail-dropped.patches]]
    before = 'batch(problem.batch_size)'
    after = 'batch(problem.batch_size, drop_remainder=True)'

What a table leaves out is as in the file's `[defaults]`, or else as in
`Mistake`; `updates = "all"` means the lesson's own number. `quiz = "easy"`,
"medium" or "hard" has the quiz ask for it. Patches are made one after the
other, and each `before` occurs exactly once. Whole lines stand between three
quotes, indented as in the exhibit.
"""

import importlib.resources
import tomllib
from importlib.resources.abc import Traversable
from typing import Any

from compare.records import UsageError
from compare.records.json_form import from_json
from compare.records.mistakes import Mistake

FOLDER = importlib.resources.files("compare.mistakes") / "catalogue"
THEMES = (
    "updates",
    "data",
    "optimizers",
    "schedules",
    "training_loop",
    "networks",
    "models",
    "sequences",
    "gradients",
    "gan",
    "keras_fit",
    "keras_compile",
    "errors",
    "slow",
)
"""The files: silent mistakes first, then those that raise, then slow ones."""


def read(file: Traversable) -> tuple[Mistake, ...]:
    """Read the mistakes of one file, in its order.

    Raises:
        ValueError: it is not TOML, or a row has a field that is missing,
            unknown or of another type; names the file and the key.
    """
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file.name}: {error}") from error
    defaults = tables.pop("defaults", {})
    defaults["theme"] = file.name.removesuffix(".toml")
    mistakes = []
    for key, row in tables.items():
        try:
            mistakes.append(_mistake({**defaults, **row, "key": key}))
        except UsageError as error:
            raise ValueError(f"{file.name}, {key}: {error}") from error
    return tuple(mistakes)


def _mistake(row: dict[str, Any]) -> Mistake:
    """Turn a row into a record, which holds each field to its type."""
    if "patches" in row:
        row["patches"] = [_pair(patch) for patch in row["patches"]]
    if row.get("updates") == "all":
        row["updates"] = None
    return from_json(Mistake, row)


def _pair(patch: dict[str, str]) -> list[str]:
    if set(patch) != {"before", "after"}:
        raise UsageError(
            f"a patch is before and after, not {', '.join(patch)}"
        )
    return [patch["before"], patch["after"]]


CATALOGUE = tuple(
    mistake for theme in THEMES for mistake in read(FOLDER / f"{theme}.toml")
)
"""All mistakes, in the order of the files."""


def find(keys: list[str]) -> tuple[Mistake, ...]:
    """Return the mistakes of these keys, in the order of the catalogue.

    Raises:
        UsageError: there is none of a key.
    """
    known = {mistake.key for mistake in CATALOGUE}
    for key in keys:
        if key not in known:
            raise UsageError(
                f"there is no mistake {key!r}; `python -m compare mistakes` "
                "lists them"
            )
    return tuple(m for m in CATALOGUE if m.key in keys)

"""What is found out: frozen dataclasses, their JSON form, and files.

Here stand the names of modes, sides, size measures and languages, each list
once, and the error of a user's request. Importing this imports nothing heavy.
"""

from __future__ import annotations

from typing import Literal, get_args

SCHEMA_VERSION = 4

Mode = Literal["eager", "graph", "xla"]
MODES: tuple[Mode, ...] = ("eager", "graph", "xla")

Dtype = Literal["float32", "float64"]
DTYPES: tuple[Dtype, Dtype] = ("float32", "float64")

Outcome = Literal[
    "identical", "same mathematics", "different", "could not run"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""From the best to the worst."""

Side = Literal["manual", "keras"]
SIDES: tuple[Side, Side] = ("manual", "keras")

MEASURES = {
    "statements": "statements",
    "tokens": "words and signs",
    "nodes": "nodes of the syntax tree",
    "gzip_bytes": "bytes after gzip",
    "names": "distinct functions and classes called",
    "branches": "branches, loops and conditions",
    "cognitive_complexity": "cognitive complexity",
}
"""Size measure, a field of `CodeSize` -> what it counts, for people."""

LANGUAGES = ("en", "ko")
"""Of what is shown; texts are written in the first."""


class UsageError(Exception):
    """What the user asked for cannot be done; the message says what to do."""

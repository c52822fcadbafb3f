"""Where exhibits are, and their source, without importing TensorFlow."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from compare.records import Side

FOLDERS: dict[Side, str] = {"manual": "manual", "keras": "keras_impl"}


def exhibit(side: Side, lesson: str) -> str:
    """Return the reference by which a worker loads an exhibit."""
    return f"{FOLDERS[side]}.{lesson}"


def source_of(reference: str) -> str:
    """Read the file of an exhibit, referred to as `load_exhibit` takes it."""
    file, _, _ = reference.rpartition(":")
    if file and not file.startswith("compare."):
        return Path(file).read_text()
    spec = importlib.util.find_spec(file or reference)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text()

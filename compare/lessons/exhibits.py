"""Where exhibits are, and their source, without importing TensorFlow."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

from compare.records import Side

FOLDERS: dict[Side, str] = {"manual": "manual", "keras": "keras_impl"}


def exhibit(side: Side, lesson: str) -> str:
    """Return the reference by which a worker loads an exhibit."""
    return f"{FOLDERS[side]}.{lesson}"


def imports_tensorflow(reference: str) -> bool:
    """Whether an exhibit imports TensorFlow."""
    return any(
        isinstance(node, ast.Import)
        and any(name.name == "tensorflow" for name in node.names)
        for node in ast.parse(source_of(reference)).body
    )


def source_of(reference: str) -> str:
    """Read the file of an exhibit, referred to as `load_exhibit` takes it."""
    file, _, _ = reference.rpartition(":")
    if file and not file.startswith("compare."):
        return Path(file).read_text()
    spec = importlib.util.find_spec(file or reference)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text()

"""Reports and charts -> files, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from compare.json_form import to_json
from compare.records import UsageError
from compare.records.report import Report


def check_writable(folder: Path, option: str = "--out") -> None:
    """Find out before the work whether a folder can be written to.

    Args:
        folder: is made if it is not there.
        option: by which the user chose it.

    Raises:
        UsageError: it cannot; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error, option) from error


def write_report(
    report: Report, folder: Path, name: str = "report.json"
) -> Path:
    """Write a report whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written; an older report is still there.
    """
    return write_json(report, folder / name)


def write_json(record: Any, path: Path) -> Path:
    """Write a record whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written; an older file is still there.
    """
    text = json.dumps(to_json(record), allow_nan=False, separators=(",", ":"))
    write_atomically(path, text.encode())
    return path


def write_atomically(
    path: Path, content: bytes, option: str = "--out"
) -> None:
    """Write a file under another name and rename it when it is complete.

    Args:
        path: the file.
        content: all of it.
        option: by which the user chose the folder.

    Raises:
        UsageError: it cannot be written; an older file is still there.
    """
    try:
        _write(path, content)
    except OSError as error:
        raise _unwritable(path, error, option) from error


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=path.name, delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise


def _unwritable(path: Path, error: OSError, option: str) -> UsageError:
    reason = (
        "it is a file, not a folder"
        if isinstance(error, FileExistsError | NotADirectoryError)
        else error.strerror
    )
    return UsageError(
        f"cannot write to {path}: {reason}; choose another folder with "
        f"{option}"
    )

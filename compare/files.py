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

OTHER_FOLDER = "choose another folder with --out"
OTHER_NAME = "name another file"


def check_writable(folder: Path, advice: str = OTHER_FOLDER) -> None:
    """Find out before the work whether a report can be written.

    Raises:
        UsageError: it cannot; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error, advice) from error


def write_report(
    report: Report, folder: Path, name: str = "report.json"
) -> Path:
    """Write a report whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written; an older report is still there.
    """
    return write_json(report, folder / name)


def write_json(record: Any, path: Path, advice: str = OTHER_FOLDER) -> Path:
    """Write a record whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written; an older file is still there.
    """
    text = json.dumps(to_json(record), allow_nan=False, separators=(",", ":"))
    write_atomically(path, text.encode(), advice)
    return path


def read_json(path: Path) -> Any:
    """Read a file of JSON.

    Raises:
        UsageError: there is none; says why.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {error}") from error


def write_atomically(
    path: Path, content: bytes, advice: str = OTHER_FOLDER
) -> None:
    """Write a file under another name and rename it when it is complete.

    Args:
        path: the file.
        content: all of it.
        advice: what to do where it cannot be written.

    Raises:
        UsageError: it cannot be written; an older file is still there.
    """
    try:
        _write(path, content)
    except OSError as error:
        raise _unwritable(path, error, advice) from error


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


def _unwritable(path: Path, error: OSError, advice: str) -> UsageError:
    reason = (
        "it is a file, not a folder"
        if isinstance(error, FileExistsError | NotADirectoryError)
        else error.strerror
    )
    return UsageError(f"cannot write to {path}: {reason}; {advice}")

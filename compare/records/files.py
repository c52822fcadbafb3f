"""Reports and charts -> files, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compare.records import UsageError
from compare.records.json_form import to_json
from compare.records.report import Report

OTHER_FOLDER = "choose another folder with --out"
OTHER_FIGURES = "choose another folder with --figures"
OTHER_NAME = "name another file"

DESCRIPTOR = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/([0-9]{1,6})")
"""What stands for a pipe that a shell has opened, as `<(...)` does."""

LARGEST_JSON = 100 * 2**20
"""The largest report, 300 rows of 1,000 features in 6 runs, has 1.8 million
numbers of about 20 characters."""

WRITTEN: list[Path] = []
"""The files of this command, as soon as they are there."""


def check_writable(folder: Path, advice: str = OTHER_FOLDER) -> None:
    """Find out before the work whether a report can be written.

    Raises:
        UsageError: it cannot; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error, advice) from error


def check_replaceable(path: Path, advice: str = OTHER_NAME) -> None:
    """Find out before the work whether a file can be written by this name.

    Raises:
        UsageError: it cannot: a folder, a pipe or a device is there already,
            the folder above it cannot be written to, or the name is too long.
    """
    check_writable(path.parent, advice)
    try:
        with contextlib.suppress(FileNotFoundError):
            path.lstat()  # a name that no file can have is an error here
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is there and is no file: {advice}")
    except (OSError, ValueError) as error:
        raise _unwritable(path, error, advice) from error


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


def read_bytes(path: Path, advice: str, largest: int | None = None) -> bytes:
    """Read a file or what is piped in: all of it, once, without waiting.

    Args:
        path: a file, or the pipe that `/dev/stdin` and `<(...)` stand for.
        advice: what to give instead where it cannot be read.
        largest: the most bytes that make sense.

    Raises:
        UsageError: it cannot be read; says why and what to do.
    """
    try:
        about = path.stat()
        if reason := _unreadable(path, about.st_mode):
            raise UsageError(f"{path} {reason}: {advice}")
        if largest is not None and about.st_size > largest:
            raise UsageError(
                f"{path} has {about.st_size // 2**20:,} MiB, more than the "
                f"{largest // 2**20:,} that are read: {advice}"
            )
        number = _descriptor(path)
        with (
            path.open("rb")
            if number is None
            else os.fdopen(os.dup(number), "rb") as file
        ):
            return file.read()
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}: {advice}") from None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot read {path}: {why(error)}; {advice}"
        ) from error
    except (MemoryError, OverflowError) as error:
        raise UsageError(
            f"{path} is larger than this machine's memory: {advice}"
        ) from error


def _unreadable(path: Path, mode: int) -> str:
    """Say what a path is that cannot be read to its end, or ""."""
    if stat.S_ISDIR(mode):
        return "is a folder"
    if stat.S_ISREG(mode):
        return ""
    piped = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)  # ssh gives a socket
    if piped and _descriptor(path) is not None:
        return ""
    if piped:
        return "is a named pipe or a socket, and may never end"
    return "is a device, not a file"


def _descriptor(path: Path) -> int | None:
    """Return the open file that a path stands for, or None.

    It is read as it is: opened again, a pipe may wait for another writer.
    """
    match = DESCRIPTOR.fullmatch(str(path))
    return int(match[1] or 0) if match else None


def why(error: Exception) -> str:
    """Say in a few words why a path could not be used."""
    return getattr(error, "strerror", None) or str(error)


def read_json(path: Path, advice: str) -> Any:
    """Read a file of JSON.

    Raises:
        UsageError: there is none; says why.
    """
    content = read_bytes(path, advice, LARGEST_JSON)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON ({error}); {advice}") from error


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
    write_together({path: content}, advice)


def write_together(
    contents: Mapping[Path, bytes], advice: str = OTHER_FOLDER
) -> None:
    """Write files under other names; rename them when all are complete.

    Args:
        contents: path -> all of the file.
        advice: what to do where one cannot be written.

    Raises:
        UsageError: one cannot be written; older files are still there.
    """
    complete: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            if path.exists() and not path.is_file():  # /dev/null, a folder
                raise UsageError(f"{path} is there and is no file; {advice}")
            complete[path] = _written(path, content)
        for path in contents:
            complete[path].replace(path)
            del complete[path]
            WRITTEN.append(path)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error, advice) from error
    finally:
        for left in complete.values():
            left.unlink()


def _written(path: Path, content: bytes) -> Path:
    """Write a file under another name beside its own; return that."""
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=path.name[:40], delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name)


def _unwritable(path: Path, error: Exception, advice: str) -> UsageError:
    reason = (
        "it is a file, not a folder"
        if isinstance(error, FileExistsError | NotADirectoryError)
        else why(error)
    )
    return UsageError(f"cannot write to {path}: {reason}; {advice}")

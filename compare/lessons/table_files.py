"""CSV and Parquet files, compressed or piped in -> data frames."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from compare.records import UsageError, files

OTHER_TABLE = "give a CSV or Parquet file with --data"

COMPRESSED: dict[bytes, tuple[str, Callable[[Any], Any] | None]] = {
    b"\x1f\x8b": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ\0": ("xz", lzma.open),
    b"\x28\xb5\x2f\xfd": ("Zstandard", None),
    b"PK\x03\x04": ("zip", None),
    b"PK\x05\x06": ("zip", None),
    b"7z\xbc\xaf\x27\x1c": ("7z", None),
}
"""First bytes -> name, and what opens it where one file is inside."""

PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip", ".tar", ".tgz", ".7z")
"""Endings of files that are compressed, or hold others."""

LARGEST_UNPACKED = 2**32
"""4 GiB: a small file can hold more zeros than any memory."""


def read_frame(path: Path) -> pd.DataFrame:
    """Read a table as it stands there.

    Raises:
        UsageError: it cannot be read; says why and what to do.
    """
    content = files.read_bytes(path, OTHER_TABLE)
    parquet = path.suffix.lower() in (".parquet", ".pq")
    kind = "Parquet" if parquet or content.startswith(b"PAR1") else "CSV"
    try:
        content = _unpacked(path, content)
        if kind == "CSV":
            return _read_csv(content)
        return pd.read_parquet(io.BytesIO(content))
    except pd.errors.EmptyDataError as error:
        raise UsageError(
            f"{path} is empty: give a CSV file with a header line and numbers"
        ) from error
    except (MemoryError, RecursionError) as error:
        raise UsageError(
            f"{path} is too large to be read: give a smaller table"
        ) from error
    except UsageError as error:
        raise UsageError(f"{path} {error}") from error
    except Exception as error:  # pandas's and Arrow's errors have no base
        advice = "give every row as many fields as the header"
        if kind == "Parquet":
            advice = "write it again, or give a CSV file"
        elif isinstance(error, UnicodeDecodeError):
            advice = "save it as text in UTF-8"
        raise UsageError(
            f"{path} cannot be read as {kind} ({_reason(error)}): {advice}"
        ) from error


def _reason(error: Exception) -> str:
    """Return the first line of what a reader says."""
    if isinstance(error, pd.errors.ParserWarning):
        return "rows have more fields than the header"
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removeprefix("Error tokenizing data. C error: ")


def _unpacked(path: Path, content: bytes) -> bytes:
    """Return what a compressed file holds.

    Raises:
        UsageError: it is compressed in a way that is not read, or damaged,
            or holds too much.
    """
    for start, (name, opener) in COMPRESSED.items():
        if not content.startswith(start):
            continue
        if opener is None:
            raise UsageError(f"is compressed ({name}): unpack it first")
        try:
            with opener(io.BytesIO(content)) as file:
                unpacked = bytes(file.read(LARGEST_UNPACKED + 1))
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
            raise UsageError(
                f"is damaged ({name}): copy it again, or give the table "
                "uncompressed"
            ) from None
        if len(unpacked) > LARGEST_UNPACKED:
            raise UsageError(
                f"unpacks to more than {LARGEST_UNPACKED // 2**30} GiB "
                f"({name}): unpack it first, and give a smaller table"
            )
        return unpacked
    if content[257:262] == b"ustar":
        raise UsageError("is an archive (tar): unpack it first")
    if path.suffix.lower() in PACKED and content:
        raise UsageError(
            f"is not what {path.suffix} says: name it .csv, or copy it again"
        )
    return content


def _read_csv(content: bytes) -> pd.DataFrame:
    """Read a CSV file under the names of its header as they stand there."""
    if b"\0" in content:
        raise UsageError(
            "is not text in UTF-8 (it has a NUL byte): save it as UTF-8, or "
            "give a Parquet file"
        )
    with warnings.catch_warnings():
        # Rows with one field more would otherwise shift under the header.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            io.BytesIO(content),
            index_col=False,
            skipinitialspace=True,
            low_memory=False,  # a column has one type, not one per block
        )
    header = pd.read_csv(
        io.BytesIO(content),
        header=None,
        nrows=1,
        dtype=str,
        skipinitialspace=True,
    )
    names = [str(name) for name in header.iloc[0]]
    if len(names) == 1 and ";" in names[0]:
        raise UsageError(
            "seems to be separated by semicolons: save it with commas"
        )
    if len(names) == len(frame.columns):
        frame.columns = pd.Index(names)
    return frame

"""Rows as CSV files, for trainings that read them from there."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from compare.records import Dtype
from compare.records.problem import Problem

FILES = 2
"""Into how many files the rows of a lesson are divided."""


@contextlib.contextmanager
def with_files(problem: Problem) -> Iterator[Problem]:
    """Give a problem whose lesson reads or writes files a fresh folder.

    One that reads `files` finds its rows there; one that keeps a checkpoint
    in its `folder` finds it empty, unless it has one already. Any other
    problem is given back as it is. The folder is there as long as the
    context.
    """
    if "files" not in problem.hyper and problem.hyper.get("folder") != "":
        yield problem
        return
    with tempfile.TemporaryDirectory(prefix="compare-rows-") as folder:
        if "folder" in problem.hyper:
            yield problem.with_hyper(folder=folder)
            return
        files = []
        parts = np.array_split(np.arange(len(problem.x)), FILES)
        for number, rows in enumerate(parts):
            files.append(str(Path(folder) / f"rows-{number}.csv"))
            write_csv(files[-1], [(problem.x[rows], problem.y[rows])])
        yield problem.with_hyper(files=files)


def write_csv(
    path: str | Path, blocks: Iterable[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Write rows under a header; read back in their dtype, bits are the same.

    Arrow writes each number with as many digits as tell it apart.

    Args:
        path: where.
        blocks: x of shape (rows, features) and y of shape (rows, 1), written
            one after another, so that they need not be in memory together.
    """
    import pyarrow as pa
    import pyarrow.csv

    writer = None
    with contextlib.ExitStack() as stack:
        for x, y in blocks:
            columns = [*x.T, y.ravel()]
            names = [*(f"x{i}" for i in range(x.shape[1])), "y"]
            table = pa.table(
                [np.ascontiguousarray(column) for column in columns], names
            )
            if writer is None:
                writer = stack.enter_context(
                    pa.csv.CSVWriter(path, table.schema)
                )
            writer.write_table(table)


def read_csv(
    paths: Iterable[str], dtype: Dtype
) -> tuple[np.ndarray, np.ndarray]:
    """Read all rows of such files into memory.

    Returns:
        x of shape (rows, features) and y of shape (rows, 1).
    """
    import pyarrow as pa
    import pyarrow.csv

    parts = []
    for path in paths:
        with pa.csv.open_csv(path) as file:
            names = file.schema.names
        types = pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.type_for_alias(dtype))
        )
        table = pa.csv.read_csv(path, convert_options=types)
        parts.append(np.column_stack(table.columns))
    numbers = np.concatenate(parts)
    return numbers[:, :-1], numbers[:, -1:]

"""Users' tables: what is refused, and how."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compare.lessons import table_files
from compare.lessons.penguins import penguins
from compare.lessons.scaling import in_user_units
from compare.lessons.tables import read_table
from compare.records import UsageError

GOOD = "size,price\n1,10\n2,19\n3,31\n"

BAD = {
    "missing column": (GOOD, "cost", "no column 'cost'"),
    "text": ("size,price\n1,10\ntwo,19\n", "price", "'two' in data row 2"),
    "NaN": ("size,price\n1,10\n,19\n", "price", "data row 2 is missing"),
    "infinity": ("size,price\n1,10\ninf,19\n", "price", "row 2 is infinite"),
    "truth values": ("size,price\nTrue,10\nFalse,19\n", "price", "not a num"),
    "empty": ("", "price", "is empty"),
    "header only": ("size,price\n", "price", "0 rows"),
    "one row": ("size,price\n1,10\n", "price", "1 row of data"),
    "constant feature": ("size,price\n1,10\n1,19\n", "price", "constant"),
    "constant target": ("size,price\n1,10\n2,10\n", "price", "constant"),
    "no feature": ("price\n1\n2\n", "price", "no column beside"),
    "more fields than names": (
        "size,price\n1,10,5\n2,19,6\n",
        "price",
        "as many fields",
    ),
    "one name twice": ("size,y,size\n1,2,3\n2,3,5\n", "y", "rename them"),
    "target twice": ("size,y,y\n1,2,3\n2,3,5\n", "y", "rename them"),
    "semicolons": ("size;y\n1;2\n2;3\n", "y", "semicolons"),
    "too small": ("size,price\n1,1e-200\n2,2e-200\n", "price", "too small"),
    "dates": (
        "day,price\n2024-01-01,1\n2024-01-02,2\n",
        "price",
        "not a number",
    ),
    "ragged": ("size,price\n1,2\n1,2,3,4\n", "price", "cannot be read"),
    "too large": ("size,price\n1,1e300\n2,-1e300\n", "price", "too large"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused_in_one_sentence(tmp_path, case):
    """Each fault is named, with its place, in one line."""
    text, target, expected = BAD[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_table(path, target)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    """A path that is no file is named."""
    with pytest.raises(UsageError, match="there is no file"):
        read_table(tmp_path / "none.csv", "y")
    with pytest.raises(UsageError, match="is a folder"):
        read_table(tmp_path, "y")


def test_binary_rubbish_is_refused(tmp_path):
    """A file that is neither CSV nor Parquet gives a sentence."""
    for name in ("table.csv", "table.parquet"):
        (tmp_path / name).write_bytes(bytes(range(256)) * 10)
        with pytest.raises(UsageError, match="table"):
            read_table(tmp_path / name, "y")


def test_a_feature_named_twice_is_refused(tmp_path):
    """The target cannot be its own feature."""
    (tmp_path / "t.csv").write_text(GOOD)
    with pytest.raises(UsageError, match="named twice"):
        read_table(tmp_path / "t.csv", "price", ["price"])


def test_parquet_equals_csv(tmp_path):
    """Both formats give the same columns."""
    (tmp_path / "t.csv").write_text(GOOD)
    pd.read_csv(tmp_path / "t.csv").to_parquet(tmp_path / "t.parquet")
    csv = read_table(tmp_path / "t.csv", "price")
    parquet = read_table(tmp_path / "t.parquet", "price")
    np.testing.assert_array_equal(csv.x, parquet.x)
    np.testing.assert_array_equal(csv.y, parquet.y)


def test_columns_are_standardised(tmp_path):
    """Every column has mean 0 and standard deviation 1, and says so."""
    (tmp_path / "t.csv").write_text(GOOD)
    table = read_table(tmp_path / "t.csv", "price")
    for column in (table.x, table.y):
        assert column.mean() == pytest.approx(0, abs=1e-12)
        assert column.std() == pytest.approx(1)
    assert "standardised" in " ".join(map(str, table.notes))


def test_user_units_against_a_fit_of_the_raw_table():
    """Parameters in the table's units are those of a fit to raw columns."""
    table = penguins()
    design = np.column_stack([table.x, np.ones(len(table.x))])
    solution = np.linalg.lstsq(design, table.y)[0].ravel()
    fitted = in_user_units(
        {"kernel": solution[:3], "bias": solution[3:]}, table.scaling
    )
    scaling = table.scaling
    raw_x = table.x * scaling.feature_scales + scaling.feature_means
    raw_y = table.y * scaling.target_scale + scaling.target_mean
    raw = np.column_stack([raw_x, np.ones(len(raw_x))])
    direct = np.linalg.lstsq(raw, raw_y)[0].ravel()
    np.testing.assert_allclose(fitted["kernel"], direct[:3], rtol=1e-9)
    np.testing.assert_allclose(fitted["bias"], direct[3], rtol=1e-9)


def test_penguins_drop_and_count_missing_rows():
    """342 of 344 penguins have all four measurements."""
    table = penguins()
    assert table.x.shape == (342, 3)
    assert "dropped 2 of 344 rows with missing values" in map(str, table.notes)


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
        pd.to_timedelta([1, 2, 3], unit="s"),
        pd.array([True, False, True], dtype="boolean"),
        pd.array(["a", "b", "c"], dtype="category"),
    ],
    ids=["datetime", "timedelta", "nullable boolean", "category"],
)
def test_parquet_columns_that_are_no_numbers_are_refused(tmp_path, column):
    """Dates and truth values are not silently counted."""
    frame = pd.DataFrame({"feature": column, "y": [1.0, 2.0, 4.0]})
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(UsageError, match="not a number"):
        read_table(tmp_path / "t.parquet", "y")


def test_nullable_integers_are_numbers(tmp_path):
    """A gap in them is a missing value, with its row."""
    frame = pd.DataFrame({"x": pd.array([1, 2, 4], "Int64"), "y": [1, 2, 3]})
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", "y").x.shape == (3, 1)
    frame["x"] = pd.array([1, None, 4], "Int64")
    frame.to_parquet(tmp_path / "t.parquet")
    with pytest.raises(UsageError, match="data row 2 is missing"):
        read_table(tmp_path / "t.parquet", "y")


def test_other_encodings_are_refused(tmp_path):
    """Text that is not UTF-8 is told to become it."""
    (tmp_path / "t.csv").write_bytes("größe,y\n1,2\n".encode("latin-1"))
    with pytest.raises(UsageError, match="save it as text in UTF-8"):
        read_table(tmp_path / "t.csv", "y")


def test_spaces_after_commas_do_no_harm(tmp_path):
    """A header written with spaces names the same columns."""
    (tmp_path / "t.csv").write_text("a, y\n1, 2\n2, 5\n")
    assert read_table(tmp_path / "t.csv", "y").scaling.features == ("a",)


def packed(name, text):
    """Return a table as a file of this kind holds it."""
    out = io.BytesIO()
    if name == "zip":
        with zipfile.ZipFile(out, "w") as file:
            file.writestr("t.csv", text)
    elif name == "tar":
        with tarfile.open(fileobj=out, mode="w") as file:
            info = tarfile.TarInfo("t.csv")
            info.size = len(text)
            file.addfile(info, io.BytesIO(text.encode()))
    else:
        opener = {"gz": gzip, "bz2": bz2, "xz": lzma}[name].open
        with opener(out, "wb") as file:
            file.write(text.encode())
    return out.getvalue()


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_a_compressed_table_is_read_and_a_damaged_one_refused(tmp_path, kind):
    """The bytes tell, not the name: a cut file is called damaged."""
    content = packed(kind, GOOD)
    for name in (f"t.csv.{kind}", "t.csv"):
        (tmp_path / name).write_bytes(content)
        assert read_table(tmp_path / name, "price").x.shape == (3, 1)
        (tmp_path / name).write_bytes(content[:-12])
        with pytest.raises(UsageError, match="is damaged"):
            read_table(tmp_path / name, "price")


@pytest.mark.parametrize("kind", ["zip", "tar", "zst"])
def test_an_archive_is_told_to_be_unpacked(tmp_path, kind):
    """What may hold several files is not guessed at."""
    zstandard = b"\x28\xb5\x2f\xfd rest"
    content = zstandard if kind == "zst" else packed(kind, GOOD)
    (tmp_path / f"t.csv.{kind}").write_bytes(content)
    with pytest.raises(UsageError, match="unpack it first"):
        read_table(tmp_path / f"t.csv.{kind}", "price")


def test_an_ending_that_lies_is_named(tmp_path):
    """Plain text that is called .gz is not silently taken or a traceback."""
    (tmp_path / "t.csv.gz").write_text(GOOD)
    with pytest.raises(UsageError, match=r"is not what \.gz says"):
        read_table(tmp_path / "t.csv.gz", "price")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    """A small file that holds too much is refused before it fills memory."""
    monkeypatch.setattr(table_files, "LARGEST_UNPACKED", 1000)
    (tmp_path / "t.csv").write_bytes(packed("gz", "a,b\n" + "1,2\n" * 1000))
    with pytest.raises(UsageError, match="unpacks to more than"):
        read_table(tmp_path / "t.csv", "b")


def test_numbers_beyond_float_are_refused(tmp_path):
    """A whole number of 400 digits is infinite, not an OverflowError."""
    (tmp_path / "t.csv").write_text(f"a,y\n1,2\n{'9' * 400},3\n")
    with pytest.raises(UsageError, match="beyond float64"):
        read_table(tmp_path / "t.csv", "y")


def test_a_named_pipe_is_refused_and_an_open_one_read_once(tmp_path):
    """A pipe with a name could hang for ever; a shell's has its end."""
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(UsageError, match="named pipe"):
        read_table(tmp_path / "t.csv", "price")
    read, write = os.pipe()
    os.write(write, GOOD.encode())
    os.close(write)
    table = read_table(Path(f"/dev/fd/{read}"), "price")
    os.close(read)
    assert table.x.shape == (3, 1)


def test_devices_and_impossible_paths_are_refused(tmp_path):
    """Nothing is read without end; a path that cannot be is named."""
    for path, reason in (
        ("/dev/zero", "is a device"),
        ("/dev/fd/999", "there is no file"),
        ("x" * 300, "File name too long"),
        ("a\0b", "null"),
    ):
        with pytest.raises(UsageError, match=reason):
            read_table(Path(path), "y")


def test_a_folder_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    """Where even looking is forbidden, that is said."""

    def forbidden(path, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", forbidden)
    with pytest.raises(UsageError, match="Permission denied"):
        read_table(tmp_path / "t.csv", "y")


@pytest.mark.parametrize("metadata", [b"{", b"[]", b'{"columns": 3}', b"\xff"])
def test_strange_parquet_metadata_is_refused(tmp_path, metadata):
    """What pandas wrote beside the columns may be damaged."""
    table = pa.table({"a": [1.0, 2.0], "y": [1.0, 3.0]})
    table = table.replace_schema_metadata({b"pandas": metadata})
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        read_table(tmp_path / "t.parquet", "y")


def test_too_many_columns_are_refused_soon(tmp_path):
    """10,000 features would take hours; a message lists a few names only."""
    names = ",".join(f"c{i}" for i in range(10_000))
    row = ",".join("1" * 10_000)
    (tmp_path / "t.csv").write_text(f"{names}\n{row}\n{row}\n")
    with pytest.raises(UsageError, match="choose fewer with --features"):
        read_table(tmp_path / "t.csv", "c0")
    with pytest.raises(UsageError, match="and 9,988 more") as error:
        read_table(tmp_path / "t.csv", "y")
    assert len(str(error.value)) < 1000

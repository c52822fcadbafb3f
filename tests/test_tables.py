"""Users' tables: what is refused, and how."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from compare.records import UsageError
from compare.tables import in_user_units, penguins, read_table

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
    "twice": ("size,price,size\n1,2,3\n2,3,4\n", "size", "price"),
    "ragged": ("size,price\n1,2\n1,2,3,4\n", "price", "cannot be read"),
    "too large": ("size,price\n1,1e300\n2,-1e300\n", "price", "too large"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused_in_one_sentence(tmp_path, case):
    """Each fault is named, with its place, in one line."""
    text, target, expected = BAD[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    if case == "twice":  # pandas renames the second one
        assert "size.1" in read_table(path, target).scaling.features
        return
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
    assert "standardised" in " ".join(table.notes)


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
    assert "dropped 2 of 344 rows with missing values" in table.notes

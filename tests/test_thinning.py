"""What a report keeps of long runs and of large networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.judging.thinning import (
    FEWEST,
    FRAMES,
    LEADING,
    NUMBERS,
    thinned,
)


def test_of_a_small_model_every_run_keeps_as_many_rows(make_run):
    """Up to FRAMES rows, the first ones and the last among them."""
    runs = [make_run(side, updates=500) for side in ("manual", "keras")]
    kept = thinned(runs, runs)
    assert kept.updates[0] == 0
    assert kept.updates[-1] == 500
    assert [len(r.losses) for r in kept.runs] == [len(kept.updates)] * 2
    assert len(kept.updates) <= FRAMES


def networks(make_run, numbers):
    """Return three runs of so many parameters."""
    large = np.arange(21.0 * numbers, dtype="float32").reshape(21, numbers)
    return [
        replace(
            make_run(side),
            parameters={"kernel": large},
            results={"kernel": large[-1], "text": np.arange(30)},
        )
        for side in ("manual", "keras", "manual")
    ]


def test_of_a_large_network_fewer_rows_are_kept(make_run):
    """Those that are drawn keep some, the others where they began."""
    runs = networks(make_run, NUMBERS // FEWEST // 2)
    kept = thinned(runs, runs[:2])
    assert len(kept.updates) == FEWEST
    assert kept.updates[-1] == 20
    assert kept.apart is None
    assert [len(run.losses) for run in kept.runs] == [FEWEST, FEWEST, 1]
    rows = [run.parameters["kernel"].shape[0] for run in kept.runs]
    assert rows == [10, 10, 1]
    assert all("kernel" in run.results for run in kept.runs)


def test_of_a_network_that_is_too_large_parameters_are_cut(make_run):
    """Every row stays, with each array's first numbers, and the whole end."""
    numbers = NUMBERS // FEWEST // 2 + 1
    runs = networks(make_run, numbers)
    kept = thinned(runs, runs[:2])
    shapes = [run.parameters["kernel"].shape for run in kept.runs]
    assert shapes == [(21, LEADING), (21, LEADING), (1, LEADING)]
    assert kept.runs[0].results["kernel"].size == numbers
    assert set(kept.runs[2].results) == {"text"}


def test_a_difference_beyond_what_is_kept_is_still_counted(make_run):
    """Where parameters are cut the distance is that of all of them."""
    runs = networks(make_run, NUMBERS)
    other = runs[1].parameters["kernel"].copy()
    other[7, -1] = np.nextafter(other[7, -1], np.float32(np.inf))
    runs[1] = replace(runs[1], parameters={"kernel": other})
    kept = thinned(runs, runs[:2])
    assert kept.apart.tolist() == [int(row == 7) for row in range(21)]


def test_runs_of_which_none_is_drawn_keep_where_they_began(make_run):
    """Without a pair there is nothing to draw of a large network."""
    runs = networks(make_run, NUMBERS)
    kept = thinned(runs, ())
    assert [len(run.losses) for run in kept.runs] == [1, 1, 1]
    assert kept.apart is None

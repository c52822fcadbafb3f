"""What a report keeps of long runs and of large networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.judging.thinning import FEWEST, FRAMES, NUMBERS, thinned


def test_of_a_small_model_every_run_keeps_as_many_rows(make_run):
    """Up to FRAMES rows, the first ones and the last among them."""
    runs = [make_run(side, updates=500) for side in ("manual", "keras")]
    kept, short = thinned(runs, runs[:1])
    assert kept[0] == 0
    assert kept[-1] == 500
    assert [len(run.losses) for run in short] == [len(kept)] * 2
    assert len(kept) <= FRAMES


def test_of_a_large_network_fewer_rows_are_kept(make_run):
    """Those that are drawn keep some, the others where they began."""
    large = np.zeros((21, NUMBERS // FEWEST))
    runs = [
        replace(make_run(side), parameters={"kernel": large})
        for side in ("manual", "keras", "manual")
    ]
    kept, short = thinned(runs, runs[:2])
    assert len(kept) == FEWEST
    assert kept[-1] == 20
    assert [len(run.losses) for run in short] == [FEWEST, FEWEST, 1]
    assert [len(run.parameters["kernel"]) for run in short] == [10, 10, 1]

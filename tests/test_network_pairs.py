"""Pairs of networks: the verdict is right, whatever is planted.

One of each network runs by default; with NETWORK_PAIRS=all in the environment
all do, which takes many minutes.
"""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from compare.mistakes.network_pairs import PAIRS, Planted
from compare.pairs.score import pair_score, score
from compare.records.diagnosis import STAGES, Diagnosis
from compare.records.verdicts import Verdict
from compare.running.processes import Silent

TIMEOUT = 300.0
"""Seconds for one run, on a machine that does other things too."""

REPRESENTATIVE = (
    "dense_weighted/unsmoothed+new_optimizer",
    "dense_penalty",
    "dense_classifier/softmax_twice+uncorrected",
    "convolution_classifier",
    "recurrent_regression/backwards",
    "attention_regression",
)
RUN = PAIRS if os.environ.get("NETWORK_PAIRS") == "all" else REPRESENTATIVE


@pytest.mark.parametrize("key", RUN)
def test_what_is_planted_is_named(key, request):
    """The verdict is right, every cause is named, and nothing beside it."""
    if not PAIRS[key].agree:
        request.getfixturevalue("once")
    (found,) = score([PAIRS[key]], TIMEOUT, Silent()).pairs
    assert found.right
    assert all(found.named.values()), found
    assert not found.wrong


def test_there_are_enough_of_each_kind():
    """All networks and stages, one mistake and two, and harmless ones."""
    different = [pair for pair in PAIRS.values() if not pair.agree]
    assert len(different) >= 48
    assert sum(len(pair.planted) == 2 for pair in different) >= 14
    harmless = [p for p in PAIRS.values() if p.agree and p.planted]
    assert len(harmless) >= 4
    clean = [pair for pair in PAIRS.values() if not pair.planted]
    assert len(clean) >= 8
    networks = {"dense", "convolution", "recurrent", "attention"}
    assert {pair.network for pair in clean} == networks
    stages = {s for p in different for each in p.planted for s in each.stages}
    assert stages == set(STAGES)


@pytest.mark.parametrize("key", PAIRS)
def test_a_pair_is_a_file_of_two_functions(key):
    """Every patch fits, and changes a side that can still be compiled."""
    pair = PAIRS[key]
    names = compile(pair.source, key, "exec").co_names
    assert set(pair.functions) <= set(names)


def test_the_score_counts_what_is_named_and_what_is_wrong():
    """A planted cause needs its words and its stage; others are wrong."""
    planted = Planted("update: another learning rate", (), "learning.rate")
    pair = PAIRS["dense_regression/tail+learning_rate"]
    rate = SimpleNamespace(
        key="step-length", title="the learning rate is 0.05", stage="update"
    )
    assert planted.is_named(rate)
    rate.stage = "loss"
    assert not planted.is_named(rate)
    rate.stage = "update"
    other = SimpleNamespace(key="half", title="half the loss", stage="loss")
    verdict = Verdict(
        "graph", "different", (), diagnosis=Diagnosis((rate, other), (), ())
    )
    found = pair_score(pair, verdict)
    assert list(found.named.values()) == [False, True]
    assert found.wrong == ("half the loss",)

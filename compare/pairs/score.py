"""Pairs of networks with known mistakes -> how well a diagnosis does."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from compare.mistakes.network_pairs import NetworkPair
from compare.pairs.diagnosis.diagnose import diagnose
from compare.pairs.pair import Pair
from compare.pairs.runs import Sides
from compare.records.score import PairScore, Score
from compare.records.verdicts import Verdict
from compare.running.processes import Progress


def score(
    pairs: Iterable[NetworkPair], timeout: float, progress: Progress
) -> Score:
    """Check and diagnose pairs, one after the other.

    Args:
        pairs: with what is planted in each.
        timeout: seconds that one run of a side may take.
        progress: told of every process.
    """
    found = []
    for pair in pairs:
        with tempfile.TemporaryDirectory() as folder:
            sides = Sides(
                pair.write(Path(folder)),
                pair.functions,
                pair.problem,
                "graph",
                timeout,
            )
            start = time.monotonic()
            own = Pair(sides, progress)
            verdict = own.check()
            checked = time.monotonic()
            if not verdict.agree:
                told = diagnose(own, verdict, progress)
                verdict = replace(verdict, diagnosis=told)
            ended = time.monotonic() if verdict.diagnosis else checked
        found.append(
            pair_score(pair, verdict, checked - start, ended - checked)
        )
    return Score(tuple(found))


def pair_score(
    pair: NetworkPair,
    verdict: Verdict,
    verdict_seconds: float = 0.0,
    diagnosis_seconds: float = 0.0,
) -> PairScore:
    """Say which planted causes a verdict's diagnosis names."""
    found = verdict.diagnosis.causes if verdict.diagnosis else ()
    planted = () if pair.agree else pair.planted
    right = {"identical", "same mathematics"} if pair.agree else {"different"}
    return PairScore(
        pair.key,
        pair.network,
        verdict.outcome in right,
        {each.cause: any(map(each.is_named, found)) for each in planted},
        tuple(
            str(cause.title)
            for cause in found
            if not any(each.is_named(cause) for each in planted)
        ),
        verdict_seconds,
        diagnosis_seconds,
    )

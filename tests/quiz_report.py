"""A report on every mistake of the catalogue, made without TensorFlow."""

from __future__ import annotations

from dataclasses import replace

import whole_report

from compare.mistakes import CATALOGUE
from compare.mistakes.patching import diff, mutant_source
from compare.records.mistakes import LossCurve, MistakeReport, Question

RIGHT = LossCurve((0, 1, 2), (1.0, 0.5, 0.25))
WRONG = LossCurve((0, 1, 2), (1.0, 2.0, 4.0))


def made(mistake, **changes):
    """Return what a run would report of a mistake of the catalogue."""
    question = None
    if mistake.quiz:
        question = Question(mutant_source(mistake), WRONG, RIGHT)
    verdict = whole_report.PARTS_APART
    report = MistakeReport(mistake, diff(mistake), True, verdict)
    return replace(report, question=question, **changes)


def quiz_report(mistakes=CATALOGUE):
    """Return a report on these mistakes and nothing else."""
    bare = replace(
        whole_report.whole_report(), fit=None, calibration=None, peers=None,
        growth=None, streaming=None, ladder=None, lessons=(),
    )  # fmt: skip
    return replace(bare, mistakes=tuple(map(made, mistakes)))

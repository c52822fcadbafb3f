"""The page's sections on peers, streaming and the timer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compare.records import Verdict
from compare.records.calibration import Calibration, Planted, Rate
from compare.records.growth import Cell, Growth, Line
from compare.records.peers import PeerResult, Peers, PeerSample
from compare.records.streaming import Flatness, Pass, StreamCell, Streaming
from compare.records.timing import Sample
from compare.records.variants import Variant
from compare.showing.page.render import page

AGREES = Verdict("graph", "identical", "")
HOSTILE = "</script><script>hacked=1</script>"


def peer(name, kind, per_update, **others):
    """Return one implementation, timed once unless it takes 0 seconds."""
    samples = (PeerSample(1.0, 0.1, per_update, ()),) if per_update else ()
    values = {
        "reference": "r",
        "mode": "graph",
        "backend": None,
        "against": "manual (graph)",
        "verdict": AGREES,
        "note": "",
        "details": "",
        "ends": {},
        "samples": samples,
    }
    return PeerResult(name, kind, **{**values, **others})


def peers():
    """Return four that are timed and one that is another training."""
    note = "SGDRegressor updates after every row, never after all of them"
    other = Verdict("graph", "different", "they part")
    return Peers(
        "linear_regression",
        50,
        {"C compiler": "cc 1"},
        (
            peer("manual (graph)", "manual", 2e-4),
            peer("Keras on TensorFlow", "keras", 2e-2),
            peer("NumPy", "other", 2e-5),
            peer("C", "limit", 1e-8),
            peer("scikit-learn", "other", 0, verdict=other, note=note),
            peer("JAX (jit)", "other", 0, verdict=other, details=HOSTILE),
        ),
        ("Keras on JAX: JAX is not installed",),
    )


def streaming(flat=True):
    """Return both sides of one size."""
    cells = (
        StreamCell(1000, "manual", "files", None, (Pass(0.5, 0.1, 2**21),)),
        StreamCell(1000, "keras", "memory", AGREES, ()),
    )
    found = Flatness("keras", 1000, 3000, 1.03 if flat else 2.0, flat)
    return Streaming(8, 100, 500, 180_000, cells, (found,), 1.25, ())


def calibration(low=0.0, high=0.2):
    """Return rates of the same code and of a slow-down of 5 percent."""
    sample = Sample(0.1, 0.1, 0.001, ((1, 0.1),))
    return Calibration(
        (sample,) * 10,
        (Planted(0, 0, (1.0,), ()), Planted(5, 9, (1.05,), ())),
        (
            Rate(0, 5, 1, 10, low, high, 0.1),
            Rate(5, 5, 8, 10, 0.5, 0.9, 0.8),
        ),
        0.02,
        2.0,
        (),
    )


def growth():
    """Return nine variants whose costs end close together; one ends early."""
    variants = tuple(
        Variant(
            f"variant {n} {'of a long name' * (n % 2)}",
            side,
            "graph",
            "f",
            None,
            "a",
        )
        for n, side in enumerate(["manual"] * 5 + ["keras"] * 4)
    )
    line = Line("rows", 8, (100, 1000, 10000))
    cells = tuple(
        Cell(
            variant.name,
            size,
            AGREES,
            (Sample(0.1, 0.1, 10**-n + size.rows * 1e-6, ((1, 0.1),)),),
        )
        for n, variant in enumerate(variants)
        for size in line.sizes[: 2 if n == 5 else 3]
    )
    return Growth(variants, cells, (line,), (), (), 1.1, ())


def measured(report):
    """Return a report of all that is measured besides the lessons."""
    return replace(
        report,
        lessons=(),
        ladder=None,
        peers=peers(),
        streaming=streaming(),
        calibration=calibration(),
        growth=growth(),
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "All 50 updates",
                "20 ms",
                "0.01 µs",
                "reference",
                "2,000,000×",
                "never after all of them.",
                "2,000</td>",
                "1.03 times that with 1,000, so it is flat",
                "1 of 10 (0–20 %)",
                "nothing against the 5% that are promised",
                "2 (2 to 2) times as long",
                "Keras is slower.",
                "256 MiB",
            ],
        ),
        (
            "ko",
            [
                "갱신 50회",
                "직접 구현 (graph)",
                "기준",
                "SGDRegressor는 행마다 갱신하며",
                "1,000행의 1.03배이므로 일정합니다",
                "10번 중 1번(0–20 %)",
                "2(2~2)배",
            ],
        ),
    ],
)
def test_what_was_measured_is_said(small_report, language, said):
    """Figures and sentences of every section, in both languages."""
    text = page([measured(small_report)], language)
    for name in ("peers", "streaming", "calibration", "growth"):
        assert f'<section class="part" id="{name}"' in text
    assert [part for part in said if part not in text] == []
    assert "<script>hacked" not in text


def test_bad_news_is_told(small_report):
    """Memory that grows and too many false alarms are not hidden."""
    report = replace(
        measured(small_report),
        streaming=streaming(flat=False),
        calibration=calibration(low=0.06),
    )
    text = page([report], "en")
    assert "so it is NOT flat" in text
    assert "more than the 5% that are promised" in text
    calm = replace(report, calibration=calibration(high=0.04))
    assert "within the 5% that are promised" in page([calm], "en")


def test_a_page_without_lessons_has_a_heading(small_report):
    """Its title is that of its first section."""
    text = page([measured(small_report)], "en")
    assert "<title>How does the time grow?" in text
    assert text.count("<h1>") == 1

"""What is told of fit, growth, peers, streaming and calibrations."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import whole_report

from compare.judging.trends import UPPER
from compare.records import LANGUAGES
from compare.records.calibration import Rate
from compare.records.fit import PARTS
from compare.records.growth import Crossing
from compare.records.note import Note
from compare.records.peers import PeerResult, PeerSample
from compare.records.streaming import Flatness
from compare.records.timing import Ratio
from compare.records.verdicts import Verdict
from compare.showing.blocks import (
    Bars,
    Cell,
    Chart,
    Code,
    Details,
    Facts,
    Paragraph,
    Table,
)
from compare.showing.formats import seconds
from compare.showing.language import speaker
from compare.showing.telling.calibration import tell_calibration
from compare.showing.telling.fit import tell_fit
from compare.showing.telling.growth import tell_growth
from compare.showing.telling.peers import tell_peers
from compare.showing.telling.speed import tell_speed
from compare.showing.telling.streaming import tell_streaming
from compare.studies.peers.catalogue import SECOND_ORDER

HOSTILE = "[bold]{x}[/bold] <script>"
DIFFERENT = Verdict("graph", "different", (Note("because of {it}"),))
BROKEN = Verdict("graph", "could not run", (Note("it was killed"),))

KINDS = {
    "fit": (tell_fit, whole_report.fit),
    "growth": (tell_growth, whole_report.growth),
    "peers": (tell_peers, whole_report.peers),
    "streaming": (tell_streaming, whole_report.streaming),
    "calibration": (tell_calibration, whole_report.calibration),
}


def told(tell, record, language="en"):
    """Return the blocks, those that a page folds away among them."""
    blocks = []
    for block in tell(record, speaker(language)):
        blocks += [block, *(block.blocks if type(block) is Details else ())]
    return blocks


def of(kind, blocks):
    """Return the blocks of a kind."""
    return [block for block in blocks if isinstance(block, kind)]


def only(kind, blocks):
    """Return the one block of a kind."""
    (block,) = of(kind, blocks)
    return block


def paragraph(blocks, words):
    """Return the one paragraph with these words."""
    (block,) = [b for b in of(Paragraph, blocks) if words in b.text]
    return block


def text(cell):
    """Return what a field of a table holds."""
    return cell.text if isinstance(cell, Cell) else cell


def rows(block):
    """Return the rows of a table, or of bars, by their first field."""
    return {text(label): [*map(text, rest)] for label, *rest in block.rows}


def behind(bars):
    """Return what stands behind the bars, by label."""
    return {label.text: behind for label, _, behind in bars.rows}


def strings(value):
    """Yield every text in nested containers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from strings(each)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_out_is_said_as_it_is(kind):
    """A line of a user's is neither markup nor a place to fill in."""
    tell, record = KINDS[kind]
    blocks = told(tell, replace(record(), left_out=(HOSTILE,)))
    assert paragraph(blocks, HOSTILE).tone == "quiet"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_language_tells_the_same_numbers(kind, language):
    """Blocks are of the same kinds, and no text has a gap left in it."""
    tell, record = KINDS[kind]
    english = told(tell, record())
    blocks = told(tell, record(), language)
    assert [type(b) for b in blocks] == [type(b) for b in english]
    for said in strings([asdict(block) for block in blocks]):
        assert "{" not in said


# --- fit


def test_the_parts_of_an_epoch_have_times_and_shares():
    """Each part is a bar of its seconds; the whole epoch is one too."""
    report = whole_report.fit()
    parts = of(Bars, told(tell_fit, report))[0]
    assert set(PARTS.values()) < set(behind(parts))
    epoch = report.textbook.samples[0]
    for label, (bar,), share in parts.rows:
        if label.text in PARTS.values():
            assert bar.value == 1e-3
            assert share == f"{1e-3 / epoch.seconds:.0%}; 2"
    values = {label.text: bar.value for label, (bar,), _ in parts.rows}
    assert epoch.rest in values.values()
    assert {epoch.seconds, epoch.plain_seconds} < set(values.values())


def test_the_time_of_all_updates_is_told():
    """A bar is the time of as many updates as the report is about."""
    report = whole_report.fit()
    cures = of(Bars, told(tell_fit, report))[1]
    for variant, (_, (bar,), _) in zip(
        report.variants, cures.rows, strict=True
    ):
        assert bar.owner == variant.variant.side
        assert bar.value == pytest.approx(1e-3 * report.updates)


@pytest.mark.parametrize("verdict", [DIFFERENT, BROKEN])
def test_a_variant_that_does_not_agree_has_a_reason_and_no_time(verdict):
    """It has no bar, is marked, and why is said as something bad."""
    report = whole_report.fit()
    textbook, loop = report.variants
    loop = replace(loop, verdict=verdict, samples=())
    blocks = told(tell_fit, replace(report, variants=(textbook, loop)))
    label, bars, beside = of(Bars, blocks)[1].rows[1]
    assert (label.tone, bars) == ("bad", ())
    assert verdict.outcome in beside
    assert paragraph(blocks, verdict.reason).tone == "bad"


def test_the_lines_of_a_change_are_shown_as_they_are():
    """A variant with a base has its lines as code, and what they do."""
    report = whole_report.fit()
    textbook = report.variants[0]
    changed = replace(
        textbook,
        variant=replace(textbook.variant, base="plain"),
        title="say {so}",
        change=(HOSTILE, "y"),
    )
    blocks = told(tell_fit, replace(report, variants=(changed,)))
    assert only(Code, blocks) == Code(f"{HOSTILE}\ny", "python")
    assert "plain" in paragraph(blocks, "say {so}").text
    assert not of(Code, told(tell_fit, report))


def test_the_graph_optimiser_is_named_where_it_costs():
    """9 ms of opening with it and 2 without are 7 ms less."""
    report = whole_report.fit()
    (part,) = {s.parts["opening"] for s in report.textbook.samples}

    def opening(breakdown, seconds):
        return replace(
            breakdown,
            samples=tuple(
                replace(
                    sample,
                    parts={
                        **sample.parts,
                        "opening": replace(part, seconds=seconds),
                    },
                )
                for sample in breakdown.samples
            ),
        )

    breakdowns = tuple(
        opening(b, 9e-3 if b.graph_optimiser else 2e-3)
        for b in report.breakdowns
    )
    blocks = told(tell_fit, replace(report, breakdowns=breakdowns))
    assert seconds(7e-3) in paragraph(blocks, "graph optimiser").text
    assert "graph optimiser" not in str(told(tell_fit, report))


def test_the_fastest_are_compared_and_their_calls_taken_apart():
    """The ratio of both sides is 4, and a call has its three parts."""
    report = whole_report.fit()
    textbook, loop = report.variants
    quick = tuple(replace(s, per_epoch=s.per_epoch / 4) for s in loop.samples)
    variants = (textbook, replace(loop, samples=quick))
    blocks = told(tell_fit, replace(report, variants=variants))
    ratio = speaker().times(Ratio(4.0, 4.0, 4.0))
    assert ratio in paragraph(blocks, seconds(2.5e-4 * report.updates)).text
    (sample,) = report.calls[0].samples
    assert rows(only(Table, blocks))["loop"] == [
        seconds(sample.call),
        seconds(sample.updates),
        seconds(sample.around),
    ]


def test_nothing_timed_is_told_without_a_fault():
    """Without samples there are verdicts, no bars, and no fastest."""
    report = whole_report.fit()
    variants = tuple(
        replace(variant, samples=()) for variant in report.variants
    )
    empty = replace(report, breakdowns=(), calls=(), variants=variants)
    blocks = told(tell_fit, empty)
    assert all(not bars for _, bars, _ in only(Bars, blocks).rows)
    assert not of(Table, blocks)


def test_few_processes_say_how_to_get_more():
    """With fewer than an interval needs, the option is named."""
    report = whole_report.fit()
    assert "--rounds" not in str(told(tell_fit, report))
    variants = tuple(
        replace(v, samples=v.samples[:2]) for v in report.variants
    )
    assert "--rounds" in str(
        told(tell_fit, replace(report, variants=variants))
    )


# --- growth


def test_each_variant_has_its_costs_and_exponent():
    """A row per variant: times by size, and p where there is one."""
    growth = whole_report.growth()
    costs = rows(of(Table, told(tell_growth, growth))[0])
    assert costs["tape"] == ["1 ms"] * 3 + ["0.90"]
    assert costs["fit"][:3] == ["1 ms"] * 3
    assert "0" not in costs["fit"][3]
    assert str(UPPER) in told(tell_growth, growth)[0].text


@pytest.mark.parametrize(
    ("outcome", "at", "said"),
    [
        ("reached", 2000.0, ["2,000", "1,000 or more"]),
        ("never above", None, ["smallest"]),
        ("still above", None, ["not reached"]),
    ],
)
def test_where_the_gap_vanishes_is_told(outcome, at, said):
    """The ratios, and from where on they stay within the threshold."""
    growth = whole_report.growth()
    (crossing,) = growth.crossings
    crossing = replace(crossing, outcome=outcome, at=at)
    blocks = told(tell_growth, replace(growth, crossings=(crossing,)))
    table = of(Table, blocks)[1]
    assert paragraph(blocks, f"at most {growth.threshold:g} times:")
    *ratios, where = (text(row[1]) for row in table.rows)
    assert table.columns[1] == "fit\n/ tape"
    assert ratios == ["5 ±20%", "2 ±20%", "1 ±20%"]
    assert [word for word in said if word not in where] == []


def test_the_fastest_of_a_side_is_no_name_from_code():
    """It is said in words, while the names of variants stay as they are."""
    growth = whole_report.growth()
    line = growth.lines[0]
    best = Crossing(
        "fastest keras", "fastest manual", line,
        ((100, Ratio(2.0, None, None)),), "still above", None, None, None,
    )  # fmt: skip
    crossings = (*growth.crossings, best)
    blocks = told(tell_growth, replace(growth, crossings=crossings))
    names = of(Table, blocks)[1].columns[1:]
    assert names == ("fit\n/ tape", "fastest\nin Keras\n/ fastest\nby hand")


def test_a_variant_that_is_different_has_no_cost_and_says_why():
    """No time stands in the table or the chart; size and reason are told."""
    growth = whole_report.growth()
    first, *rest = growth.cells
    spoilt = replace(first, verdict=DIFFERENT, samples=())
    blocks = told(tell_growth, replace(growth, cells=(spoilt, *rest)))
    told_why = paragraph(blocks, DIFFERENT.reason)
    assert "100 x 1" in told_why.text and told_why.tone == "bad"
    assert rows(of(Table, blocks)[0])["tape"][0] == "–"
    assert only(Chart, blocks).scene["ways"][0]["costs"][0] is None
    assert f"{len(rest)} identical, 1 different" in str(blocks)


def test_the_chart_of_growth_can_be_written_as_json():
    """Its scene holds all variants and sizes; the legend names them."""
    growth = whole_report.growth()
    chart = only(Chart, told(tell_growth, growth))
    scene = json.loads(json.dumps(chart.scene, allow_nan=False))
    assert scene["values"] == [100, 1000, 10_000]
    assert [way["keras"] for way in scene["ways"]] == [False, True]
    assert [way["name"] for way in scene["ways"]] == [*chart.keys]


# --- peers


def result(name, kind, per_update, **more):
    """Return a result that was timed in six processes of equal times."""
    sample = PeerSample(1.0, 0.5, per_update, ((1, 0.5), (8, 1.0)))
    values = {
        "reference": "file.py",
        "mode": "graph",
        "backend": None,
        "against": "loop",
        "verdict": whole_report.SAME,
        "note": "",
        "details": "",
        "ends": {},
        "samples": (sample,) * 6,
    }
    return PeerResult(name, kind, **{**values, **more})


def peers(*results):
    """Return a loop by hand in 0.2 ms, Keras in 30 ms, C in 20 ns, more."""
    return replace(
        whole_report.peers(),
        results=(
            result("loop", "manual", 2e-4),
            result("Keras", "keras", 3e-2, backend="tensorflow"),
            result("C", "limit", 2e-8),
            *results,
        ),
    )


def test_peers_come_slowest_first_with_their_ratio_to_the_limit():
    """The last has no time; the loop that all equal is the reference."""
    late = result("late", "other", 0.0, verdict=DIFFERENT, samples=())
    bars = only(Bars, told(tell_peers, peers(late)))
    assert [*behind(bars)] == ["Keras", "loop", "C", "late"]
    assert bars.rows[0][1][0].value == 3e-2
    assert set(bars.owners) == {"manual", "keras", "limit"}
    ratio = speaker().times(Ratio(1.5e6, 1.5e6, 1.5e6))
    assert behind(bars)["Keras"] == f"{ratio}; identical"
    assert behind(bars)["loop"].endswith("; reference")
    assert bars.rows[-1][1] == ()


def test_what_comes_before_the_updates_is_told():
    """Import and first call of all that is timed, and of nothing else."""
    late = result("late", "other", 0.0, verdict=DIFFERENT, samples=())
    table = only(Table, told(tell_peers, peers(late)))
    assert rows(table) == {
        name: ["1 s", "500 ms"] for name in ("Keras", "loop", "C")
    }


@pytest.mark.parametrize(
    ("per_update", "ratio", "word"),
    [(1e-3, 30.0, "fast"), (9e-2, 3.0, "long")],
)
def test_what_another_backend_makes_of_keras_is_told(per_update, ratio, word):
    """The variable, and how many times as fast or as long."""
    jax = result("Keras, JAX", "keras", per_update, backend="jax")
    said = paragraph(told(tell_peers, peers(jax)), "KERAS_BACKEND=jax").text
    times = speaker().times(Ratio(ratio, ratio, ratio))
    assert f"{times} times as {word}" in said
    assert seconds(per_update) in said and "30 ms" in said


def test_a_time_that_is_noise_gives_no_ratio():
    """A median below 0 is said, and divided by nothing."""
    odd = result("odd", "keras", -1e-6, backend="jax")
    blocks = told(tell_peers, peers(odd))
    assert "too noisy to tell" in behind(only(Bars, blocks))["odd"]
    assert "KERAS_BACKEND" not in str(blocks)


def test_a_peer_that_fails_says_what_it_printed_last():
    """What is known, why, and the last lines as they came."""
    lines = [f"line {n} {HOSTILE}" for n in range(9)]
    broken = result(
        "broken", "other", 0.0, verdict=BROKEN, samples=(),
        note="known {before}", details="\n".join(lines),
    )  # fmt: skip
    blocks = told(tell_peers, peers(broken))
    said = paragraph(blocks, BROKEN.reason)
    assert said.tone == "bad" and "known {before}" in said.text
    assert only(Code, blocks).text.splitlines() == lines[3:]


def test_the_second_order_of_a_dataset_is_explained_where_it_is_used():
    """It is said only where something was compared with it."""
    torch = result("Keras", "keras", 1e-3, against=SECOND_ORDER)
    assert paragraph(told(tell_peers, peers(torch)), "second of its shuffled")
    assert "shuffled" not in str(told(tell_peers, peers()))


def test_where_trainings_end_is_told_once_for_all_that_end_alike():
    """Two that end at the same value share a sentence."""
    found = whole_report.peers()
    said = paragraph(told(tell_peers, found), "kernel 1.0").text
    assert str(len(found.results)) in said
    assert only(Facts, told(tell_peers, found)).items == (("jax", "1"),)


# --- streaming


def test_speed_and_memory_are_told_by_rows():
    """1,000 rows in 0.3 s are 3,333 a second, in 32 MiB."""
    streaming = whole_report.streaming()
    table = only(Table, told(tell_streaming, streaming))
    shown = [[text(cell) for cell in row] for row in table.rows]
    assert len(shown) == len(streaming.cells)
    assert shown[0][0] == "1,000"
    assert shown[0][3:6] == ["3,333", "100 ms", "32 MiB"]


def test_a_pass_that_is_different_is_bad_and_says_why():
    """Its row has no numbers where nothing ran."""
    streaming = whole_report.streaming()
    first, second, *rest = streaming.cells
    first = replace(first, verdict=None)
    second = replace(second, verdict=BROKEN, passes=())
    cells = (first, second, *rest)
    blocks = told(tell_streaming, replace(streaming, cells=cells))
    row = only(Table, blocks).rows[1]
    assert row[3:6] == ("–",) * 3
    assert row[-1] == Cell("could not run", "bad")
    assert only(Table, blocks).rows[0][-1].text == "reference"
    said = paragraph(blocks, BROKEN.reason)
    assert said.tone == "bad" and "1,000" in said.text


@pytest.mark.parametrize(
    ("ratio", "flat", "tone"), [(1.02, True, "plain"), (9.0, False, "bad")]
)
def test_memory_that_grows_is_bad_news(ratio, flat, tone):
    """The ratio, both sizes and the limit stand in the sentence."""
    streaming = replace(
        whole_report.streaming(),
        flatness=(Flatness("keras", 1000, 3000, ratio, flat),),
    )
    said = paragraph(told(tell_streaming, streaming), f"{ratio:.2f}")
    assert said.tone == tone
    assert ("NOT" in said.text) == (not flat)
    for number in ("1,000", "3,000", "1.25"):
        assert number in said.text


# --- calibration


@pytest.mark.parametrize(
    ("percent", "low", "high", "words", "tone"),
    [
        (0, 0.0, 0.04, "at most 5%. Kept", "plain"),
        (0, 0.06, 0.2, "at most 5%. Missed", "bad"),
        (0, 0.0, 0.2, "at most 5%. Nothing against it", "plain"),
        (2, 0.91, 0.99, "at least 90%. Kept", "plain"),
        (2, 0.5, 0.89, "at least 90%. Missed", "bad"),
        (5, 0.9, 1.0, "at least 99%. Nothing against it", "plain"),
    ],
)
def test_a_promise_is_judged_by_its_interval(percent, low, high, words, tone):
    """Kept, missed, or not known."""
    calibration = replace(
        whole_report.calibration(),
        rates=(Rate(percent, 6, 1, 20, low, high, 0.05),),
    )
    said = paragraph(told(tell_calibration, calibration), words)
    assert said.tone == tone and "5.0%" in said.text


def test_promises_are_held_to_experiments_of_twenty_seconds():
    """Of 6, 12 and 24 processes of 1.2 s each the second is asked."""
    rates = tuple(Rate(0, n, 0, 20, 0.0, 0.2, 0.0) for n in (6, 12, 24))
    calibration = replace(whole_report.calibration(), rates=rates)
    blocks = told(tell_calibration, calibration)
    assert "12 processes" in paragraph(blocks, "Nothing against it").text


def test_what_the_timer_found_is_told_by_processes_and_slow_down():
    """1 of 20 with its interval, the time spent, and the steadier share."""
    calibration = whole_report.calibration()
    found = of(Table, told(tell_calibration, calibration))[1]
    assert "5%" in found.columns[3]
    assert [[text(cell) for cell in row[1:]] for row in found.rows] == [
        ["7.2 s", "1 of 20 (0–20)", "1 of 20 (0–20)"],
        ["", "5%", "5%"],
    ]


@pytest.mark.parametrize(
    ("alone", "words", "tone"),
    [(8e-2, "no difference beyond", "plain"), (9e-2, "these differ", "bad")],
)
def test_sharing_a_process_is_compared_with_processes_apart(
    alone, words, tone
):
    """80 times together; apart the same, or 90 times."""
    calibration = replace(whole_report.calibration(), keras_alone=(alone,) * 6)
    said = paragraph(told(tell_calibration, calibration), words)
    assert said.tone == tone
    assert speaker().times(Ratio(80, 80, 80)) in said.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happens_once_is_told_where_no_update_was_timed(language):
    """Building is; what a first epoch has besides its updates is not known."""
    lesson = whole_report.lesson("linear_regression")
    starts = tuple(replace(t, updates=()) for t in lesson.timings)
    *_, details = tell_speed(
        replace(lesson, timings=starts, paired=()),
        whole_report.environment(),
        speaker(language),
    )
    (bars,) = (block for block in details.blocks if isinstance(block, Bars))
    assert [len(both) for _, both, _ in bars.rows] == [2, 2]
    assert all(bar.value == 0.001 for _, both, _ in bars.rows for bar in both)

"""Tell where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from compare.judging.fit import graph_optimiser
from compare.judging.fit import rows as rows_of
from compare.records.fit import Breakdown, FitReport, VariantReport
from compare.showing.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Code,
    Details,
    Heading,
    Paragraph,
    Table,
)
from compare.showing.formats import seconds, spread
from compare.showing.language import Speaker
from compare.showing.telling.common import (
    bar,
    bar_row,
    how_timed,
    left_out,
    outcome_cell,
    reason,
    times,
)

TEXTBOOK = "keras textbook"
"""The variant that all others are compared with."""


def tell_fit(report: FitReport, speaker: Speaker) -> Iterator[Block]:
    """Tell an epoch's parts, the cures, and how close Keras can come."""
    if report.textbook:
        yield from _epoch(report, report.textbook, speaker)
    yield from _cures(report, speaker)
    yield from _changes(report, speaker)
    yield from _limit(report, speaker)
    yield from left_out(report.left_out, speaker)


def _epoch(
    report: FitReport, breakdown: Breakdown, speaker: Speaker
) -> Iterator[Block]:
    """Tell the parts of an epoch of the textbook `fit`."""
    yield speaker.paragraph(
        "One epoch of the textbook `fit` ({mode}), by what it is spent on; of "
        "nested parts the inner one gets its time.",
        "lead",
        mode=breakdown.mode,
    )
    yield _parts(breakdown, speaker)
    mean = speaker.say(
        "A process gives the mean of {epochs} epochs.", epochs=breakdown.epochs
    )
    timed = how_timed([breakdown.samples], speaker, ranges=True)
    yield Paragraph(" ".join([*timed, mean]), "quiet")
    optimiser = graph_optimiser(report)
    if optimiser:
        yield speaker.paragraph(
            "Opening takes {time} less with TensorFlow's graph optimiser "
            "switched off, which works anew on the functions of every "
            "iterator.",
            time=seconds(optimiser),
        )
    loop = report.find(f"manual {breakdown.mode}")
    if loop and loop.samples:
        yield speaker.paragraph(
            "For contrast: an update of the loop by hand ({mode}) takes "
            "{time}.",
            mode=breakdown.mode,
            time=spread(loop.per_update),
        )


def _parts(breakdown: Breakdown, speaker: Speaker) -> Bars:
    rows: list[tuple[str, list[float], str]] = []
    for row in rows_of(breakdown):
        calls = "" if row.calls is None else f"; {row.calls:.3g}"
        label = speaker.gettext(row.title)
        rows.append((label, row.seconds, f"{row.share:.0%}{calls}"))
    samples = breakdown.samples
    whole = [sample.seconds for sample in samples]
    rows.append((speaker.say("the epoch, with timers"), whole, "100%"))
    plain = [sample.plain_seconds for sample in samples]
    rows.append((speaker.say("an epoch without timers"), plain, ""))
    return Bars(
        title=speaker.say("time per epoch"),
        owners={"keras": speaker.side("keras")},
        rows=tuple(
            (Cell(label), (bar("keras", times),), behind)
            for label, times, behind in rows
        ),
        note=speaker.say("share; calls"),
    )


def _cures(report: FitReport, speaker: Speaker) -> Iterator[Block]:
    """Tell the time of every variant, and whether it is the same training."""
    yield Heading(speaker.say("What cures it?"))
    yield speaker.paragraph(
        "The same training, written otherwise. Each variant was compared with "
        "the one by hand that is compiled alike, trained anew for {updates} "
        "updates. A time is that of a training that is under way, without the "
        "first call.",
        updates=", ".join(f"{n:,}" for n in report.compared_after),
    )
    yield Bars(
        title=speaker.count(
            "time of {count} update", "time of {count} updates", report.updates
        ),
        owners=speaker.sides,
        rows=tuple(_row(report, timed, speaker) for timed in report.variants),
        note=speaker.say("textbook / variant; verdict"),
        scale="logarithmic",
    )
    groups = (variant.samples for variant in report.variants)
    timed = how_timed(groups, speaker, ranges=True, option="--rounds")
    yield Paragraph(" ".join(timed), "quiet")
    for judged in report.variants:
        if judged.verdict.outcome != "identical":
            subject = speaker.say(
                "`{name}` against `{other}`",
                name=judged.name,
                other=judged.variant.against,
            )
            yield reason(subject, judged.verdict, speaker)


def _row(
    report: FitReport, timed: VariantReport, speaker: Speaker
) -> tuple[Cell, tuple[Bar, ...], str]:
    outcome = outcome_cell(timed.verdict, speaker)
    label = Cell(
        timed.name, "plain" if timed.verdict.agree else "bad", name=True
    )
    book, ratio = report.find(TEXTBOOK), ""
    if book and book is not timed and book.samples and timed.samples:
        ratio = times(timed.per_update, book.per_update, speaker)
    seconds_in_all = [each * report.updates for each in timed.per_update]
    behind = ratio, outcome.text
    return bar_row(label, timed.variant.side, seconds_in_all, behind, speaker)


def _changes(report: FitReport, speaker: Speaker) -> Iterator[Details]:
    """Show the lines by which a variant differs from its base."""
    blocks: list[Block] = []
    for shown in report.variants:
        if shown.variant.base:
            text = speaker.say(
                "`{base}` → `{name}`: {what}",
                base=shown.variant.base,
                name=shown.name,
                what=speaker.gettext(shown.title),
            )
            blocks += Paragraph(text), Code("\n".join(shown.change), "python")
    if blocks:
        yield Details(speaker.say("Which lines?"), tuple(blocks))


def _limit(report: FitReport, speaker: Speaker) -> Iterator[Block]:
    """Tell the fastest variants, and what their calls consist of."""
    manual, keras = report.fastest("manual"), report.fastest("keras")

    def in_all(variant: VariantReport) -> str:
        return seconds(statistics.median(variant.per_update) * report.updates)

    if manual and keras:
        yield Heading(speaker.say("How close can Keras come?"))
        yield speaker.paragraph(
            "For {updates} updates the fastest by hand, `{manual}`, takes "
            "{short}, the fastest in Keras, `{keras}`, {long}; Keras / by "
            "hand: {times}.",
            updates=f"{report.updates:,}",
            manual=manual.name,
            keras=keras.name,
            short=in_all(manual),
            long=in_all(keras),
            times=times(manual.per_update, keras.per_update, speaker),
        )
    if report.calls:
        rows = (
            (
                Cell(cost.variant, name=True),
                spread([sample.call for sample in cost.samples]),
                spread([sample.updates for sample in cost.samples]),
                spread([sample.around for sample in cost.samples]),
            )
            for cost in report.calls
        )
        heads = speaker.heads(
            "a call of", "for one update", "the others", "around it"
        )
        title = speaker.say("What a call consists of")
        yield Table(title, heads, tuple(rows))
        yield speaker.paragraph(
            "The compiled function called for one update; what it takes "
            "longer for {updates}; and Python from its end to its next call.",
            "quiet",
            updates=f"{report.calls[0].updates_per_call:,}",
        )

"""Tell what an update costs, by rows and features."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from compare.judging.trends import UPPER, Costs, costs_of
from compare.records import OUTCOMES
from compare.records.growth import Crossing, Growth, Line
from compare.records.note import marked
from compare.records.timing import Ratio
from compare.showing.blocks import (
    Block,
    Cell,
    Chart,
    Heading,
    Paragraph,
    Table,
)
from compare.showing.formats import digits, seconds
from compare.showing.language import Speaker
from compare.showing.telling.common import (
    NOTHING,
    how_timed,
    left_out,
    reason,
)
from compare.studies.grow.study import COMPARED_AFTER

FASTEST = marked(
    {
        "fastest keras": "fastest in Keras",
        "fastest manual": "fastest by hand",
    }
)
"""What `Crossing` calls those that are no variant but the best of a side."""


def tell_growth(growth: Growth, speaker: Speaker) -> Iterator[Block]:
    """Tell costs, exponents and crossings, line by line."""
    yield speaker.paragraph(
        "The time of one update, by the size of the table; p is that of "
        "time = c · size ^ p at the {sizes} largest sizes: 0 is overhead that "
        "no row adds to, 1 is work on every number.",
        "lead",
        sizes=UPPER,
    )
    yield from _verdicts(growth, speaker)
    costs = costs_of(growth.cells)
    for line in growth.lines:
        yield Heading(_title(line, speaker))
        yield _chart(growth, line, costs, speaker)
        yield _times(growth, line, costs, speaker)
        yield from _ratios(growth, line, speaker)
    timed = how_timed((cell.samples for cell in growth.cells), speaker)
    text = speaker.say(
        "All variants of a table take turns in the same processes. A time is "
        "that of updates of a training that is under way, so that start and "
        "compilation are not in it. Behind ± stands how far the interval "
        "of a ratio reaches. The size from which on Keras takes at most "
        "{limit} times as long is interpolated between sizes, and between the "
        "ends of the intervals in brackets; beyond the sizes that were "
        "measured nothing is said.",
        limit=f"{growth.threshold:g}",
    )
    yield Paragraph(" ".join([*timed, text]), "quiet")
    yield from left_out(growth.left_out, speaker)


def _verdicts(growth: Growth, speaker: Speaker) -> Iterator[Paragraph]:
    """Tell whether each variant at each size is the same training."""
    counts = Counter[str](cell.verdict.outcome for cell in growth.cells)
    outcomes = [
        speaker.say(
            "{count} {outcome}",
            count=f"{counts[outcome]:,}",
            outcome=speaker.gettext(outcome),
        )
        for outcome in OUTCOMES
        if counts[outcome]
    ]
    yield speaker.paragraph(
        "The same training? Each variant at each size was compared with the "
        "one by hand that is compiled alike, after {updates} updates: "
        "{outcomes}.",
        updates=", ".join(f"{n:,}" for n in COMPARED_AFTER),
        outcomes=", ".join(outcomes),
    )
    for cell in growth.cells:
        if not cell.verdict.agree:
            subject = speaker.say(
                "Not timed: `{name}` on {rows} x {features}",
                name=cell.variant,
                rows=f"{cell.size.rows:,}",
                features=f"{cell.size.features:,}",
            )
            yield reason(subject, cell.verdict, speaker)


def _title(line: Line, speaker: Speaker) -> str:
    if line.axis == "rows":
        return speaker.count(
            "Rows grow, with {count} feature",
            "Rows grow, with {count} features",
            line.fixed,
        )
    return speaker.count(
        "Features grow, on {count} row",
        "Features grow, on {count} rows",
        line.fixed,
    )


def _chart(
    growth: Growth, line: Line, costs: Costs, speaker: Speaker
) -> Chart:
    return Chart(
        kind="growth",
        label=speaker.say(
            "The time of one update by the size of the table, both on "
            "logarithmic scales, a line for each variant; the table below has "
            "the numbers."
        ),
        scene={
            "label": speaker.gettext(line.axis),
            "values": line.values,
            "ways": [
                {
                    "name": variant.name,
                    "keras": variant.side == "keras",
                    "fused": variant.fused,
                    "costs": [
                        costs.get((variant.name, s)) for s in line.sizes
                    ],
                }
                for variant in growth.variants
            ],
        },
        keys=tuple(variant.name for variant in growth.variants),
        note=speaker.say(
            "Hollow marks: Keras. Dashed lines: many updates per call."
        ),
    )


def _times(
    growth: Growth, line: Line, costs: Costs, speaker: Speaker
) -> Table:
    exponents = {
        e.variant: e.value for e in growth.exponents if e.line == line
    }
    rows: list[tuple[str | Cell, ...]] = []
    for variant in growth.variants:
        spent = (costs.get((variant.name, size)) for size in line.sizes)
        shown = (NOTHING if s is None else seconds(s) for s in spent)
        power = exponents.get(variant.name)
        told = NOTHING if power is None else f"{round(power, 2) + 0.0:.2f}"
        rows.append((Cell(variant.name, name=True), *shown, told))
    sizes = (f"{value:,}" for value in line.values)
    heads = (speaker.say("per update"), *sizes, "p")
    return Table(_title(line, speaker), heads, tuple(rows))


def _ratios(
    growth: Growth, line: Line, speaker: Speaker
) -> Iterator[Paragraph | Table]:
    """Tell where along a line Keras comes near the loop by hand."""
    crossings = [c for c in growth.crossings if c.line == line]
    if not crossings:
        return
    title = speaker.say(
        "How many times as long, and from where on at most {limit} times:",
        limit=f"{growth.threshold:g}",
    )
    yield Paragraph(title)
    rows = []
    for value in line.values:
        found = (dict(crossing.ratios).get(value) for crossing in crossings)
        shown = (_short(ratio) if ratio else NOTHING for ratio in found)
        rows.append((f"{value:,}", *shown))
    ends = (_from_where(crossing, speaker) for crossing in crossings)
    rows.append((speaker.say("from where on"), *ends))
    names = (_named(crossing, speaker) for crossing in crossings)
    yield Table(title, (speaker.gettext(line.axis), *names), tuple(rows))


def _named(crossing: Crossing, speaker: Speaker) -> str:
    """Name what is compared, on lines that a terminal has room for."""
    names = crossing.variant, crossing.against
    said = (speaker.gettext(FASTEST.get(name, name)) for name in names)
    return "\n/ ".join(name.replace(" ", "\n", 1) for name in said)


def _short(ratio: Ratio) -> str:
    """Show a ratio, and how far its interval reaches on its wider side."""
    value = digits(ratio.value)
    if ratio.low is None or ratio.high is None:
        return value
    reach = max(ratio.high / ratio.value, 2 - ratio.low / ratio.value) - 1
    return f"{value} ±{math.ceil(100 * reach)}%"


def _from_where(crossing: Crossing, speaker: Speaker) -> str:
    """Say from which size on the ratio stays within the threshold."""
    at, low, high = (
        None if size is None else f"{float(f'{size:.2g}'):,.0f}"
        for size in (crossing.at, crossing.low, crossing.high)
    )
    if at is None:
        if crossing.outcome == "never above":
            return speaker.say("the smallest")
        return speaker.say("not reached")
    if low and high:
        return f"{at} ({low}–{high})"
    if low:
        return speaker.say("{at} ({low} or more)", at=at, low=low)
    if high:
        return speaker.say("{at} ({high} or less)", at=at, high=high)
    return at

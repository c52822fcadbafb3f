"""What is told of what each feature costs."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records import MEASURES, SIDES, Side
from compare.records.findings import CodeSize
from compare.records.ladder import Ladder, Rung
from compare.showing.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Facts,
    Paragraph,
    Table,
)
from compare.showing.language import Speaker
from compare.showing.telling.common import size_bars
from compare.studies.ladder import (
    ALL_AT_ONCE,
    FIRST,
    by_size,
    from_short_to_long,
    whether_it_grows,
)


def tell_ladder(
    ladder: Ladder, speaker: Speaker, measure: str = "statements"
) -> Iterator[Block]:
    """Tell what each feature adds on both sides, and the sum's check.

    Args:
        ladder: every feature.
        speaker: who says it.
        measure: a field of `CodeSize`.
    """
    manual, keras = _sizes(ladder.first, measure)
    yield speaker.paragraph(
        "Each feature is a lesson that adds it to a simpler one; its cost "
        "is what the code grows by, in {measure}. The first lesson, "
        "`{lesson}`, has {manual} by hand and {keras} in Keras.",
        "lead",
        measure=speaker.gettext(MEASURES[measure]),
        lesson=FIRST,
        manual=manual,
        keras=keras,
    )
    yield Bars(
        speaker.say("adds"),
        speaker.sides,
        tuple(_added(rung, measure) for rung in ladder.rungs),
        note=speaker.say("Keras writes"),
    )
    yield _bases(ladder, speaker)
    yield _sums(ladder, measure, speaker)
    yield from _sum_check(ladder, measure, speaker)
    yield Paragraph(speaker.note(whether_it_grows(ladder)))
    yield _whole(ladder, measure, speaker)
    yield Paragraph(speaker.note(from_short_to_long(ladder, measure)))
    yield from _dearer(ladder, speaker)


def _sizes(sizes: dict[Side, CodeSize], measure: str) -> tuple[int, int]:
    """Return the size by hand and that in Keras."""
    manual, keras = (int(getattr(sizes[side], measure)) for side in SIDES)
    return manual, keras


def _added(rung: Rung, measure: str) -> tuple[Cell, tuple[Bar, ...], str]:
    manual, keras = _sizes(rung.added, measure)
    bars = size_bars({"manual": manual, "keras": keras}, "+")
    return Cell(rung.lesson, name=True), bars, f"{manual - keras:+}"


def _whole(ladder: Ladder, measure: str, speaker: Speaker) -> Bars:
    """Tell how long every lesson is, the shortest by hand first."""
    return Bars(
        speaker.say("whole lessons"),
        speaker.sides,
        tuple(
            (
                Cell(lesson, name=True),
                size_bars(sizes),
                f"{sizes['keras'] / sizes['manual']:.2f}",
            )
            for lesson, sizes in by_size(ladder, measure)
            if sizes["manual"]
        ),
        note=speaker.say("Keras / by hand"),
    )


def _bases(ladder: Ladder, speaker: Speaker) -> Facts:
    """Tell to which lesson each feature is added."""
    built: dict[str, list[str]] = {}
    for rung in ladder.rungs:
        built.setdefault(rung.base, []).append(rung.lesson)
    return Facts(
        tuple(
            (speaker.say("On top of {lesson}", lesson=base), ", ".join(names))
            for base, names in built.items()
        )
    )


def _sums(ladder: Ladder, measure: str, speaker: Speaker) -> Table:
    """Add up the features that one lesson has at once."""
    written = speaker.say("`{lesson}`, as written", lesson=ALL_AT_ONCE)
    sums = {
        f"`{FIRST}`": ladder.first,
        **{f"`{r.lesson}`": r.running for r in ladder.rungs if r.counted},
        written: ladder.whole,
    }
    return Table(
        speaker.say("The features added up"),
        speaker.heads("lesson", "sum by hand", "sum in Keras"),
        tuple(
            (label, *map(str, _sizes(sizes, measure)))
            for label, sizes in sums.items()
        ),
    )


def _sum_check(
    ladder: Ladder, measure: str, speaker: Speaker
) -> Iterator[Paragraph]:
    """Say how far the sum of the features is from the lesson with all."""
    last = [rung for rung in ladder.rungs if rung.counted][-1]
    totals = _sizes(last.running, measure)
    wholes = _sizes(ladder.whole, measure)
    values: dict[str, object] = {"lesson": ALL_AT_ONCE}
    for side, total, whole in zip(SIDES, totals, wholes, strict=True):
        gap = f" ({whole / total - 1:+.0%})" if total else ""
        values |= {f"{side}_sum": total, side: f"{whole}{gap}"}
    yield speaker.paragraph(
        "The features that `{lesson}` has at once, these and no others, add "
        "up to {manual_sum} by hand and {keras_sum} in Keras; it is written "
        "in {manual} and {keras}.",
        **values,
    )
    if wholes[0] < totals[0]:
        yield speaker.paragraph(
            "That is less by hand than the sum: what two features both "
            "need is counted twice there, and written once."
        )


def _dearer(ladder: Ladder, speaker: Speaker) -> Iterator[Block]:
    """Name the features and measures where Keras costs more."""
    rows = []
    for rung in ladder.rungs:
        measures = [
            speaker.gettext(name)
            for measure, name in MEASURES.items()
            if getattr(rung.added["keras"], measure)
            > getattr(rung.added["manual"], measure)
        ]
        if measures:
            rows.append((Cell(rung.lesson, name=True), "; ".join(measures)))
    if rows:
        yield Table(
            speaker.say("Where Keras costs more"),
            speaker.heads("Keras costs more in", "measured in"),
            tuple(rows),
        )
    else:
        yield speaker.paragraph(
            "By every measure every feature costs less in Keras."
        )

"""What is told of a lesson's speed."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from compare.judging import ratios
from compare.records import SIDES, Mode, Side
from compare.records.note import marked
from compare.records.report import Environment, LessonReport
from compare.records.timing import Opening, Ratio, Timing
from compare.showing.blocks import Bar, Bars, Block, Cell, Details, Paragraph
from compare.showing.formats import digits, mebibytes, seconds
from compare.showing.language import Speaker
from compare.showing.telling.common import bar, left_out, too_few

NOISY = 0.1
"""Noise floor from which the reader is warned."""

NOTABLE = 1.05
"""Ratio below which no one speaks of so many times faster."""

WORTH_A_REASON = 0.2
"""Share of an epoch from which opening iterators explains its length."""

NOT_TIMED = marked(
    {
        "different": "Not timed: {modes}, because two trainings that are not "
        "the same have no common speed.",
        "could not run": "Not timed: {modes}, because what could not run has "
        "none.",
    }
)


def tell_speed(
    lesson: LessonReport, environment: Environment, speaker: Speaker
) -> Iterator[Block]:
    """Show times, ratios, and why; or say why there are none."""
    yield from left_out(lesson.left_out, speaker)
    for outcome, text in NOT_TIMED.items():
        modes = [v.mode for v in lesson.verdicts if v.outcome == outcome]
        if modes:
            yield speaker.paragraph(text, modes=", ".join(modes))
    timed = [t for t in lesson.timings if t.starts or t.updates]
    if not timed:
        if lesson.workers > 1:
            yield speaker.paragraph(
                "Not timed: processes of a cluster train only once."
            )
        return
    found = ratios_of(lesson)
    if found:
        yield Paragraph(say_speed(found, speaker), "lead")
    for text in say_why_slow(lesson, speaker):
        yield Paragraph(text)
    exactly = (
        *(Paragraph(say_ratio(m, r, speaker)) for m, r in found.items()),
        *_phases(timed, speaker),
        *_break_evens(lesson, speaker),
        *_noise(lesson, speaker),
        *_conditions(lesson, timed, environment, speaker),
    )
    yield Details(speaker.say("How exactly?"), exactly)


def ratios_of(lesson: LessonReport) -> dict[Mode, Ratio]:
    """Return the ratio of the speeds in each mode where there is one."""
    return {
        verdict.mode: ratio
        for verdict in lesson.verdicts
        if verdict.agree
        and (ratio := ratios.keras_to_manual(lesson.paired, verdict.mode))
    }


def factor_of(ratio: Ratio) -> tuple[str, bool]:
    """Return how many times one side is faster, and whether Keras is slower.

    Times are "" where neither side is clearly faster.
    """
    slower = ratio.value >= 1
    factor = ratio.value if slower else 1 / ratio.value
    if ratio.answer == "no clear difference" or factor < NOTABLE:
        return "", slower
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2g}", slower


def say_speed(found: Mapping[Mode, Ratio], speaker: Speaker) -> str:
    """Say in words which side is faster, in each mode."""
    said = []
    for mode, ratio in found.items():
        times, slower = factor_of(ratio)
        text = speaker.say(
            "In {mode} mode the machine was too busy to tell."
            if ratio.answer == "too noisy to tell"
            else "In {mode} mode neither side is clearly faster."
            if not times
            else "In {mode} mode Keras is {times} times slower per update."
            if slower
            else "In {mode} mode Keras is {times} times faster per update.",
            mode=mode,
            times=times,
        )
        said.append(text)
    return " ".join(said)


def say_ratio(mode: Mode, ratio: Ratio, speaker: Speaker) -> str:
    """Say how many times as long Keras takes, and how sure that is."""
    return speaker.say(
        "{mode}: too noisy to tell which side is faster: this machine is too "
        "busy."
        if ratio.answer == "too noisy to tell"
        else "{mode}: Keras takes {times} times as long per update as the "
        "loop by hand."
        if ratio.low is None
        else "{mode}: Keras takes {times} times as long per update as the "
        "loop by hand: {answer}.",
        mode=mode,
        times=speaker.times(ratio),
        answer=speaker.gettext(ratio.answer),
    )


def openings(lesson: LessonReport) -> Iterator[tuple[Opening, float]]:
    """Yield what Keras opens per epoch, where that explains its length.

    Only in graph mode, Keras's own. Beside it stands the epoch's seconds,
    those that are told, which were taken in the same blocks.
    """
    timings = {(t.side, t.mode): t for t in lesson.timings if t.updates}
    timing = timings.get(("keras", "graph"))
    for pair in lesson.paired:
        if timing is None or pair.mode != "graph" or not pair.opening:
            continue
        updates = timing.updates_per_epoch
        epoch = statistics.median(timing.updates) * updates
        opening = Opening(
            statistics.median(o.iterators for o in pair.opening) * updates,
            statistics.median(o.seconds for o in pair.opening) * updates,
        )
        if WORTH_A_REASON < opening.seconds / epoch <= 1:
            yield opening, epoch


def say_why_slow(lesson: LessonReport, speaker: Speaker) -> Iterator[str]:
    """Say where Keras's time goes, where that explains an epoch's length."""
    for opening, epoch in openings(lesson):
        yield speaker.say(
            "Why: {share} of the time that Keras's fit takes ({mode}) go into "
            "opening data iterators, {iterators} per epoch: {seconds} of "
            "{epoch}. For each one TensorFlow sets up the input pipeline and "
            "optimises its functions anew, however small the data; the update "
            "itself is cheap.",
            share=f"{opening.seconds / epoch:.0%}",
            mode="graph",
            iterators=f"{opening.iterators:.3g}",
            seconds=seconds(opening.seconds),
            epoch=seconds(epoch),
        )
        yield speaker.say(
            "So the ratio is that of an epoch's start-up work, on {rows} "
            "rows: the command `grow` shows how it shrinks where rows are "
            "many, the command `fit` what cures it.",
            rows=f"{lesson.rows:,}",
        )


def _phases(timed: list[Timing], speaker: Speaker) -> Iterator[Block]:
    """Draw the times of each phase, mode by mode, both sides."""
    phases: dict[str, Callable[[Timing], Sequence[float]]] = {
        speaker.say("each update"): lambda t: t.updates,
        speaker.say("the first call, which traces and compiles"): _first_calls,
        speaker.say("building model or variables"): lambda t: [
            start.build for start in t.starts
        ],
    }
    for title, times in phases.items():
        rows: dict[Cell, dict[Side, Bar]] = {}
        for timing in sorted(timed, key=lambda t: t.mode):
            if values := times(timing):
                drawn = rows.setdefault(Cell(timing.mode, name=True), {})
                drawn[timing.side] = bar(timing.side, values)
        if rows:
            yield Bars(
                title,
                speaker.sides,
                tuple(
                    (mode, tuple(b[s] for s in SIDES if s in b), "")
                    for mode, b in rows.items()
                ),
                scale="logarithmic",
            )


def _first_calls(timing: Timing) -> list[float]:
    """Return what first epochs take longer than any other one."""
    if not timing.updates:
        return []
    epoch = timing.updates_per_epoch * statistics.median(timing.updates)
    return [start.first_call - epoch for start in timing.starts]


def _break_evens(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    for even in ratios.break_evens(lesson.timings):
        yield speaker.paragraph(
            "{side}: {mode} has paid for its slower start after "
            "{updates}, against eager.",
            side=speaker.side(even.side),
            mode=even.mode,
            updates=speaker.count(
                "{count} update", "{count} updates", even.updates
            ),
        )


def _noise(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say what the manual loop against itself shows, where it was timed."""
    for verdict in lesson.verdicts:
        floor = ratios.noise_floor(lesson.paired, verdict.mode)
        if floor is None or floor.low is None or floor.high is None:
            continue
        noise = max(1 - floor.low, floor.high - 1)
        yield speaker.paragraph(
            "{mode}: the loop by hand against itself in the same processes: "
            "{low} to {high} times as long; a difference below {noise} would "
            "be noise here."
            if noise <= NOISY
            else "{mode}: the loop by hand against itself in the same "
            "processes: {low} to {high} times as long; a difference below "
            "{noise} would be noise here, which is a lot: this machine "
            "was too busy.",
            "quiet",
            mode=verdict.mode,
            low=digits(floor.low),
            high=digits(floor.high),
            noise=f"{noise:.1%}",
        )


def _conditions(
    lesson: LessonReport,
    timed: Sequence[Timing],
    environment: Environment,
    speaker: Speaker,
) -> Iterator[Block]:
    """Say how was timed, and what import and memory cost."""
    shared = max(len(timing.updates) for timing in timed)
    alone = max(len(timing.starts) for timing in timed)
    said = [
        speaker.count(
            "Updates and their ratios are from {count} fresh process, in "
            "which both sides train by turns.",
            "Updates and their ratios are from {count} fresh processes, in "
            "each of which both sides train by turns, so that what differs "
            "between processes meets both.",
            shared,
        ),
        speaker.count(
            "What happens once is from {count} fresh process per side and "
            "mode, run alone.",
            "What happens once is from {count} fresh processes per side and "
            "mode, run alone, in random order.",
            alone,
        ),
        speaker.say("In brackets: the smallest and the largest."),
    ]
    yield Paragraph(
        " ".join(said if max(shared, alone) > 1 else said[:2]), "quiet"
    )
    if shared < ratios.FEWEST:
        yield too_few(speaker)
    yield speaker.paragraph(
        "Importing TensorFlow and Keras took {seconds} and {size} once, with "
        "Python's garbage collector off.",
        "quiet",
        seconds=f"{environment.import_seconds:.1f} s",
        size=mebibytes(environment.import_bytes),
    )
    memory = {m.side: m.added_bytes for m in lesson.memory if m.added_bytes}
    if memory:
        yield speaker.paragraph(
            "Memory that training added at its peak: {amounts}.",
            "quiet",
            amounts=", ".join(
                f"{speaker.side(side)} {mebibytes(max(sizes))}"
                for side, sizes in memory.items()
            ),
        )

"""Tell what a calibration says of the timer."""

from __future__ import annotations

from collections.abc import Iterator

from compare.judging import ratios
from compare.records.calibration import Calibration, Rate
from compare.records.note import marked
from compare.showing.blocks import Block, Heading, Paragraph, Table
from compare.showing.formats import seconds, spread
from compare.showing.language import Speaker
from compare.showing.telling.common import NOTHING, left_out
from compare.studies.calibrate.study import DRAWS

PROMISED = {0: 1 - ratios.CONFIDENCE, 2: 0.9, 5: 0.99}
"""Percent planted -> the share of experiments that find it: of false alarms
at most, of slow-downs at least so many."""

LONGEST = 20.0
"""Seconds of an experiment that is held to this."""

ANSWERS = marked(
    {
        "kept": "{what} with {processes} processes: {share}, between {low} "
        "and {high}; promised: {promised}. Kept.",
        "missed": "{what} with {processes} processes: {share}, between {low} "
        "and {high}; promised: {promised}. Missed: do not trust such "
        "differences here.",
        "open": "{what} with {processes} processes: {share}, between {low} "
        "and {high}; promised: {promised}. Nothing against it, and no proof: "
        "a larger `--budget` narrows it.",
    }
)


def tell_calibration(
    calibration: Calibration, speaker: Speaker
) -> Iterator[Block]:
    """Tell what was planted, what the timer found, and what that says."""
    yield speaker.paragraph(
        "The loop by hand of `linear_regression` in graph mode was timed "
        "against itself, and against itself with planted slow-downs: all by "
        "turns in each of {processes} fresh processes; with one slow-down a "
        "process takes {each}. An update takes {update}; between processes it "
        "varies by {variation} (standard deviation / median).",
        "lead",
        processes=len(calibration.reference),
        each=seconds(calibration.process_seconds),
        update=spread(calibration.reference),
        variation=f"{calibration.variation:.1%}",
    )
    yield Heading(speaker.say("What was planted?"))
    yield _planted(calibration, speaker)
    yield speaker.paragraph(
        "An empty loop of so many turns after every update makes it take so "
        "many times as long: how long an update and a turn take was measured "
        "before, each alone.",
        "quiet",
    )
    if calibration.rates:
        yield Heading(speaker.say("What did the timer find?"))
        yield _rates(calibration, speaker)
        yield _how_counted(speaker)
        for rate in _held(calibration):
            yield _promise(rate, speaker)
    yield from _both_ways(calibration, speaker)
    yield from left_out(calibration.left_out, speaker)


def _planted(calibration: Calibration, speaker: Speaker) -> Table:
    rows = []
    for group in calibration.planted:
        if ratio := ratios.centre(group.factors):
            name = (
                speaker.say("{slower} slower", slower=f"{group.percent} %")
                if group.percent
                else speaker.say("the same code")
            )
            shown = f"{ratio.value:.3f} ({ratio.low:.3f}–{ratio.high:.3f})"
            rows.append((name, f"{group.turns:,}", shown))
    return Table(
        speaker.say("What was planted"),
        speaker.heads("", "turns", "by the timer, all processes"),
        tuple(rows),
    )


def _both_ways(
    calibration: Calibration, speaker: Speaker
) -> Iterator[Paragraph]:
    """Compare the ratio of shared processes with that of processes apart."""
    together = ratios.centre(calibration.together)
    apart = ratios.ratio(calibration.manual_alone, calibration.keras_alone)
    if not (together and apart and together.low and apart.low):
        return
    assert together.high is not None
    assert apart.high is not None
    differ = together.low > apart.high or apart.low > together.high
    yield speaker.paragraph(
        "Keras / by hand (graph): {together} in processes that hold both, "
        "{apart} in processes that hold one: no difference beyond the "
        "intervals."
        if not differ
        else "Keras / by hand (graph): {together} in processes that hold "
        "both, {apart} in processes that hold one: these differ by more than "
        "their intervals; sharing a process does something to one of them.",
        "bad" if differ else "plain",
        together=speaker.times(together),
        apart=speaker.times(apart),
    )


def _rates(calibration: Calibration, speaker: Speaker) -> Table:
    """Tell the shares of experiments apart, then of overlapping ones."""
    percents = [group.percent for group in calibration.planted]
    rows: list[tuple[str, ...]] = []
    for processes in dict.fromkeys(r.processes for r in calibration.rates):
        rates = {
            r.percent: r for r in calibration.rates if r.processes == processes
        }
        rated = [rates.get(percent) for percent in percents]
        spent = seconds(processes * calibration.process_seconds)
        shares = (_share(rate, speaker) if rate else NOTHING for rate in rated)
        rows.append((str(processes), spent, *shares))
        name = speaker.say("{processes}, overlapping", processes=processes)
        shares = (f"{r.overlapping:.0%}" if r else NOTHING for r in rated)
        rows.append((name, "", *shares))
    return Table(
        speaker.say("What the timer found"),
        (
            *speaker.heads("processes", "time"),
            *(
                speaker.say("{planted} found", planted=f"{percent}%")
                if percent
                else speaker.say("false alarms")
                for percent in percents
            ),
        ),
        tuple(rows),
    )


def _how_counted(speaker: Speaker) -> Paragraph:
    return speaker.paragraph(
        "The time is that of one experiment. Found: in how many experiments "
        "without a common process, with the {confidence} interval in percent. "
        "Overlapping: the share in {draws} experiments that are drawn from "
        "all processes: it moves less, but no interval holds.",
        "quiet",
        confidence=f"{100 * ratios.CONFIDENCE:g}%",
        draws=f"{DRAWS:,}",
    )


def _held(calibration: Calibration) -> list[Rate]:
    """Return what the largest experiments found that take no longer."""
    each = calibration.process_seconds
    sizes = {rate.processes for rate in calibration.rates}
    size = max((n for n in sizes if n * each <= LONGEST), default=min(sizes))
    return [
        rate
        for rate in calibration.rates
        if rate.processes == size and rate.percent in PROMISED
    ]


def _promise(rate: Rate, speaker: Speaker) -> Paragraph:
    """Say whether the timer finds what it promises to find."""
    promised = PROMISED[rate.percent]
    bound = speaker.say("at least {share}", share=f"{promised:.0%}")
    what = speaker.say("{planted} found", planted=f"{rate.percent}%")
    kept, missed = rate.low >= promised, rate.high < promised
    if not rate.percent:
        bound = speaker.say("at most {share}", share=f"{promised:.0%}")
        what = speaker.say("False alarms")
        kept, missed = rate.high <= promised, rate.low > promised
    return speaker.paragraph(
        ANSWERS["kept" if kept else "missed" if missed else "open"],
        "bad" if missed else "plain",
        what=what,
        processes=rate.processes,
        share=f"{rate.found / rate.trials:.1%}",
        low=f"{rate.low:.1%}",
        high=f"{rate.high:.1%}",
        promised=bound,
    )


def _share(rate: Rate, speaker: Speaker) -> str:
    return speaker.say(
        "{found} of {trials} ({low}–{high})",
        found=rate.found,
        trials=rate.trials,
        low=f"{100 * rate.low:.0f}",
        high=f"{100 * rate.high:.0f}",
    )

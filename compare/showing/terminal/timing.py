"""What a report says about speed -> terminal."""

from __future__ import annotations

from rich.console import Console

from compare.judging import ratios
from compare.records import SIDES, Mode
from compare.records.report import Environment, LessonReport
from compare.records.timing import IteratorCost
from compare.showing.terminal.formats import (
    heading,
    mebibytes,
    number,
    say,
    seconds,
    speed,
    spread,
    table,
    times,
)

NOISY = 0.1
"""Noise floor from which the reader is warned."""

WORTH_A_REASON = 0.2
"""Share of an epoch from which opening iterators explains its length."""


def print_timings(
    console: Console, lesson: LessonReport, environment: Environment
) -> None:
    """Print times, ratios, and why; or why there are none."""
    heading(console, "How fast?")
    for line in lesson.left_out:
        say(console, f"Left out: {line}.")
    reasons = {
        "different": "two trainings that are not the same have no common "
        "speed",
        "could not run": "what could not run has none",
    }
    for outcome, reason in reasons.items():
        modes = [v.mode for v in lesson.verdicts if v.outcome == outcome]
        if modes:
            say(console, f"Not timed: {', '.join(modes)}, because {reason}.")
    timed = [
        entry
        for entry in lesson.timings
        if entry.samples and not entry.control
    ]
    if not timed:
        if lesson.workers > 1:
            say(console, "Not timed: processes of a cluster train only once.")
        return
    grid = table("", "build", "first call", "per epoch", "per update")
    for entry in sorted(timed, key=lambda t: (t.mode, SIDES.index(t.side))):
        per_epoch = [sample.per_epoch for sample in entry.samples]
        grid.add_row(
            f"{entry.mode} {entry.side}",
            spread([sample.build for sample in entry.samples]),
            spread([sample.first_call for sample in entry.samples]),
            spread(per_epoch),
            spread([s / entry.updates_per_epoch for s in per_epoch]),
        )
    console.print(grid)
    say(console, _conditions(lesson, environment, len(timed[0].samples)))
    for verdict in lesson.verdicts:
        if verdict.agree:
            _print_ratios(console, lesson, verdict.mode)
    for cost in lesson.iterators:
        if cost.seconds > WORTH_A_REASON * cost.epoch_seconds:
            say(console, _iterator_sentence(cost))
    for even in ratios.break_evens(lesson.timings):
        say(
            console,
            f"{even.side}: {even.mode} has paid for its slower start after "
            f"{number(even.updates, 'update')}, against eager.",
        )


def _conditions(
    lesson: LessonReport, environment: Environment, processes: int
) -> str:
    """Say how was timed, and what import and memory cost."""
    memory = " and ".join(
        f"{mebibytes(max(memory.added_bytes))} ({memory.side})"
        for memory in lesson.memory
        if memory.added_bytes
    )
    shown = f"Median (smallest–largest) of {processes} fresh processes"
    return (
        f"{shown if processes > 1 else 'One fresh process'} "
        "per side, one at a time. Importing TensorFlow and Keras took "
        f"{environment.import_seconds:.1f} s and "
        f"{mebibytes(environment.import_bytes)} once; training added {memory} "
        "at its peak."
        + " Intervals need more processes: see --budget."
        * (processes < ratios.FEWEST)
    )


def _print_ratios(console: Console, lesson: LessonReport, mode: Mode) -> None:
    found = ratios.keras_to_manual(lesson.timings, mode)
    if found is None:
        return
    say(console, f"{mode}: {speed(found)}.")
    floor = ratios.noise_floor(lesson.timings, mode)
    if floor is None or floor.low is None or floor.high is None:
        return
    noise = max(1 - floor.low, floor.high - 1)
    say(
        console,
        f"{mode}: the manual loop against itself: {times(floor)}, "
        f"{floor.answer}; a difference below {noise:.0%} would be noise here"
        + (
            ", which is a lot: this machine was too busy"
            if noise > NOISY
            else ""
        )
        + ".",
    )


def _iterator_sentence(cost: IteratorCost) -> str:
    share = cost.seconds / cost.epoch_seconds
    return (
        f"Why: {share:.0%} of the time that Keras's fit takes ({cost.mode}) "
        f"go into opening data iterators, {cost.iterators:.3g} per epoch: "
        f"{seconds(cost.seconds)} of {seconds(cost.epoch_seconds)} in a run "
        "that watches them. For each one TensorFlow sets up the input "
        "pipeline and optimises its functions anew, however small the data; "
        "the update itself is cheap."
    )

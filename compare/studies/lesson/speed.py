"""How long each side takes, and how many times as long Keras does.

What happens once is measured alone: a side in a fresh process of its own, all
its modes in it. The ratio is that of both sides in the same processes. Only
modes are timed in which both sides are the same training.
"""

from __future__ import annotations

from dataclasses import replace

from compare.judging.ratios import ROUNDS, paired_effort
from compare.records import SIDES, Mode, Side
from compare.records.report import LessonReport
from compare.records.timing import Effort, Memory, Timing
from compare.running.duos import take_duos, time_exhibits
from compare.running.processes import Job, Progress
from compare.running.timing import epochs_for, take_turns, time_exhibit
from compare.studies.lesson.aspect import Lesson


def time_sides(
    lesson: Lesson, report: LessonReport, progress: Progress
) -> LessonReport:
    """Add the times of both sides, their memory at its peak, their ratio."""
    lengths = lengths_of(lesson, report)
    effort = lesson.request.effort
    if effort is None or not lengths:
        return report
    timeout = lesson.request.timeout
    problem = lesson.problem.without_stopping()
    jobs = {
        side: Job(
            f"{report.lesson} {side}: time",
            time_exhibit,
            (lesson.exhibits[side], problem, lengths[side]),
        )
        for side in SIDES
    }
    rounds = Effort(min(effort.rounds, ROUNDS))
    turns = take_turns(jobs, rounds, timeout, progress)
    modes = tuple(lengths[SIDES[0]])
    paired, broken = take_duos(
        report.lesson,
        time_exhibits,
        ([lesson.exhibits[side] for side in SIDES], problem, modes),
        modes,
        paired_effort(effort),
        timeout,
        progress,
    )
    return replace(
        report,
        timings=tuple(
            Timing(
                side=side,
                mode=mode,
                updates_per_epoch=problem.steps_per_epoch,
                samples=tuple(s[mode] for s, _ in turns.of(side)),
            )
            for side in SIDES
            for mode in lengths[side]
        ),
        paired=paired,
        memory=tuple(
            Memory(side, tuple(grown for _, grown in turns.of(side)))
            for side in SIDES
        ),
        left_out=(*report.left_out, *turns.broken, *broken),
    )


def lengths_of(
    lesson: Lesson, report: LessonReport
) -> dict[Side, dict[Mode, int]]:
    """Guess, from the pace of the recording, how many epochs are long enough.

    Returns:
        Epochs by side and mode; empty where nothing is to be timed. A cluster
        is not: its processes can train only once.
    """
    agreed = [verdict.mode for verdict in report.verdicts if verdict.agree]
    if not agreed or not lesson.request.effort or lesson.problem.workers > 1:
        return {}
    pace = {
        (run.side, run.mode): run.seconds_per_update
        for run in report.trajectories
    }
    per_epoch = lesson.problem.steps_per_epoch
    return {
        side: {m: epochs_for(pace[side, m] * per_epoch) for m in agreed}
        for side in SIDES
    }

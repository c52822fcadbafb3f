"""How long each side takes, and how many times as long Keras does.

What happens once is measured alone: a side in one mode in a fresh process. An
update is timed in processes where both sides take turns. Only modes are timed
in which both sides are the same training.
"""

from __future__ import annotations

from dataclasses import replace

from compare.judging.ratios import ROUNDS, paired_effort
from compare.records import SIDES
from compare.records.report import LessonReport
from compare.records.timing import Effort, Memory, Timing
from compare.running.duos import take_duos, time_exhibits
from compare.running.processes import Job, Progress
from compare.running.timing import take_turns, time_start
from compare.studies.lesson.aspect import Lesson


def time_sides(
    lesson: Lesson, report: LessonReport, progress: Progress
) -> LessonReport:
    """Add the times of both sides, their memory at its peak, their ratio."""
    effort = lesson.request.effort
    modes = tuple(v.mode for v in report.verdicts if v.agree)
    if not effort or not modes or lesson.problem.workers > 1:
        return report  # the processes of a cluster can train only once
    timeout = lesson.request.timeout
    problem = lesson.problem.for_timing()
    jobs = {
        (side, mode): Job(
            f"{report.lesson} {side} {mode}: start",
            time_start,
            (lesson.exhibits[side], problem, mode),
        )
        for side in SIDES
        for mode in modes
    }
    rounds = Effort(min(effort.rounds, ROUNDS))
    turns = take_turns(jobs, rounds, timeout, progress)
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
                mode=pair.mode,
                updates_per_epoch=problem.steps_per_epoch,
                starts=tuple(s for s, _ in turns.of((side, pair.mode))),
                updates=tuple(
                    each * (1.0 if side == "manual" else factor)
                    for each, factor in zip(
                        pair.seconds, pair.factors, strict=True
                    )
                ),
            )
            for side in SIDES
            for pair in paired
        ),
        paired=paired,
        memory=tuple(
            Memory(
                side,
                tuple(b for m in modes for _, b in turns.of((side, m))),
            )
            for side in SIDES
        ),
        left_out=(*report.left_out, *turns.broken, *broken),
    )

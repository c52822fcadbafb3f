"""How long each side takes, in rounds of fresh processes.

A side is timed alone on the machine, all its modes in one process; only modes
in which both sides are the same training.
"""

from __future__ import annotations

from dataclasses import replace

from compare.records import SIDES, Mode, Side
from compare.records.report import LessonReport
from compare.records.timing import Memory, Timing
from compare.running.processes import Job, Progress
from compare.running.timing import (
    Turns,
    epochs_for,
    take_turns,
    time_exhibit,
)
from compare.studies.lesson.aspect import Lesson

Role = tuple[Side, bool]
"""Who is timed, and whether as a control."""


def time_sides(
    lesson: Lesson, report: LessonReport, progress: Progress
) -> LessonReport:
    """Add the times of both sides, and their memory at its peak."""
    lengths = lengths_of(lesson, report)
    effort = lesson.request.effort
    if effort is None or not lengths:
        return report
    roles: list[Role] = [(side, False) for side in SIDES]
    if effort.budget is not None:
        roles.append(("manual", True))
    problem = lesson.problem.without_stopping()
    jobs = {
        role: Job(
            f"{report.lesson} {role[0]}: time",
            time_exhibit,
            (lesson.exhibits[role[0]], problem, lengths[role[0]]),
        )
        for role in roles
    }
    turns = take_turns(jobs, effort, lesson.request.timeout, progress)
    return replace(
        report,
        timings=tuple(
            Timing(
                side=side,
                mode=mode,
                updates_per_epoch=problem.steps_per_epoch,
                samples=tuple(s[mode] for s, _ in turns.of((side, control))),
                control=control,
            )
            for side, control in roles
            for mode in lengths[side]
        ),
        memory=tuple(_memory(turns, roles, side) for side in SIDES),
        left_out=(*report.left_out, *turns.broken),
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


def _memory(turns: Turns[Role], roles: list[Role], side: Side) -> Memory:
    own = [role for role in roles if role[0] == side]
    return Memory(side, tuple(grown for r in own for _, grown in turns.of(r)))

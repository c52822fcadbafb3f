"""What is told of a lesson's code: its size, and the shapes in it."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records import MEASURES, SIDES
from compare.records.findings import ROLES, TensorInfo
from compare.records.note import marked
from compare.records.report import LessonReport
from compare.showing.blocks import Bar, Bars, Block, Cell, Paragraph, Table
from compare.showing.language import Speaker

RANKS = (
    marked("scalar"),
    marked("vector"),
    marked("matrix"),
    marked("cube"),
)


def tell_sizes(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say how much code each side has, by every measure."""
    yield Paragraph(_statements(lesson, speaker), "lead")
    bars = []
    for measure, meaning in MEASURES.items():
        sizes = {
            side: int(getattr(lesson.sizes[side], measure)) for side in SIDES
        }
        manual, keras = sizes["manual"], sizes["keras"]
        bars.append(
            (
                Cell(speaker.gettext(meaning)),
                tuple(
                    Bar(side, str(size), size, size, size)
                    for side, size in sizes.items()
                ),
                f"{keras / manual:.2f}" if manual else "-",
            )
        )
    yield Bars(
        speaker.say("measure"),
        {side: speaker.side(side) for side in SIDES},
        tuple(bars),
        note=speaker.say("Keras / by hand"),
        scale="row",
    )
    yield Paragraph(
        speaker.say(
            "Whole files, without docstrings and comments, in measures that "
            "no formatter can change. They need not agree with each other."
        ),
        "quiet",
    )


def _statements(lesson: LessonReport, speaker: Speaker) -> str:
    return speaker.say(
        "By hand the lesson has {manual} statements, in Keras {keras}.",
        **{side: lesson.sizes[side].statements for side in SIDES},
    )


def tell_tensors(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say what shape everything has."""
    if not lesson.tensors:
        return
    by_role = {
        side: {info.role: info for info in infos}
        for side, infos in lesson.tensors.items()
    }
    roles = dict.fromkeys(r for infos in by_role.values() for r in infos)
    yield Table(
        speaker.say("Shapes, read from a run"),
        (speaker.say("value"), *map(speaker.side, SIDES)),
        tuple(
            (
                _role(role, speaker),
                *(
                    _tensor(by_role.get(side, {}).get(role), speaker)
                    for side in SIDES
                ),
            )
            for role in roles
        ),
    )
    yield Paragraph(
        speaker.say(
            "Read from a run. Rank is the number of axes: 0 scalar, 1 vector, "
            "2 matrix, 3 cube, n: n axes."
        ),
        "quiet",
    )


def _role(role: str, speaker: Speaker) -> str:
    if role.startswith("gradient of "):
        name = role.removeprefix("gradient of ")
        return speaker.say("gradient of {name}", name=name)
    return speaker.gettext(role) if role in ROLES else role


def _tensor(info: TensorInfo | None, speaker: Speaker) -> str:
    """Show rank, shape and dtype."""
    if info is None:
        return "-"
    rank = len(info.shape)
    return speaker.say(
        "rank {rank}, {kind} {shape}, {dtype}",
        rank=rank,
        kind=speaker.gettext(RANKS[rank])
        if rank < len(RANKS)
        else speaker.say("{count} axes", count=rank),
        shape=info.shape,
        dtype=info.dtype,
    )

"""What the tellings of several kinds of records say."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized

from compare.judging import ratios
from compare.records import Side
from compare.records.peers import Kind
from compare.records.report import Environment
from compare.records.verdicts import Verdict
from compare.showing.blocks import Bar, Cell, Code, Paragraph
from compare.showing.formats import spread
from compare.showing.language import Speaker

LAST_LINES = 6
"""Lines of what a process printed last that are shown."""

NOTHING = "–"
"""A field of a table for which there is no number."""


def left_out(lines: Iterable[str], speaker: Speaker) -> Iterator[Paragraph]:
    """Yield what is missing in a report, and why."""
    for line in lines:
        yield speaker.paragraph("Left out: {line}.", "quiet", line=line)


def outcome_cell(verdict: Verdict | None, speaker: Speaker) -> Cell:
    """Return the outcome; None is the verdict on what others are held to."""
    if verdict is None:
        return Cell(speaker.say("reference"))
    return Cell(speaker.outcome(verdict), "good" if verdict.agree else "bad")


def reason(
    subject: str, verdict: Verdict, speaker: Speaker, known: str = ""
) -> Paragraph:
    """Say the outcome and why.

    Args:
        subject: what was judged, in the reader's language.
        verdict: on it.
        speaker: of that language.
        known: a clause that was known before, in that language, or "".
    """
    clauses = (speaker.outcome(verdict), known, speaker.why(verdict))
    return speaker.paragraph(
        "{subject}: {clauses}.",
        "plain" if verdict.agree else "bad",
        subject=subject,
        clauses="; ".join(filter(None, clauses)),
    )


def last_lines(printed: str) -> Code:
    """Show the end of what a process printed, as it came."""
    return Code("\n".join(printed.splitlines()[-LAST_LINES:]))


def times(
    left: Sequence[float], right: Sequence[float], speaker: Speaker
) -> str:
    """Say how many times as long the right takes; values are per process."""
    ratio = ratios.ratio(left, right)
    return speaker.times(ratio) if ratio else speaker.say("too noisy to tell")


def bar(owner: Kind, seconds: Sequence[float]) -> Bar:
    """Return the bar of a time, with the spread between processes.

    What noise made negative is drawn as 0.
    """
    middle, low, high = (
        max(summary(seconds), 0.0) for summary in (statistics.median, min, max)
    )
    return Bar(owner, spread(seconds), middle, low, high)


def size_bars(sizes: Mapping[Side, int], sign: str = "") -> tuple[Bar, ...]:
    """Return the bar of each side's size; less than nothing is drawn as 0."""
    drawn = {side: max(size, 0) for side, size in sizes.items()}
    return tuple(
        Bar(side, f"{size:{sign}}", *[drawn[side]] * 3)
        for side, size in sizes.items()
    )


def bar_row(
    label: Cell,
    owner: Kind,
    seconds: Sequence[float],
    behind: Sequence[str],
    speaker: Speaker,
) -> tuple[Cell, tuple[Bar, ...], str]:
    """Return the row of what was timed, or was not; the verdict comes last."""
    if seconds:
        said = "; ".join(filter(None, behind))
        return label, (bar(owner, seconds),), said
    said = speaker.say("not timed; {verdict}", verdict=behind[-1])
    return label, (), said


def how_timed(
    groups: Iterable[Sized],
    speaker: Speaker,
    ranges: bool = False,
    option: str = "",
) -> Iterator[str]:
    """Yield sentences on the processes that times come from, if there are any.

    Args:
        groups: the samples of everything that was timed, one per process.
        speaker: who says it.
        ranges: whether times are shown with their smallest and largest.
        option: what makes more processes, where intervals are shown too.
    """
    most = max(map(len, groups), default=0)
    if not most:
        return
    yield speaker.count(
        "Each time is from {count} fresh process, run alone, in random order.",
        "Each time is the median of {count} fresh processes, run one at a "
        "time, in random order.",
        most,
    )
    if ranges and most > 1:
        yield speaker.say("In brackets: the smallest and the largest.")
    if option and most < ratios.FEWEST:
        yield too_few(speaker, option).text


def too_few(speaker: Speaker, option: str = "--budget") -> Paragraph:
    """Say what makes enough processes for intervals."""
    return speaker.paragraph(
        "Intervals need more processes: see `{option}`.",
        "quiet",
        option=option,
    )


def on_gpu(environment: Environment, speaker: Speaker) -> Iterator[Paragraph]:
    """Say why bits may differ on a GPU, if there is one."""
    if any(device.startswith("GPU") for device in environment.devices):
        text = speaker.say(
            "On a GPU TensorFlow may multiply matrices of float32 in TF32, "
            "with 10 bits behind the point, and some kernels add in another "
            "order in every run: equal bits are then not to be expected, and "
            "the runs in float64 decide."
        )
        yield Paragraph(text, "quiet")


def where(environment: Environment, speaker: Speaker) -> Paragraph:
    """Say in one line with what and on what a report was made."""
    said = speaker.say(
        "TensorFlow {tensorflow}, Keras {keras}, NumPy {numpy}, Python "
        "{python}, {system}, {cpus} CPUs",
        tensorflow=environment.tensorflow,
        keras=environment.keras,
        numpy=environment.numpy,
        python=environment.python,
        system=environment.system,
        cpus=environment.cpus,
    )
    return Paragraph(", ".join([said, *environment.devices]), "quiet")

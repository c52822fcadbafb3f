"""What is told of classic mistakes, and of what was seen of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.lessons.exhibits import FOLDERS
from compare.mistakes.patching import diff, thread_url
from compare.records.mistakes import Kind, Mistake, MistakeReport
from compare.records.note import marked
from compare.records.report import Report
from compare.showing.blocks import (
    Block,
    Cell,
    Code,
    Details,
    Facts,
    Heading,
    Paragraph,
    Section,
    Table,
)
from compare.showing.language import Speaker
from compare.showing.telling.common import where
from compare.showing.telling.seen import (
    first_ratios,
    in_short,
    update_of,
    what_happened,
)

KINDS: dict[Kind, str] = marked(
    {
        "silent": "Silent: the parameters differ, and nothing says so",
        "error": "It raises an error",
        "slow": "Only slow: the parameters are equal",
    }
)


def index_sections(
    mistakes: Sequence[Mistake], speaker: Speaker
) -> list[Section]:
    """List mistakes by kind, a line each."""
    columns = speaker.heads("key", "in", "mistake")
    sections = []
    for kind, title in KINDS.items():
        rows = tuple(
            (
                Cell(mistake.key, name=True),
                Cell(file_of(mistake), name=True),
                speaker.gettext(mistake.title),
            )
            for mistake in mistakes
            if mistake.kind == kind
        )
        said = speaker.gettext(title)
        if rows:
            table = Table(said, columns, rows)
            sections.append(Section(kind, said, (table,)))
    how = speaker.paragraph(
        "{count} mistakes. `python -m compare mistakes KEY` shows one; "
        "`--run` makes it.",
        count=len(mistakes),
    )
    return [*sections, Section("how", "", (how,))]


def mistake_sections(
    mistakes: Sequence[Mistake], speaker: Speaker
) -> list[Section]:
    """Tell mistakes that were not made."""
    blocks = tuple(tell_mistake(m, diff(m), speaker) for m in mistakes)
    return [Section("mistakes", "", blocks)]


def seen_sections(
    report: Report, in_full: bool, speaker: Speaker
) -> list[Section]:
    """Tell mistakes that were made, in full or a line each."""
    told = (
        tell_mistakes(report.mistakes, speaker)
        if in_full
        else _tell_briefly(report.mistakes, speaker)
    )
    blocks = (where(report.environment, speaker), *told)
    return [Section("mistakes", "", blocks)]


def tell_mistake(
    mistake: Mistake,
    patch: str,
    speaker: Speaker,
    report: MistakeReport | None = None,
) -> Details:
    """Tell a mistake: the diff, what happens, why, what is right.

    Args:
        mistake: of the catalogue.
        patch: what it changes in the exhibit, as a unified diff.
        speaker: who says it.
        report: what was seen when it was made.
    """
    items = facts(mistake, speaker, report)
    if mistake.threads:
        urls = " ".join(map(thread_url, mistake.threads))
        items.append((speaker.say("Seen in"), urls))
    title = f"{mistake.key}: {speaker.gettext(mistake.title)}"
    blocks = changed(patch), Facts(tuple(items))
    escaped = report is not None and not report.caught
    return Details(title, blocks, "bad" if escaped else "plain")


def facts(
    mistake: Mistake, speaker: Speaker, report: MistakeReport | None = None
) -> list[tuple[str, str]]:
    """Return what is to know of a mistake, as terms and texts."""
    file = speaker.say(
        "`{file}`, {mode} mode", file=file_of(mistake), mode=mistake.mode
    )
    about = [(speaker.say("Kind"), speaker.gettext(KINDS[mistake.kind]))]
    if report:
        caught = _whether_caught(report, speaker)
        about = [(speaker.say("Caught"), caught), *seen(report, speaker)]
    return [
        (speaker.say("In"), file),
        *about,
        (speaker.say("What one sees"), speaker.gettext(mistake.symptom)),
        *reasons(mistake, speaker),
    ]


def reasons(mistake: Mistake, speaker: Speaker) -> Iterator[tuple[str, str]]:
    """Yield why a mistake does what it does, and what is right."""
    instead = (
        speaker.say("What Keras does instead")
        if mistake.side == "manual"
        else speaker.say("What is right")
    )
    yield speaker.say("Why"), speaker.gettext(mistake.why)
    if mistake.keras:
        yield instead, speaker.gettext(mistake.keras)


def tell_mistakes(
    reports: Sequence[MistakeReport], speaker: Speaker
) -> Iterator[Block]:
    """Tell mistakes that were made by kind, each in full."""
    yield speaker.paragraph(
        "Each was made for real in one of the lessons; the diff is all "
        "that was changed.",
        "lead",
    )
    for kind, title in KINDS.items():
        made = [report for report in reports if report.mistake.kind == kind]
        if made:
            yield Heading(speaker.gettext(title))
        for report in made:
            yield tell_mistake(report.mistake, report.diff, speaker, report)
    yield how_many(reports, speaker)


def _tell_briefly(
    reports: Sequence[MistakeReport], speaker: Speaker
) -> Iterator[Block]:
    """Tell a line of each mistake that was made."""
    yield Table(
        speaker.say("What was seen of each mistake"),
        speaker.heads("key", "caught", "at update", "what was seen"),
        tuple(
            (
                Cell(report.mistake.key, name=True),
                Cell(
                    _whether_caught(report, speaker),
                    "good" if report.caught else "bad",
                ),
                update_of(report),
                in_short(report, speaker),
            )
            for report in reports
        ),
    )
    yield how_many(reports, speaker)


def how_many(reports: Sequence[MistakeReport], speaker: Speaker) -> Paragraph:
    """Say how many mistakes were caught."""
    caught = sum(report.caught for report in reports)
    return speaker.paragraph(
        "Caught: {caught} of {count}.",
        "plain" if caught == len(reports) else "bad",
        caught=caught,
        count=len(reports),
    )


def file_of(mistake: Mistake) -> str:
    """Return the path of the exhibit that a mistake is made in."""
    return f"{FOLDERS[mistake.side]}/{mistake.lesson}.py"


def changed(patch: str) -> Code:
    """Show a diff without the file's name, which stands above it twice."""
    return Code("\n".join(hunks(patch)), "diff")


def hunks(patch: str) -> list[str]:
    """Return the lines of a diff behind the file's name."""
    lines = patch.splitlines()
    return lines[2:] if patch.startswith("--- ") else lines


def seen(report: MistakeReport, speaker: Speaker) -> Iterator[tuple[str, str]]:
    """Yield what was seen when a mistake was made."""
    if happened := what_happened(report, speaker):
        yield speaker.say("What happens"), happened
    if report.first_update:
        units = speaker.say("The first update, in units of the right one")
        yield units, first_ratios(report)


def _whether_caught(report: MistakeReport, speaker: Speaker) -> str:
    return speaker.say("yes") if report.caught else speaker.say("NO")

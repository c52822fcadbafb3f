"""What is told of a training in several environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.records import SIDES, Outcome
from compare.records.across import Across, Bisection, Meeting, Place
from compare.showing.blocks import Block, Cell, Heading, Table
from compare.showing.language import Speaker
from compare.showing.telling.common import NOTHING, left_out
from compare.showing.telling.pair import tell_diagnosis

SIGNS: dict[Outcome, str] = {
    "identical": "=",
    "same mathematics": "≈",
    "different": "≠",
    "could not run": "×",
}
"""Of an outcome; a cell has one for each mode."""


def tell_across(across: Across, speaker: Speaker) -> Iterator[Block]:
    """Tell where the same training gives the same, and why not elsewhere."""
    yield _places(across.places, speaker)
    if across.bisection:
        yield from _bisection(across.bisection, across.places, speaker)
    first, *others = across.places
    modes = list(dict.fromkeys(m.verdict.mode for m in across.meetings))
    text = speaker.say("Each held against {first}", first=first.name)
    yield Heading(text)
    yield _matrix(text, across.between, others, speaker)
    twins = [m for m in across.meetings if m.side == "both"]
    if twins:
        text = speaker.say("By hand against Keras, within each environment")
        yield Heading(text)
        yield _matrix(text, twins, across.places, speaker)
    yield speaker.paragraph(
        "Columns: TensorFlow / Keras. A sign per mode ({modes}): = "
        "identical, ≈ same mathematics, ≠ different, × could not run.",
        "quiet",
        modes=", ".join(modes),
    )
    for table in _rounding(across, speaker):
        yield Heading(table.title)
        yield table
    reasons = list(_reasons(across, speaker))
    if reasons:
        yield Heading(speaker.say("What is another training"))
        yield from reasons


def _places(places: Sequence[Place], speaker: Speaker) -> Table:
    """Show what is installed in each environment."""
    rows = (
        (Cell(p.name, name=True), p.tensorflow, p.keras, p.numpy, p.python)
        for p in places
    )
    heads = "", "TensorFlow", "Keras", "NumPy", "Python"
    return Table(speaker.say("Environments"), heads, tuple(rows))


def _bisection(
    found: Bisection, places: Sequence[Place], speaker: Speaker
) -> Iterator[Block]:
    """Tell each trial, and what was found."""
    rows = (
        (Cell(trial.place, name=True), speaker.gettext(trial.outcome))
        for trial in found.trials
    )
    title = speaker.say("Releases, in the order in which they were tried")
    yield Heading(title)
    yield Table(title, (speaker.say("release"), ""), tuple(rows))
    yield speaker.paragraph(
        "{after} changed it: {before} still gives what the first one gives.",
        "lead",
        after=found.after,
        before=found.before,
    )
    yield from left_out(found.left_out, speaker)


def _matrix(
    title: str,
    meetings: Sequence[Meeting],
    places: Sequence[Place],
    speaker: Speaker,
) -> Table:
    """Show a row per training and side, a column per environment."""
    heads = [_short(place, places).replace(" / ", " /\n") for place in places]
    by_key: dict[tuple[str, str], dict[str, list[Meeting]]] = {}
    for m in meetings:
        row = by_key.setdefault((m.training, m.side), {})
        row.setdefault(m.place, []).append(m)
    return Table(
        title,
        ("", "", *heads),
        tuple(
            (
                Cell(training, name=True),
                _side(side, speaker),
                *(_signs(row.get(place.name, [])) for place in places),
            )
            for (training, side), row in by_key.items()
        ),
    )


def _short(place: Place, places: Sequence[Place]) -> str:
    """Name an environment by its versions, if these tell it from others."""
    names = [(p.tensorflow, p.keras) for p in places]
    own = (place.tensorflow, place.keras)
    return " / ".join(own) if names.count(own) == 1 else place.name


def _side(side: str, speaker: Speaker) -> str:
    return speaker.side(side) if side in SIDES else ""


def _signs(meetings: Sequence[Meeting]) -> Cell:
    if not meetings:
        return Cell(NOTHING)
    agree = all(m.verdict.agree for m in meetings)
    signs = " ".join(SIGNS[m.verdict.outcome] for m in meetings)
    return Cell(signs, "good" if agree else "bad")


def _rounding(across: Across, speaker: Speaker) -> Iterator[Table]:
    """Show from where on bits differ of what is the same mathematics."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for m in across.between:
        found = m.verdict.divergence
        if m.verdict.outcome == "same mathematics" and found:
            key = m.training, m.side, m.verdict.mode, f"{found.step:,}"
            rows.setdefault((*key, found.parameter), []).append(m.place)
    versions = {p.name: _short(p, across.places) for p in across.places}
    if rows:
        title = speaker.say("The same mathematics, other bits")
        yield Table(
            title,
            speaker.heads("", "", "", "from update", "in", "environments"),
            tuple(
                (
                    Cell(training, name=True),
                    _side(side, speaker),
                    mode,
                    step,
                    Cell(parameter, name=True),
                    ", ".join(versions[name] for name in names),
                )
                for (training, side, mode, step, parameter), names in (
                    rows.items()
                )
            ),
        )


def _reasons(across: Across, speaker: Speaker) -> Iterator[Block]:
    """Say once of what is not the same training, where and why."""
    said: dict[tuple[str, ...], list[Meeting]] = {}
    for m in across.meetings:
        if not m.verdict.agree:
            key = m.training, m.side, m.place, speaker.why(m.verdict)
            said.setdefault(key, []).append(m)
    for (training, side, place, why), meetings in said.items():
        verdict = meetings[0].verdict
        subject = (training, _side(side, speaker), place)
        modes = ", ".join(m.verdict.mode for m in meetings)
        yield speaker.paragraph(
            "{subject}: {clauses}.",
            "bad",
            subject=", ".join([*filter(None, subject), modes]),
            clauses=f"{speaker.outcome(verdict)}; {why}",
        )
        if verdict.diagnosis:
            names = across.places[0].name, place
            yield from tell_diagnosis(names, verdict.diagnosis, speaker, False)

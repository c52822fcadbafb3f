"""What is told of a training in several environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compare.judging.ratios import above_noise, centre
from compare.records import MODES, SIDES, Mode, Outcome
from compare.records.across import Across, Bisection, Meeting, Place
from compare.showing.blocks import Block, Cell, Heading, Table
from compare.showing.language import Speaker
from compare.showing.telling.common import NOTHING, left_out
from compare.showing.telling.pair import tell_diagnosis
from compare.studies.peers.catalogue import BACKENDS

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
    yield from left_out(across.left_out, speaker)
    for table in _rounding(across, speaker):
        yield Heading(table.title)
        yield table
    if across.speeds:
        yield from _speeds(across, speaker)
    reasons = list(_reasons(across, speaker))
    if reasons:
        yield Heading(speaker.say("What is another training"))
        yield from reasons


def _places(places: Sequence[Place], speaker: Speaker) -> Table:
    """Show what is installed in each environment."""
    others = any(place.release for place in places)
    rows: Iterator[tuple[str | Cell, ...]] = (
        (
            Cell(place.name, name=True),
            place.tensorflow,
            place.keras,
            *([_backend(place)] if others else []),
            place.numpy,
            place.python,
        )
        for place in places
    )
    heads = (
        "",
        "TensorFlow",
        "Keras",
        *([speaker.say("Keras on")] if others else []),
        "NumPy",
        "Python",
    )
    return Table(speaker.say("Environments"), heads, tuple(rows))


def _backend(place: Place) -> str:
    return f"{BACKENDS[place.backend][0]} {place.release}".rstrip()


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
                *(_signs(row.get(place.name, []), modes) for place in places),
            )
            for (training, side), row in by_key.items()
            for modes in [_modes(row)]
        ),
    )


def _modes(row: Mapping[str, Sequence[Meeting]]) -> list[Mode]:
    """Return the modes that a row has in some environment, in their order."""
    found = {m.verdict.mode for meetings in row.values() for m in meetings}
    return [mode for mode in MODES if mode in found]


def _short(place: Place, places: Sequence[Place]) -> str:
    """Name an environment by its versions, if these tell it from others."""
    names = [_versions(p) for p in places]
    own = _versions(place)
    return " / ".join(own) if names.count(own) == 1 else place.name


def _versions(place: Place) -> tuple[str, ...]:
    """Return the releases that tell an environment from others."""
    other = [_backend(place)] if place.release else []
    return place.tensorflow, place.keras, *other


def _side(side: str, speaker: Speaker) -> str:
    return speaker.side(side) if side in SIDES else ""


def _signs(meetings: Sequence[Meeting], modes: Sequence[Mode]) -> Cell:
    """Show a sign per mode that the row has somewhere."""
    if not meetings:
        return Cell(NOTHING)
    agree = all(m.verdict.agree for m in meetings)
    signs = {m.verdict.mode: SIGNS[m.verdict.outcome] for m in meetings}
    text = " ".join(signs.get(mode, NOTHING) for mode in modes)
    return Cell(text, "good" if agree else "bad")


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


def _speeds(across: Across, speaker: Speaker) -> Iterator[Block]:
    """Show how many times as long an update takes elsewhere."""
    first = across.places[0].name
    versions = {p.name: _short(p, across.places) for p in across.places}
    title = speaker.say(
        "Time of an update, in times that of {first}", first=first
    )
    yield Heading(title)
    rows = [
        (
            Cell(speed.training, name=True),
            _side(speed.side, speaker),
            speed.paired.mode,
            versions.get(speed.place, speed.place),
            speaker.times(ratio),
            speaker.gettext(answer)
            if (answer := above_noise(ratio, floor)) != "too noisy to tell"
            else "",
            speaker.times(floor),
        )
        for speed in across.speeds
        if (ratio := centre(speed.paired.factors))
        and (floor := centre(speed.paired.floor))
    ]
    heads = speaker.heads(
        "", "", "", "environment", "times", "", "first again"
    )
    yield Table(title, heads, tuple(rows))
    yield speaker.paragraph(
        "Live processes take turns, {count} sets of them: one in each of both "
        "environments and a second one in the first, which shows how much is "
        "noise.",
        "quiet",
        count=min(len(s.paired.factors) for s in across.speeds),
    )
    if any(speed.paired.whole for speed in across.speeds):
        yield speaker.paragraph(
            "Some are timed as whole trainings, with their start: single "
            "updates cannot be seen.",
            "quiet",
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

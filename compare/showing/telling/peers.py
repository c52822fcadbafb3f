"""Tell how one training compares in several frameworks."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import get_args

from compare.records.note import marked
from compare.records.peers import Backend, Kind, PeerResult, Peers
from compare.showing.blocks import (
    Bar,
    Bars,
    Block,
    Cell,
    Details,
    Facts,
    Paragraph,
    Table,
)
from compare.showing.formats import seconds, values
from compare.showing.language import SIDE_NAMES, Speaker
from compare.showing.telling.common import (
    bar_row,
    how_timed,
    last_lines,
    left_out,
    outcome_cell,
    reason,
    times,
)
from compare.studies.peers.catalogue import BACKENDS, SECOND_ORDER

KINDS: dict[Kind, str] = {
    "manual": SIDE_NAMES["manual"],
    "keras": SIDE_NAMES["keras"],
    "other": marked("other frameworks"),
    "limit": marked("the least that this arithmetic takes"),
}

COMPILER = marked("C compiler")
"""Of the names in `Peers.versions` the one that is no name of a product."""


def tell_peers(peers: Peers, speaker: Speaker) -> Iterator[Block]:
    """Tell every implementation's verdict and times, the slowest first."""
    results = peers.slowest_first()
    timed = [result for result in results if result.samples]
    yield speaker.paragraph(
        "The training `{lesson}`, as others write it. All {updates} updates "
        "of each are compared with the loop by hand in graph mode; only the "
        "same training is timed.",
        "lead",
        lesson=peers.lesson,
        updates=f"{peers.updates:,}",
    )
    yield _times(peers, results, speaker)
    if timed:
        how = how_timed(
            (result.samples for result in timed), speaker, True, "--budget"
        )
        slope = speaker.say(
            "A time is the slope over two lengths of training."
        )
        floor = _floor(peers, speaker)
        yield Paragraph(" ".join([*how, slope, *floor]), "quiet")
        yield _starts(timed, speaker)
    yield from _backends(peers, speaker)
    yield from _ends(peers, speaker)
    yield from _reasons(peers, speaker)
    yield from left_out(peers.left_out, speaker)
    if peers.versions:
        names = {speaker.gettext(k): v for k, v in peers.versions.items()}
        yield Facts(tuple(names.items()))


def _times(
    peers: Peers, results: Sequence[PeerResult], speaker: Speaker
) -> Bars:
    """Return the times per update, and how they compare with the limit."""
    limit = peers.limit
    kinds = {result.kind for result in results if result.samples}
    return Bars(
        title=speaker.say("time per update"),
        owners={
            kind: speaker.gettext(KINDS[kind])
            for kind in get_args(Kind)
            if kind in kinds
        },
        rows=tuple(_row(result, limit, speaker) for result in results),
        note=speaker.say("times {name}; verdict", name=_name(limit, speaker))
        if limit
        else speaker.say("verdict"),
        scale="logarithmic",
    )


def _row(
    result: PeerResult, limit: PeerResult | None, speaker: Speaker
) -> tuple[Cell, tuple[Bar, ...], str]:
    outcome = outcome_cell(
        None if result.is_reference else result.verdict, speaker
    )
    name, ratio = _name(result, speaker), ""
    label = Cell(name, "plain" if result.verdict.agree else "bad")
    if limit and result.samples:
        ratio = times(limit.per_update, result.per_update, speaker)
    behind = ratio, outcome.text
    return bar_row(label, result.kind, result.per_update, behind, speaker)


def _floor(peers: Peers, speaker: Speaker) -> Iterator[str]:
    """Say what chance alone makes of a ratio, where it was measured."""
    for result in peers.results:
        if result.is_reference and result.samples and peers.floor:
            again = [sample.per_update for sample in peers.floor]
            yield speaker.say(
                "{name} against itself, as if it were two: {times}.",
                name=_name(result, speaker),
                times=times(result.per_update, again, speaker),
            )


def _starts(timed: Sequence[PeerResult], speaker: Speaker) -> Details:
    """Tell what comes before the updates."""
    rows: list[tuple[str | Cell, ...]] = []
    for result in timed:
        imports = [sample.import_seconds for sample in result.samples]
        calls = [sample.first_call for sample in result.samples]
        spent = (seconds(statistics.median(s)) for s in (imports, calls))
        rows.append((Cell(_name(result, speaker)), *spent))
    title = speaker.say("Importing and the first call")
    heads = speaker.heads("", "import", "first call")
    text = speaker.paragraph(
        "Import: of NumPy and the framework. First call: the first training, "
        "of one epoch or, where a call makes all updates, of one call, with "
        "all that is built and compiled for it.",
        "quiet",
    )
    return Details(title, (Table(title, heads, tuple(rows)), text))


def _backends(peers: Peers, speaker: Speaker) -> Iterator[Paragraph]:
    """Say what another backend makes of the same Keras file."""
    timed: dict[Backend, list[float]] = {}
    for result in peers.results:  # the textbook comes first
        if result.backend and statistics.median(result.per_update or [0]) > 0:
            timed.setdefault(result.backend, result.per_update)
    slow = timed.pop("tensorflow", None)
    if slow is None:
        return
    for backend, fast in timed.items():
        faster = statistics.median(fast) < statistics.median(slow)
        pair = (fast, slow) if faster else (slow, fast)
        yield speaker.paragraph(
            "The same Keras file on {backend}: {time} per update, {times} "
            "times as fast as on TensorFlow ({slow}): one environment "
            "variable, `KERAS_BACKEND={name}`, no other line."
            if faster
            else "The same Keras file on {backend}: {time} per update, "
            "{times} times as long as on TensorFlow ({slow}): one environment "
            "variable, `KERAS_BACKEND={name}`, no other line.",
            backend=BACKENDS[backend][0],
            time=seconds(statistics.median(fast)),
            times=times(*pair, speaker),
            slow=seconds(statistics.median(slow)),
            name=backend,
        )


def _ends(peers: Peers, speaker: Speaker) -> Iterator[Paragraph]:
    """Say where the trainings end, those that end alike together."""
    names: dict[str, list[str]] = {}
    for result in peers.results:
        if result.ends:
            end = ", ".join(
                f"{name} {', '.join(values(value, speaker.say).splitlines())}"
                for name, value in sorted(result.ends.items())
            )
            names.setdefault(end, []).append(_name(result, speaker))
    for end, who in names.items():
        several = speaker.count("{count} of them", "{count} of them", len(who))
        name = who[0] if len(who) == 1 else several
        yield speaker.paragraph(
            "End of {name}: {end}.", "quiet", name=name, end=end
        )


def _reasons(peers: Peers, speaker: Speaker) -> Iterator[Block]:
    """Say why trainings are not identical, or not the one to be expected."""
    for result in peers.results:
        if result.verdict.outcome == "identical":
            continue
        known = speaker.gettext(result.note) if result.note else ""
        yield reason(_name(result, speaker), result.verdict, speaker, known)
        if result.details:
            yield last_lines(result.details)
    if any(result.against == SECOND_ORDER for result in peers.results):
        yield speaker.paragraph(
            "On JAX and PyTorch `fit` draws a batch to build the model and "
            "then opens the dataset anew: training sees the second of its "
            "shuffled orders. These are compared with the manual loop on that "
            "order."
        )


def _name(result: PeerResult, speaker: Speaker) -> str:
    return speaker.gettext(result.name)

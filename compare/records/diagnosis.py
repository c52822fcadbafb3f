"""Why a pair is different: the stages of an update, causes and facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from compare.records.note import Note, note

StageName = Literal[
    "start", "data", "model", "loss", "gradient", "update", "state", "count"
]
STAGES: tuple[StageName, ...] = get_args(StageName)
"""What an update consists of, in order; before it the first parameters, after
it how many updates there are."""

STAGE_NAMES: dict[StageName, Note] = {
    "start": Note("start"),
    "data": Note("data"),
    "model": Note("model"),
    "loss": Note("loss"),
    "gradient": Note("gradient"),
    "update": Note("update"),
    "state": Note("state"),
    "count": Note("count"),
}
"""What they are called, for people."""

Status = Literal["equal", "different", "unseen"]

SIGNS: dict[Status, str] = {"equal": "=", "different": "≠", "unseen": "?"}

Say = Callable[[Note], str]
"""Says a note in some language: `str` in English."""


@dataclass(frozen=True)
class Stage:
    """One stage of an update, on both sides.

    Attributes:
        name: of `STAGES`.
        status: whether the sides do the same there.
        left, right: what was seen, in figures; "" where nothing is shown.
    """

    name: StageName
    status: Status
    left: str = ""
    right: str = ""


@dataclass(frozen=True)
class Cause:
    """One thing that a side does otherwise, proved by recomputation.

    Attributes:
        stage: where it acts.
        side: name of the side that has it; the right one where neither is
            known to be the one that deviates.
        key: of the catalogue of mistakes, or of what is in no catalogue.
        title: what each side does, with its figures, in a sentence.
        cure: what to do instead.
        place: the line to change, as "file.py:12"; "" if it is not known.
        gap: difference between the value that was recorded and the one that
            was recomputed with this cause, relative to its size; None where
            nothing had to be computed, as with rows or counts.
        plain: the same without this cause.
        updates: how many updates were recomputed.
        threads: public threads, such as "keras#14627".
    """

    stage: StageName
    side: str
    key: str
    title: Note
    cure: Note
    place: str
    gap: float | None
    plain: float | None
    updates: int = 1
    threads: tuple[str, ...] = ()

    def sentences(self, say: Say = str) -> Iterator[str]:
        """Say what the cause is and how it is known, in any language."""
        yield say(note("Cause: {title}", title=say(self.title)))
        values = {"cure": say(self.cure), "place": self.place}
        if self.place:
            yield say(Note("Instead, at {place}: {cure}", values))
        else:
            yield say(Note("Instead: {cure}", values))
        yield say(self._proof(say))
        if self.threads:
            threads = ", ".join(self.threads)
            yield say(note("Threads: {threads}.", threads=threads))

    def _proof(self, say: Say) -> Note:
        if self.gap is None:
            return note(
                "Proof: seen in the run of {side}.",
                side=self.side,
            )
        return note(
            "Proof: recomputed so, {side}'s recorded numbers come out {gap}, "
            "otherwise {plain} apart.",
            side=self.side,
            gap=say(_precision(self.gap)),
            plain=f"{self.plain:.1e}",
        )


def _precision(gap: float) -> Note:
    """Say how exactly two numbers agree."""
    if gap:
        return note("to {gap}", gap=f"{gap:.1e}")
    return note("to the last bit")


@dataclass(frozen=True)
class Diagnosis:
    """Causes that were recomputed, and facts that were observed.

    Attributes:
        causes: none where no recomputation gives the numbers.
        facts: a sentence each.
        stages: of the first update that differs; none where no update was
            seen.
        update: which update that is; 0 where it is not known.
    """

    causes: tuple[Cause, ...]
    facts: tuple[Note, ...]
    stages: tuple[Stage, ...] = ()
    update: int = 0

    def chain(self, say: Say = str) -> Note:
        """Show the stages in a line, such as "data =  model =  loss ≠"."""
        chain = "  ".join(
            f"{say(STAGE_NAMES[s.name])} {SIGNS[s.status]}"
            for s in self.stages
        )
        values = {"update": f"{self.update:,}", "chain": chain}
        if self.update:
            return Note("Update {update}: {chain}", values)
        return Note("Every update: {chain}", values)

    @property
    def parts_at(self) -> Stage | None:
        """The first stage that differs."""
        differ = [s for s in self.stages if s.status == "different"]
        return differ[0] if differ else None

    def sentences(self, say: Say = str) -> Iterator[str]:
        """Say the stages, the causes, then the facts, in any language."""
        if self.stages:
            yield say(self.chain(say))
        for cause in self.causes:
            yield from cause.sentences(say)
        yield from self.other_sentences(say)

    def other_sentences(self, say: Say = str) -> Iterator[str]:
        """Say what is no cause."""
        if not self.causes:
            yield say(
                Note(
                    "No cause is named: nothing that was recomputed gives "
                    "these numbers."
                )
            )
        for fact in self.facts:
            yield say(note("Fact: {fact}", fact=say(fact)))

"""Why a pair is different: what was reproduced, and what was observed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from compare.records.note import Note, note

Certainty = Literal["reproduced by", "consistent with", "observed"]

Say = Callable[[Note], str]
"""Says a note in some language: `str` in English."""


@dataclass(frozen=True)
class Cause:
    """A known mistake that gives the very numbers of one side.

    Attributes:
        side: name of the side that has it.
        key: of the catalogue, or "" for what is in no catalogue.
        title: what is done, in one line.
        certainty: "reproduced by": the mutant's float64 parameters equal the
            side's but for rounding; "consistent with": the side computes in
            float32 only, so they agree no better than that. "observed": it
            was seen in a call of Keras's fit, and mending that very call
            closes the gap.
        why: why it makes a difference, where that needs to be said.
        cure: what the other side does instead.
        threads: public threads, such as "keras#14627".
        updates: how many updates were compared.
        gap: largest difference between side and mutant; None if observed.
        mended_gap: largest difference between the other side and the mutant,
            or the side itself, in which the mistake is mended; None where
            the other side is not known to be free of mistakes.
        alternatives: titles of other mistakes that give the same numbers.
    """

    side: str
    key: str
    title: Note
    certainty: Certainty
    why: Note | None
    cure: Note
    threads: tuple[str, ...]
    updates: int
    gap: float | None
    mended_gap: float | None
    alternatives: tuple[Note, ...] = ()

    def sentences(self, say: Say = str) -> Iterator[str]:
        """Say what the cause is and how it is known, in any language."""
        yield say(self._claim(say))
        if self.why:
            yield say(self.why)
        yield say(note("Instead: {cure}", cure=say(self.cure)))
        yield say(self._evidence(say))
        if self.alternatives:
            titles = "; ".join(map(say, self.alternatives))
            yield say(
                note("The same numbers come from: {titles}.", titles=titles)
            )
        if self.threads:
            threads = ", ".join(self.threads)
            yield say(note("Threads: {threads}.", threads=threads))

    def _claim(self, say: Say) -> Note:
        values = {"side": self.side, "title": say(self.title)}
        if self.certainty == "observed":
            return Note("Observed: {title}", values)
        if self.certainty == "consistent with":
            return Note("{side} is consistent with: {title}.", values)
        return Note("{side} is reproduced by: {title}.", values)

    def _evidence(self, say: Say) -> Note:
        values = {"side": self.side, "updates": f"{self.updates:,}"}
        if self.mended_gap is not None:
            values["mended"] = say(_precision(self.mended_gap))
        if self.gap is None:
            return Note(
                "Evidence: with that put right in this very call, the sides "
                "agree {mended} over {updates} updates.",
                values,
            )
        values["precision"] = say(_precision(self.gap))
        if self.mended_gap is None:
            return Note(
                "Evidence: done on purpose on this problem, it gives "
                "{side}'s parameters over {updates} updates, {precision}.",
                values,
            )
        return Note(
            "Evidence: done on purpose on this problem, it gives {side}'s "
            "parameters over {updates} updates, {precision}; without it, the "
            "same training gives the other side's, {mended}.",
            values,
        )


def _precision(gap: float) -> Note:
    """Say how exactly two runs agree."""
    if gap:
        return note("to {gap}", gap=f"{gap:.1e}")
    return note("to the last bit")


@dataclass(frozen=True)
class Diagnosis:
    """Causes that were reproduced, and facts that were observed.

    Attributes:
        causes: none where no mistake of the catalogue gives the numbers.
        facts: a sentence each.
        tried: how many mistakes and combinations were tried.
    """

    causes: tuple[Cause, ...]
    facts: tuple[Note, ...]
    tried: int

    def sentences(self, say: Say = str) -> Iterator[str]:
        """Say the causes, then the facts, in any language."""
        for cause in self.causes:
            yield from cause.sentences(say)
        if not self.causes and self.tried:
            yield say(
                note(
                    "No cause is named: none of the {tried} known mistakes "
                    "and pairs of them that were tried gives these numbers.",
                    tried=self.tried,
                )
            )
        for fact in self.facts:
            yield say(note("Fact: {fact}", fact=say(fact)))

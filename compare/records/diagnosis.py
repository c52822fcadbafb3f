"""Why a pair is different: what was reproduced, and what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Certainty = Literal["reproduced by", "consistent with", "observed"]


def _to(gap: float | None) -> str:
    """Say how exactly two runs agree."""
    return f"to {gap:.1e}" if gap else "to the last bit"


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
        why: why it makes a difference.
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
    title: str
    certainty: Certainty
    why: str
    cure: str
    threads: tuple[str, ...]
    updates: int
    gap: float | None
    mended_gap: float | None
    alternatives: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say it in words."""
        known = f"{self.side} is {self.certainty}: {self.title}."
        said = [
            f"Observed: {self.title}" if self.gap is None else known,
            *([self.why] if self.why else []),
            f"Instead: {self.cure}",
            self._evidence(),
        ]
        if self.alternatives:
            others = "; ".join(self.alternatives)
            said.append(f"The same numbers come from: {others}.")
        if self.threads:
            said.append(f"Threads: {', '.join(self.threads)}.")
        return said

    def _evidence(self) -> str:
        if self.gap is None:
            return (
                "Evidence: with that put right in this very call, the sides "
                f"agree {_to(self.mended_gap)} over {self.updates:,} updates."
            )
        text = (
            "Evidence: done on purpose on this problem, it gives "
            f"{self.side}'s parameters over {self.updates:,} updates, "
            f"{_to(self.gap)}"
        )
        if self.mended_gap is not None:
            text += (
                "; without it, the same training gives the other side's, "
                f"{_to(self.mended_gap)}"
            )
        return text + "."


@dataclass(frozen=True)
class Diagnosis:
    """Causes that were reproduced, and facts that were observed.

    Attributes:
        causes: none where no mistake of the catalogue gives the numbers.
        facts: a sentence each.
        tried: how many mistakes and combinations were tried.
    """

    causes: tuple[Cause, ...]
    facts: tuple[str, ...]
    tried: int

    def sentences(self) -> list[str]:
        """Say it in words, causes first."""
        said = [text for cause in self.causes for text in cause.sentences()]
        if not self.causes and self.tried:
            said.append(
                f"No cause is named: none of the {self.tried} known mistakes "
                "and pairs of them that were tried gives these numbers."
            )
        return [*said, *(f"Fact: {fact}" for fact in self.facts)]

"""The records of the catalogue of mistakes and of what was seen of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from compare.records import Mode, Side
from compare.records.note import Note
from compare.records.timing import Ratio, Sample
from compare.records.verdicts import Verdict

Kind = Literal["silent", "error", "slow"]
KINDS: tuple[Kind, ...] = ("silent", "error", "slow")

Level = Literal["easy", "medium", "hard"]
LEVELS: tuple[Level, ...] = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Mistake:
    """One classic mistake, as a patch to a real exhibit.

    Attributes:
        key: short name, for the command line.
        title: what is done wrong, in one line.
        side, lesson: the exhibit that is patched.
        kind: "silent": the parameters differ and nothing says so; "error":
            it raises; "slow": the parameters are equal.
        patches: pairs (before, after) of source text; each before occurs
            exactly once in the exhibit.
        symptom: what one sees.
        why: why that happens.
        keras: what Keras does instead; for a mistake on the Keras side, what
            the right call is.
        threads: public threads about it, such as "keras#14627".
        mode: how the updates run.
        updates: how many are made, rounded up to whole epochs; None for the
            lesson's own number.
        batch_size: rows per update; None for the lesson's own.
        hyper: hyper-parameters that the mistake needs to show.
        counts_start: whether the mistake is one of measuring: the start is
            counted as training.
        theme: the file of the catalogue that it stands in.
        quiz: how hard it is to find, where the quiz asks for it.
    """

    key: str
    title: str
    side: Side
    lesson: str
    kind: Kind
    patches: tuple[tuple[str, str], ...]
    symptom: str
    why: str
    keras: str
    threads: tuple[str, ...] = ()
    mode: Mode = "eager"
    updates: int | None = 12
    batch_size: int | None = None
    hyper: dict[str, Any] = field(default_factory=dict)
    counts_start: bool = False
    theme: str = ""
    quiz: Level | None = None


@dataclass(frozen=True)
class Raised:
    """An exception that ended a training.

    Attributes:
        error: name of its class.
        message: its text, in one line.
        updates: how many updates had been made before.
    """

    error: str
    message: str
    updates: int


@dataclass(frozen=True)
class Cost:
    """What one exhibit costs.

    Attributes:
        samples: one per fresh process.
        updates_per_epoch: to turn `Sample.per_epoch` into updates.
        updates: how many the counts below are for.
        python_runs: how often Python ran the body of the update, to trace it
            or to carry it out.
        iterators: how many data iterators were opened.
        fits: how often Keras's `fit` was called.
    """

    samples: tuple[Sample, ...]
    updates_per_epoch: int
    updates: int
    python_runs: int
    iterators: int
    fits: int = 0


@dataclass(frozen=True)
class LossCurve:
    """The loss on all rows after some of the updates of a run."""

    updates: tuple[int, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Question:
    """What the quiz has to ask which line is wrong.

    Attributes:
        source: the exhibit with the mistake in it.
        wrong: the loss with the mistake; None where there is none to see.
        right: that of its twin.
    """

    source: str
    wrong: LossCurve | None
    right: LossCurve | None


@dataclass(frozen=True)
class MistakeReport:
    """What happened when a mistake was made.

    Attributes:
        diff: the patch, as a unified diff.
        caught: whether the checker saw it: a verdict "different", an
            exception, or equal parameters at a higher cost.
        verdict: between the exhibit with the mistake and its twin.
        first_update: parameter -> its first update in units of the twin's
            (projected on it); a parameter that the twin does not move at
            first is left out.
        raised: the exception, for an error.
        bad, mended: what both cost, for a slow one.
        ratio: how many times as long an update takes.
        broken: why runs that were needed gave nothing.
        question: for the quiz, where the mistake is in it.
    """

    mistake: Mistake
    diff: str
    caught: bool
    verdict: Verdict | None = None
    first_update: dict[str, float] = field(default_factory=dict)
    raised: Raised | None = None
    bad: Cost | None = None
    mended: Cost | None = None
    ratio: Ratio | None = None
    broken: tuple[Note, ...] = ()
    question: Question | None = None

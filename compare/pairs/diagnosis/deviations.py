"""In what a known training deviates from plain gradient descent."""

from __future__ import annotations

from dataclasses import dataclass

from compare.pairs.diagnosis.variants import Variant
from compare.records import Note, note


@dataclass(frozen=True)
class Deviation:
    """One thing that a training does otherwise.

    Attributes:
        key: of the catalogue where it is a mistake in it.
        title: what is done, in one line.
        why: why that makes a difference.
        cure: what to do instead.
        threads: public threads.
    """

    key: str
    title: Note
    why: Note
    cure: Note
    threads: tuple[str, ...] = ()


MOMENTUM = Deviation(
    "momentum",
    Note("SGD with momentum 0.9"),
    Note(
        "The first update is that of plain SGD; from the second on the "
        "earlier ones are added."
    ),
    Note("use the same momentum on both sides."),
)
NESTEROV = Deviation(
    "nesterov",
    Note("SGD with Nesterov momentum 0.9"),
    Note("The first update is 1.9 times that of plain SGD."),
    MOMENTUM.cure,
)
ADAM = Deviation(
    "adam",
    Note("Adam where the other side has SGD"),
    Note(
        "Adam's first update is about the learning rate for every parameter, "
        "whatever the gradient."
    ),
    Note(
        "use the same optimizer on both sides; Keras's string 'adam' has a "
        "learning rate of 0.001 besides."
    ),
)


def deviations(variant: Variant, learning_rate: float) -> list[Deviation]:
    """Return what a training does otherwise than plain gradient descent.

    Args:
        variant: the training.
        learning_rate: the problem's.
    """
    hyper = dict(variant.forced)
    found = []
    if variant.lesson == "momentum":
        found.append(NESTEROV if hyper.get("nesterov") else MOMENTUM)
    if variant.lesson == "adam":
        found.append(ADAM)
    rate = hyper.get("learning_rate", learning_rate)
    if rate != learning_rate:
        found.append(_scaled(rate / learning_rate))
    found += [
        Deviation(m.key, Note(m.title), Note(m.why), Note(m.keras), m.threads)
        for m in variant.mistakes
    ]
    return found


def _scaled(ratio: float) -> Deviation:
    return Deviation(
        "step-length",
        note("Every update is {ratio} times as long", ratio=f"{ratio:.6g}"),
        note(
            "Another learning rate or a factor in the loss does that; plain "
            "SGD cannot tell them apart."
        ),
        note(
            "compare the learning rates, then the losses before the first "
            "update."
        ),
    )

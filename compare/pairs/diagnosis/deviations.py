"""In what a known training deviates from plain gradient descent."""

from __future__ import annotations

from dataclasses import dataclass

from compare.pairs.diagnosis.variants import Variant


@dataclass(frozen=True)
class Deviation:
    """One thing that a training does otherwise, in words.

    Attributes:
        key: of the catalogue where it is a mistake in it.
        title: what is done, in one line.
        why: why that makes a difference.
        cure: what to do instead.
        threads: public threads.
    """

    key: str
    title: str
    why: str
    cure: str
    threads: tuple[str, ...] = ()


MOMENTUM = Deviation(
    "momentum",
    "SGD with momentum 0.9",
    "The first update is that of plain SGD; from the second on the earlier "
    "ones are added.",
    "use the same momentum on both sides.",
)
NESTEROV = Deviation(
    "nesterov",
    "SGD with Nesterov momentum 0.9",
    "The first update is 1.9 times that of plain SGD.",
    "use the same momentum on both sides.",
)
ADAM = Deviation(
    "adam",
    "Adam where the other side has SGD",
    "Adam's first update is about the learning rate for every parameter, "
    "whatever the gradient.",
    "use the same optimizer on both sides; Keras's string 'adam' has a "
    "learning rate of 0.001 besides.",
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
        Deviation(m.key, m.title, m.why, m.keras, m.threads)
        for m in variant.mistakes
    ]
    return found


def _scaled(ratio: float) -> Deviation:
    return Deviation(
        "step-length",
        f"Every update is {ratio:.6g} times as long",
        "Another learning rate or a factor in the loss does that; plain SGD "
        "cannot tell them apart.",
        "compare the learning rates, then the losses before the first update.",
    )

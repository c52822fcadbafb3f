"""Model: Keras's layers beside a model written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from compare.pairs.diagnosis.anatomy import LayerCall
from compare.pairs.diagnosis.causes.layer_again import ACTIVATIONS, again
from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.closeness import gap
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def by_hand_causes(
    case: Case, update: int, of_logits: Sequence[bool]
) -> Iterator[Cause]:
    """Yield the one change of Keras's layers that gives the other side.

    Only where every layer's input is the output of the one before.
    """
    layered = [bool(s.steps[update].update.layers) for s in case.sides]
    if layered[0] == layered[1]:
        return
    keras_side = case.sides[layered.index(True)]
    side = case.other(keras_side)
    calls = keras_side.steps[update].update.layers
    wanted = [
        t.value
        for t in side.steps[update].gradient.tape
        if t.upstream is not None and t.kind
    ]
    plain = _chain(calls)
    last = calls[-1].output
    if plain is None or last is None or gap(plain, last) > case.bound:
        return
    squashed = of_logits[case.sides.index(side)]
    if squashed:  # its loss does what the last activation does
        calls = (*calls[:-1], _with_activation(calls[-1], "linear"))
        plain = _chain(calls)
    if plain is None or any(gap(plain, v) <= case.bound for v in wanted):
        return
    for title, changed in _changes(calls, squashed):
        made = _chain(changed)
        if made is None or gap(made, plain) <= case.bound:
            continue
        fits = [g for v in wanted if (g := gap(made, v)) <= case.bound]
        if fits:
            yield cause(
                "model",
                side,
                title.values["key"],
                Note(
                    title.text,
                    {
                        **title.values,
                        "side": side.name,
                        "other": keras_side.name,
                    },
                ),
                Note("compute the same on both sides."),
                min(fits),
                gap(made, plain),
                place=side.steps[update].gradient.place,
            )
            return


def _chain(calls: Sequence[LayerCall]) -> np.ndarray | None:
    """Run layers one after the other, from the first one's input."""
    value = calls[0].inputs if calls else None
    for call in calls:
        if value is None:
            return None
        try:
            value = again(call, replace(call, arguments=(value,)))
        except (ValueError, TypeError):
            return None
    return value


def _with_activation(call: LayerCall, activation: str) -> LayerCall:
    if "activation" not in call.config:
        return call
    return replace(call, config={**call.config, "activation": activation})


def _changes(
    calls: Sequence[LayerCall], keep_last: bool
) -> Iterator[tuple[Note, list[LayerCall]]]:
    """Yield the layers with one thing changed, and what.

    Args:
        calls: of the layers.
        keep_last: whether the last activation stays what it is.
    """
    off = [replace(c, training=False) for c in calls]
    yield (
        note(
            "{side} works as {other}'s layers do in inference: no "
            "training=True.",
            key="no-training-flag",
        ),
        off,
    )
    for place, call in enumerate(calls):
        own = call.config.get("activation")
        if keep_last and call is calls[-1]:
            own = None
        for activation in ACTIVATIONS:
            if isinstance(own, str) and own != activation:
                changed = _with_activation(call, activation)
                yield (
                    note(
                        "{side} has the activation {its} where {other}'s "
                        "layer {layer} has {mine}.",
                        key="activation",
                        its=activation,
                        mine=own,
                        layer=call.name,
                    ),
                    [*calls[:place], changed, *calls[place + 1 :]],
                )
        yield (
            note(
                "{side} leaves out what {other}'s layer {layer} ({kind}) "
                "does.",
                key="layer-left-out",
                layer=call.name,
                kind=call.kind,
            ),
            [*calls[:place], *calls[place + 1 :]],
        )

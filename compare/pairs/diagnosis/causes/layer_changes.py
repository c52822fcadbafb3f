"""Changes of a recorded model: layers of Keras with other settings.

The other side may be written by hand, and then has no layer to compare: so
usual values are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import LayerCall, Operation
from compare.pairs.diagnosis.causes.hints import Hints
from compare.pairs.diagnosis.causes.layer_again import (
    ACTIVATIONS,
    RANDOM,
    again,
)
from compare.pairs.diagnosis.causes.layer_settings import said
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.replay import Change, Replay, Tensors
from compare.records.note import Note, note

USUAL: dict[str, tuple[Any, ...]] = {
    "padding": ("valid", "same", "causal"),
    "strides": (1, 2, 3),
    "dilation_rate": (1, 2),
    "pool_size": (2, 3),
    "epsilon": (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12),
    "negative_slope": (0.01, 0.1, 0.2, 0.3),
    "alpha": (0.1, 1.0),
    "go_backwards": (False, True),
    "return_sequences": (),
    "approximate": (False, True),
    "merge_mode": ("concat", "sum", "ave", "mul"),
}
"""Settings that change no shape of a weight, and what they are set to."""


def layer_changes(replay: Replay, hints: Hints) -> Iterator[Change]:
    """Yield layers with one setting changed, or without their mask.

    Args:
        replay: of a side.
        hints: of the other side.
    """
    for call in replay.update.layers:
        place = next(
            (
                n
                for n, o in replay.operations.items()
                if call.made in o.outputs
            ),
            None,
        )
        if place is None or call.output is None or call.kind in RANDOM:
            continue
        if replay.trained.isdisjoint(call.variables):
            yield from _without(call, place)
        own = again(call, call)
        if own is None or gap(own, call.output) > hints.bound:
            continue
        if call.mask is not None:
            yield Change(
                (place,),
                _made(replay, call, replace(call, mask=None)),
                note(
                    "layer {layer} ({kind}) gets a mask in {side}, {other} "
                    "computes without one.",
                    layer=call.name,
                    kind=call.kind,
                ),
                "mask",
                Note(
                    "mask the same steps on both sides (mask_zero, Masking)."
                ),
                call.place,
            )
        for name, value in _settings(call, hints.constants):
            yield Change(
                (place,),
                _made(
                    replay,
                    call,
                    replace(call, config={**call.config, name: value}),
                ),
                note(
                    "layer {layer} ({kind}) has {name}={mine} in {side}; "
                    "{other} computes with {name}={its}.",
                    layer=call.name,
                    kind=call.kind,
                    name=name,
                    mine=said(call.config[name]),
                    its=said(value),
                ),
                "activation" if "activation" in name else name,
                note("use the same {name} on both sides.", name=name),
                call.place,
            )


def _without(call: LayerCall, place: int) -> Iterator[Change]:
    """Yield what comes without a layer that keeps the shape."""
    if call.inputs is None or call.output is None or not call.taken:
        return
    if call.inputs.shape != call.output.shape or call.taken[0] is None:
        return

    def made(operation: Operation, found: Tensors) -> Any:
        return found[call.taken[0]]

    yield Change(
        (place,),
        made,
        note(
            "{side} has the layer {layer} ({kind}), {other} has none.",
            layer=call.name,
            kind=call.kind,
        ),
        "layer-left-out",
        Note("use the same layers on both sides."),
        call.place,
    )


def _settings(
    call: LayerCall, constants: frozenset[float]
) -> Iterator[tuple[str, Any]]:
    """Yield settings that a layer might have."""
    for name, own in call.config.items():
        values = USUAL.get(name, ())
        if "activation" in name:
            values = ACTIVATIONS
        if name in ("epsilon", "negative_slope", "alpha"):
            values = tuple(dict.fromkeys((*sorted(constants), *values)))
        for value in values:
            many = isinstance(own, list | tuple) and not isinstance(value, str)
            wanted = type(own)(value for _ in own) if many else value
            if wanted != own and own is not None:
                yield name, wanted


def _made(replay: Replay, call: LayerCall, other: LayerCall) -> Any:
    """Return what gives the output of a layer with other settings."""
    values = [replay.value_of(variable) for variable in call.variables]

    def made(operation: Operation, found: Tensors) -> Any:
        import tensorflow as tf

        weights = tuple(
            own if number is None else np.asarray(found[number])
            for own, number in zip(call.weights, values, strict=False)
        )
        arguments = tuple(
            _now(taken, given, found)
            for taken, given in zip(call.taken, call.arguments, strict=False)
        )
        now = replace(call, arguments=arguments, weights=weights)
        result = again(other, now)
        if result is None:
            raise ValueError("the layer does not take these settings")
        return tf.constant(result, found[operation.outputs[0]].dtype)

    return made


def _now(number: Any, recorded: Any, found: Tensors) -> Any:
    """Return what a layer is given now, in lists as it was."""
    if isinstance(number, list):
        return [
            _now(*pair, found) for pair in zip(number, recorded, strict=True)
        ]
    return np.asarray(found[number]) if number in found else recorded

"""Model: training flag, another layer, setting, dropout mask, activation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import LayerCall
from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

IGNORED = (
    "name",
    "dtype",
    "trainable",
    "batch_input_shape",
    "build_config",
    "seed",
    "registered_name",
)
"""Settings that change no output, or not in a way that can be repeated."""

START_ONLY = ("initializer", "regularizer", "constraint", "quantization")

ACTIVATIONS = (
    "relu",
    "tanh",
    "sigmoid",
    "linear",
    "softmax",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "swish",
    "leaky_relu",
)

RANDOM = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
)


def model_causes(case: Case, update: int) -> Iterator[Cause]:
    """Yield what differs between the layers of both sides.

    Each layer is made again from the settings of either side, and given what
    the right side's got: so one that differs does not hide the next.

    Args:
        case: the sides.
        update: which update, from 0.
    """
    one, other = (side.steps[update].update.layers for side in case.sides)
    if not one or not other:
        yield from _by_hand(case, update)
        return
    matcher = SequenceMatcher(
        None,
        [_signature(c) for c in one],
        [_signature(c) for c in other],
        autojunk=False,
    )
    flags: list[tuple[LayerCall, LayerCall]] = []
    for what, a, b, c, d in matcher.get_opcodes():
        mine, its = one[a:b], other[c:d]
        if what in ("equal", "replace") and len(mine) == len(its):
            for pair in zip(mine, its, strict=True):
                if _flag(*pair) and _hangs_on_flag(case, pair[0]):
                    flags.append(pair)
                yield from _pair(case, *pair)
            continue
        for call in mine:
            yield from _left_out(case, case.right, call, other, c)
        for call in its:
            yield from _left_out(case, case.left, call, one, a)
    if flags:
        yield _training(case, flags)


def _signature(call: LayerCall) -> str:
    shape = None if call.output is None else call.output.shape[1:]
    return f"{call.kind} {shape}"


# --- The same layer with other settings


def _pair(case: Case, mine: LayerCall, its: LayerCall) -> Iterator[Cause]:
    if mine.kind != its.kind:
        plain = 1.0
        made = again(mine, its)
        if made is not None and its.output is not None:
            plain = min(gap(made, its.output), 1.0)
            if plain <= case.bound:  # two names of one layer
                return
        yield _setting(case, its, "layer", mine.kind, its.kind, 0.0, plain)
        return
    if mine.kind in RANDOM:
        yield from _dropout(case, mine, its)
        return
    own = again(its, its)
    apart = 1.0 if own is None or its.output is None else gap(own, its.output)
    if apart > case.bound:
        return
    if (mine.mask is None) != (its.mask is None):
        yield from _masked(case, mine, its, apart)
    for name in _differing(mine.config, its.config):
        call = replace(its, config={**its.config, name: mine.config.get(name)})
        changed = again(call, its)
        if changed is None or its.output is None:
            continue
        plain = min(gap(changed, its.output), 1.0)
        if case.proves(apart, plain):
            yield _setting(
                case,
                its,
                name,
                mine.config.get(name),
                its.config.get(name),
                apart,
                plain,
            )


def _masked(
    case: Case, mine: LayerCall, its: LayerCall, apart: float
) -> Iterator[Cause]:
    """Yield a mask that only one side's layer is given."""
    changed = again(replace(its, mask=mine.mask), its)
    if changed is None or its.output is None:
        return
    plain = min(gap(changed, its.output), 1.0)
    side = case.right if its.mask is None else case.left
    if case.proves(apart, plain):
        yield cause(
            "model",
            side,
            "mask",
            note(
                "layer {layer} ({kind}) gets no mask in {side}, one in "
                "{other}.",
                layer=its.name,
                kind=its.kind,
                side=side.name,
                other=case.other(side).name,
            ),
            Note("mask the same steps on both sides (mask_zero, Masking)."),
            apart,
            plain,
            place=(its if side is case.right else mine).place,
        )


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name in one
        if name in other
        and name not in IGNORED
        and not any(word in name for word in START_ONLY)
        and one[name] != other[name]
    ]


def _setting(
    case: Case,
    its: LayerCall,
    name: str,
    mine: Any,
    other: Any,
    apart: float,
    plain: float,
) -> Cause:
    key = "activation" if "activation" in name else name
    return cause(
        "model",
        case.right,
        key,
        note(
            "layer {layer} ({kind}) has {name}={other} in {right} and "
            "{name}={mine} in {left}.",
            layer=its.name,
            kind=its.kind,
            name=name,
            other=_said(other),
            mine=_said(mine),
            right=case.right.name,
            left=case.left.name,
        ),
        note("use the same {name} on both sides.", name=name),
        apart,
        plain,
        place=its.place,
    )


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("class_name", value))
    return figure(value) if isinstance(value, float) else str(value)


def again(
    call: LayerCall, where: LayerCall, training: bool | None = None
) -> np.ndarray | None:
    """Make a layer again, with the weights and the input of a call.

    Args:
        call: gives class, settings and mask.
        where: gives weights, input, and the flag unless it is given.
        training: another flag.

    Returns:
        Its output; None where the layer cannot be made from its settings.
    """
    import keras

    kind = getattr(keras.layers, call.kind, None)
    if kind is None or not where.arguments:
        return None
    flag = where.training if training is None else training
    given: dict[str, Any] = {} if flag is None else {"training": flag}
    if call.mask is not None:
        given["mask"] = call.mask
    try:
        layer = kind.from_config({**call.config, "name": "again"})
        layer(*where.arguments)
        layer.set_weights(list(where.weights))
        result = layer(*where.arguments, **given)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return None
    return np.asarray(result) if not isinstance(result, list | tuple) else None


# --- Flags and chance


def _flag(mine: LayerCall, its: LayerCall) -> bool:
    return bool(mine.training) != bool(its.training)


def _hangs_on_flag(case: Case, call: LayerCall) -> bool:
    if call.kind in RANDOM:
        return bool(call.config.get("rate") or call.config.get("stddev"))
    on, off = again(call, call, True), again(call, call, False)
    return on is not None and off is not None and gap(on, off) > case.bound


def _training(
    case: Case, flags: Sequence[tuple[LayerCall, LayerCall]]
) -> Cause:
    mine, its = flags[0]
    side, call = case.right, its
    if not mine.training:
        side, call = case.left, mine
    own = again(call, call, False)
    apart = (
        gap(own, call.output)
        if own is not None and call.output is not None
        else 0.0
    )
    made = again(call, call, True)
    plain = (
        min(gap(made, call.output), 1.0)
        if made is not None and call.output is not None
        else 1.0
    )
    norm = any("Normalization" in c.kind for c, _ in flags)
    return cause(
        "model",
        side,
        "no-training-flag-norm" if norm else "no-training-flag",
        note(
            "{side} calls its model without training=True, so as in inference "
            "for {layers}; {other} calls it as in training.",
            side=side.name,
            other=case.other(side).name,
            layers=", ".join(f"{c.name} ({c.kind})" for c, _ in flags),
        ),
        Note("model(x, training=True)."),
        apart,
        plain,
        place=side.steps[0].update.place,
    )


def _dropout(case: Case, mine: LayerCall, its: LayerCall) -> Iterator[Cause]:
    """Compare two layers that draw: their rate, else their mask."""
    if not (mine.training and its.training):
        return
    name = "rate" if "rate" in its.config else "stddev"
    rates = [float(c.config.get(name, 0.0)) for c in (mine, its)]
    if rates[0] != rates[1]:
        yield _setting(
            case,
            its,
            name,
            rates[0],
            rates[1],
            _mask_gap(its, rates[1]),
            1.0 if rates[0] == 0 else min(_mask_gap(its, rates[0]), 1.0),
        )
        return
    masks = [_mask(c) for c in (mine, its)]
    if masks[0] is None or masks[1] is None or not rates[0]:
        return
    if masks[0].shape == masks[1].shape and (masks[0] != masks[1]).any():
        seeds = [_seed(c) for c in (mine, its)]
        yield cause(
            "model",
            case.right,
            "other-dropout-seed",
            note(
                "layer {layer} ({kind}) drops other units in {right} than in "
                "{left}: {share} of its mask differs (seeds {its}, {mine}).",
                layer=its.name,
                kind=its.kind,
                right=case.right.name,
                left=case.left.name,
                share=f"{(masks[0] != masks[1]).mean():.0%}",
                its=seeds[1],
                mine=seeds[0],
            ),
            Note("give the layer the same seed on both sides."),
            _mask_gap(its, rates[1]),
            1.0,
            place=its.place,
        )


def _seed(call: LayerCall) -> str:
    seed = call.config.get("seed")
    return (
        str(seed.get("config", {}).get("seed"))
        if isinstance(seed, dict)
        else str(seed)
    )


def _mask(call: LayerCall) -> np.ndarray | None:
    if call.inputs is None or call.output is None:
        return None
    return np.asarray((call.output == 0) & (call.inputs != 0))


def _mask_gap(call: LayerCall, rate: float) -> float:
    """Return how far the output is from the input, kept ones scaled."""
    mask = _mask(call)
    if mask is None or call.inputs is None or call.output is None or rate >= 1:
        return 1.0
    return gap(call.output, np.where(mask, 0.0, call.inputs / (1 - rate)))


# --- A layer that one side has not


def _left_out(
    case: Case,
    side: Side,
    call: LayerCall,
    calls: Sequence[LayerCall],
    place: int,
) -> Iterator[Cause]:
    if call.inputs is None or call.output is None:
        return
    changes = gap(call.inputs, call.output)
    if changes <= case.bound or call.kind in ("Flatten", "Reshape"):
        return
    yield cause(
        "model",
        side,
        "layer-left-out",
        note(
            "{side} has no layer {layer} ({kind}{settings}), {other} has.",
            side=side.name,
            other=case.other(side).name,
            layer=call.name,
            kind=call.kind,
            settings=_main_setting(call),
        ),
        Note("use the same layers on both sides."),
        0.0,
        min(changes, 1.0),
        place=call.place,
    )


def _main_setting(call: LayerCall) -> str:
    for name in ("rate", "units", "filters", "activation", "stddev"):
        if call.config.get(name) is not None:
            return f", {name}={_said(call.config[name])}"
    return ""


# --- A model written by hand


def _by_hand(case: Case, update: int) -> Iterator[Cause]:
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
    if any(gap(plain, value) <= case.bound for value in wanted):
        return
    for title, changed in _changes(calls):
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
                min(gap(made, plain), 1.0),
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


def _changes(
    calls: Sequence[LayerCall],
) -> Iterator[tuple[Note, list[LayerCall]]]:
    """Yield the layers with one thing changed, and what."""
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
        for activation in ACTIVATIONS:
            if isinstance(own, str) and own != activation:
                changed = replace(
                    call, config={**call.config, "activation": activation}
                )
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

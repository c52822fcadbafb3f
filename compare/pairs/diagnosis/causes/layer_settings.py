"""Model: the same layer with other settings, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from compare.pairs.diagnosis.anatomy import LayerCall
from compare.pairs.diagnosis.causes.layer_again import again
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


def pair_causes(
    case: Case, mine: LayerCall, its: LayerCall
) -> Iterator[Cause]:
    """Yield what differs between one layer of both sides."""
    if mine.kind != its.kind:
        plain = 1.0
        made = again(mine, its)
        if made is not None and its.output is not None:
            plain = gap(made, its.output)
            if plain <= case.bound:  # two names of one layer
                return
        yield setting_cause(
            case, its, "layer", mine.kind, its.kind, 0.0, plain
        )
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
        plain = gap(changed, its.output)
        if case.proves(apart, plain):
            yield setting_cause(
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
    plain = gap(changed, its.output)
    side = case.right if its.mask is None else case.left
    if case.proves(apart, plain):
        yield cause(
            case,
            "model",
            side,
            "mask",
            note(
                "layer {layer} ({kind}) gets no mask in {side}, one in "
                "{other}.",
                layer=its.name,
                kind=its.kind,
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


def setting_cause(
    case: Case,
    its: LayerCall,
    name: str,
    mine: Any,
    other: Any,
    apart: float,
    plain: float,
) -> Cause:
    """Return the cause of a layer with another setting."""
    key = "activation" if "activation" in name else name
    return cause(
        case,
        "model",
        case.right,
        key,
        note(
            "layer {layer} ({kind}) has {name}={other} in {right} and "
            "{name}={mine} in {left}.",
            layer=its.name,
            kind=its.kind,
            name=name,
            other=said(other),
            mine=said(mine),
        ),
        note("use the same {name} on both sides.", name=name),
        apart,
        plain,
        place=its.place,
    )


def said(value: Any) -> str:
    """Return a setting as people wrote it."""
    if isinstance(value, dict):
        return str(value.get("class_name", value))
    return figure(value) if isinstance(value, float) else str(value)


def left_out_causes(
    case: Case, side: Side, call: LayerCall
) -> Iterator[Cause]:
    """Yield a layer that one side has not, where it changes anything."""
    if call.inputs is None or call.output is None:
        return
    changes = gap(call.inputs, call.output)
    if changes <= case.bound or call.kind in ("Flatten", "Reshape"):
        return
    yield cause(
        case,
        "model",
        side,
        "layer-left-out",
        note(
            "{side} has no layer {layer} ({kind}{settings}), {other} has.",
            layer=call.name,
            kind=call.kind,
            settings=_main_setting(call),
        ),
        Note("use the same layers on both sides."),
        place=call.place,
    )


def _main_setting(call: LayerCall) -> str:
    for name in ("rate", "units", "filters", "activation", "stddev"):
        if call.config.get(name) is not None:
            return f", {name}={said(call.config[name])}"
    return ""

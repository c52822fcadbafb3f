"""Model: the training flag, and layers that draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from compare.pairs.diagnosis.anatomy import LayerCall
from compare.pairs.diagnosis.causes.layer_again import RANDOM, again
from compare.pairs.diagnosis.causes.layer_settings import setting_cause
from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.closeness import gap
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def flags_differ(mine: LayerCall, its: LayerCall) -> bool:
    """Whether two calls of a layer have different training flags."""
    return bool(mine.training) != bool(its.training)


def hangs_on_flag(case: Case, call: LayerCall) -> bool:
    """Whether a layer gives something else in training."""
    if call.kind in RANDOM:
        return bool(call.config.get("rate") or call.config.get("stddev"))
    on, off = again(call, call, True), again(call, call, False)
    return on is not None and off is not None and gap(on, off) > case.bound


def flag_cause(
    case: Case, flags: Sequence[tuple[LayerCall, LayerCall]]
) -> Cause:
    """Return the cause of layers that were called as in inference."""
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
        gap(made, call.output)
        if made is not None and call.output is not None
        else 1.0
    )
    norm = any("Normalization" in c.kind for c, _ in flags)
    return cause(
        case,
        "model",
        side,
        "no-training-flag-norm" if norm else "no-training-flag",
        note(
            "{side} calls its model without training=True, so as in inference "
            "for {layers}; {other} calls it as in training.",
            layers=", ".join(f"{c.name} ({c.kind})" for c, _ in flags),
        ),
        Note("model(x, training=True)."),
        apart,
        plain,
        place=side.steps[0].update.place,
    )


def dropout_causes(
    case: Case, mine: LayerCall, its: LayerCall
) -> Iterator[Cause]:
    """Compare two layers that draw: their rate, else their mask."""
    if not (mine.training and its.training):
        return
    name = "rate" if "rate" in its.config else "stddev"
    rates = [float(c.config.get(name, 0.0)) for c in (mine, its)]
    if rates[0] != rates[1]:
        yield setting_cause(
            case,
            its,
            name,
            rates[0],
            rates[1],
            _mask_gap(its, rates[1]),
            _mask_gap(its, rates[0]),
        )
        return
    yield from _other_mask(case, mine, its, rates[1])


def _other_mask(
    case: Case, mine: LayerCall, its: LayerCall, rate: float
) -> Iterator[Cause]:
    """Yield other units that are dropped, where both sides show which."""
    shapes = {v.shape for c in (mine, its) if (v := c.inputs) is not None}
    masks = [_mask(call) for call in (mine, its)]
    if masks[0] is None or masks[1] is None or not rate or len(shapes) > 1:
        return
    inputs = [np.asarray(call.inputs) for call in (mine, its)]
    shown = np.logical_and(inputs[0] != 0, inputs[1] != 0)
    differ = np.logical_and(masks[0] != masks[1], shown)
    if not differ.any():
        return
    yield cause(
        case,
        "model",
        case.right,
        "other-dropout-seed",
        note(
            "layer {layer} ({kind}) drops other units in {right} than in "
            "{left}: {share} of its mask differs (seeds {its}, {mine}).",
            layer=its.name,
            kind=its.kind,
            share=f"{differ.sum() / shown.sum():.0%}",
            its=_seed(its),
            mine=_seed(mine),
        ),
        Note("give the layer the same seed on both sides."),
        _mask_gap(its, rate),
        _mask_gap(its, rate, masks[0]),
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


def _mask_gap(
    call: LayerCall, rate: float, mask: np.ndarray | None = None
) -> float:
    """Return how far the output is from the input, kept ones scaled."""
    mask = _mask(call) if mask is None else mask
    if mask is None or call.inputs is None or call.output is None or rate >= 1:
        return 1.0
    return gap(call.output, np.where(mask, 0.0, call.inputs / (1 - rate)))

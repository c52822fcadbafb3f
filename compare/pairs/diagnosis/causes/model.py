"""Model: training flag, another layer, setting, dropout mask, activation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from compare.pairs.diagnosis.anatomy import LayerCall
from compare.pairs.diagnosis.causes.dropout import (
    dropout_causes,
    flag_cause,
    flags_differ,
    hangs_on_flag,
)
from compare.pairs.diagnosis.causes.layer_again import RANDOM
from compare.pairs.diagnosis.causes.layer_settings import (
    left_out_causes,
    pair_causes,
)
from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.causes.operations import Head, operation_causes
from compare.records.diagnosis import Cause


def model_causes(
    case: Case, update: int, heads: Sequence[Head], written: Sequence[Cause]
) -> Iterator[Cause]:
    """Yield what differs between the models of both sides.

    Layers of Keras are compared first, then expressions, then operations.

    Args:
        case: the sides.
        update: which update, from 0.
        heads: the predictions, where they are known and of the same rows.
        written: what `expression_causes` gives; it says all if anything.
    """
    layers = list(_layer_causes(case, update))
    yield from layers or (c for c in written if c.stage == "model")
    if not layers and not written and len(heads) == len(case.sides):
        yield from operation_causes(case, update, heads)


def _layer_causes(case: Case, update: int) -> Iterator[Cause]:
    """Compare layer by layer.

    Each layer is made again from the settings of either side, and given what
    the right side's got: so one that differs does not hide the next.
    """
    one, other = (side.steps[update].update.layers for side in case.sides)
    if not one or not other:
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
                if flags_differ(*pair) and hangs_on_flag(case, pair[0]):
                    flags.append(pair)
                draws = pair[0].kind == pair[1].kind in RANDOM
                compared = dropout_causes if draws else pair_causes
                yield from compared(case, *pair)
            continue
        for call in mine:
            yield from left_out_causes(case, case.right, call)
        for call in its:
            yield from left_out_causes(case, case.left, call)
    if flags:
        yield flag_cause(case, flags)


def _signature(call: LayerCall) -> str:
    shape = None if call.output is None else call.output.shape[1:]
    return f"{call.kind} {shape}"

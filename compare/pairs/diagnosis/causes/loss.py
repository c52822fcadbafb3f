"""Loss: another function, factor, reduction, weights, penalties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compare.pairs.diagnosis.batch_seen import batch_of
from compare.pairs.diagnosis.causes.loss_factors import (
    factor_causes,
    gap_to,
    scaled_causes,
)
from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.causes.outputs import has_outputs, output_causes
from compare.pairs.diagnosis.causes.penalties import (
    is_explained,
    penalty_causes,
    weight_causes,
)
from compare.pairs.diagnosis.loss_recognition import Told, tell
from compare.pairs.diagnosis.losses import OF_LOGITS, Form, forms
from compare.pairs.diagnosis.rows import Batches
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

Both = tuple[Told | None, Told | None]


def told(case: Case, left: Batches, right: Batches, update: int) -> Both:
    """Recognise the losses of both sides; none where there are several."""
    if has_outputs(case, update):
        return None, None
    tried = forms([s.steps[update] for s in case.sides])
    targets = [
        y
        for own in (left, right)
        if (y := own.ys[update] if update < len(own.ys) else None) is not None
    ]
    found = []
    for side, own in zip(case.sides, (left, right), strict=True):
        theirs = case.other(side).steps[update]
        mine = own.ys[update]
        same = left.sizes[update] == right.sizes[update]
        ys = [mine] if mine is not None else targets if same else []
        step = side.steps[update]
        part = batch_of(step, case.problem)[1]
        ys += [] if part is None else [part]
        ys = [*ys, *(call.y for call in step.update.losses)]
        found.append(tell(step, theirs, ys, tried, case.bound))
    return found[0], found[1]


def loss_causes(
    case: Case, both: Both, update: int, same_batch: bool
) -> Iterator[Cause]:
    """Yield what differs in the losses of both sides.

    Args:
        case: the sides.
        both: their losses, recognised.
        update: of which update, from 0.
        same_batch: whether both took the same batch; if not, only the
            functions can be compared: weights and factors may hang on rows.
    """
    one, other = both
    if has_outputs(case, update):
        if same_batch:
            yield from output_causes(case, update)
        return
    if one is None or other is None:
        if same_batch:
            yield from scaled_causes(case, update)
        return
    said = all(side.steps[update].update.losses for side in case.sides)
    squares = _is_square(one) and _is_square(other)
    if squares and one.form != other.form and not said:
        if same_batch:  # the errors are too small to tell which it is
            yield from scaled_causes(case, update)
        return
    yield from _function(case, one, other)
    if not same_batch:
        return
    if all(is_explained(case, t, update, i) for i, t in enumerate(both) if t):
        yield from factor_causes(case, one, other)
    yield from weight_causes(case, one, other)
    yield from penalty_causes(case, one, other, update)


def _is_square(told: Told) -> bool:
    """Whether a loss is the squared error, as far as its errors show."""
    if told.form == Form("mean_squared_error"):
        return True
    if told.form.name != "huber":
        return False  # nor has y the shape of a prediction in every other
    off = np.abs(told.prediction.ravel() - told.y.ravel())
    return bool(off.max() <= told.form.delta)


def _function(case: Case, one: Told, other: Told) -> Iterator[Cause]:
    a, b = one.form, other.form
    kinds = [_base(form.name) for form in (a, b)]
    if kinds[0] != kinds[1] or a.root != b.root:
        yield _named(case, one, other, "loss-function", _name(a), _name(b))
        return
    if a.broadcast != b.broadcast:
        side, mine = (case.left, one) if a.broadcast else (case.right, other)
        rows = len(mine.prediction)
        yield cause(
            case,
            "loss",
            side,
            "broadcast",
            note(
                "{side} subtracts y of shape ({rows},) from a prediction of "
                "shape ({rows}, 1): that makes {rows} x {rows} differences, "
                "every row against every other.",
                rows=rows,
            ),
            Note("give y the shape of the prediction: y.reshape(-1, 1)."),
            mine.gap,
            gap_to(mine, Form(a.name)),
        )
        return
    logits = [_logits(case, i, t) for i, t in enumerate((one, other))]
    if logits[0] != logits[1]:
        key = (
            "softmax-twice"
            if any("twice" in said or "for logits" in said for said in logits)
            else "from-logits-default"
        )
        yield _named(case, one, other, key, logits[0], logits[1])
    if (a.smoothing, a.added) != (b.smoothing, b.added):
        said = _smoothing(a), _smoothing(b)
        yield _named(case, one, other, "label-smoothing", *said)
    if a.name == "huber" and deltas_differ(a, b):
        said = _delta(a), _delta(b)
        yield _named(case, one, other, "huber-delta", *said)


def _smoothing(form: Form) -> str:
    shown = f"label_smoothing={form.smoothing:g}"
    return f"{shown} (not divided by the classes)" if form.added else shown


def _delta(form: Form) -> str:
    return f"delta {'>' if form.least else '='} {form.delta:.6g}"


def deltas_differ(a: Form, b: Form) -> bool:
    """Whether no delta would do for two Huber losses."""
    if a.least or b.least:
        low, own = (a, b) if a.least else (b, a)
        return not own.least and own.delta < low.delta
    return abs(a.delta - b.delta) > 1e-4 * abs(a.delta)


def _base(name: str) -> str:
    """Leave out in which form a cross-entropy takes its targets."""
    return name.removeprefix("sparse_")


def _name(form: Form) -> str:
    return f"root of {form.name}" if form.root else form.name


def _logits(case: Case, number: int, told: Told) -> str:
    """Say how a cross-entropy takes the prediction, in words.

    Of a softmax's or sigmoid's output as logits it is taken twice; of plain
    numbers as probabilities never.
    """
    form = told.form
    if form.name not in OF_LOGITS:
        return ""
    layers = case.sides[number].steps[0].update.layers
    last = ""
    for layer in layers:
        shown = layer.config.get("activation", layer.kind.lower())
        last = str(shown)
    squashed = last in ("sigmoid", "softmax") and not told.of_logits
    if layers:
        if form.from_logits and squashed:
            return f"{last} and from_logits=True, so twice"
        if not form.from_logits and not squashed:
            return "logits taken for probabilities"
        return "once"
    inside = bool(told.prediction.min() >= 0 and told.prediction.max() <= 1)
    return (
        "once"
        if form.from_logits != inside
        else "probabilities taken for logits"
        if form.from_logits
        else "logits taken for probabilities"
    )


def _named(
    case: Case, one: Told, other: Told, key: str, mine: str, its: str
) -> Cause:
    """Say two forms of the loss, the right side's recomputed."""
    values = {
        "left": case.left.name,
        "right": case.right.name,
        "one": mine,
        "other": its,
    }
    titles = {
        "loss-function": Note(
            "{right}'s loss is {other}, {left}'s is {one}.", values
        ),
        "from-logits-default": Note(
            "the sigmoid or softmax before the loss: {other} in {right}, "
            "{one} in {left}.",
            values,
        ),
        "label-smoothing": Note("{right} has {other}, {left} {one}.", values),
        "huber-delta": Note(
            "{right}'s Huber loss has {other}, {left}'s {one}.", values
        ),
    }
    titles["softmax-twice"] = titles["from-logits-default"]
    form = one.form
    if form == other.form or key in ("softmax-twice", "from-logits-default"):
        form = replace(other.form, from_logits=not other.form.from_logits)
    return cause(
        case,
        "loss",
        case.right,
        key,
        titles[key],
        Note("use the same loss on both sides."),
        other.gap,
        gap_to(other, form),
    )

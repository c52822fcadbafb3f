"""Loss: another function, factor, reduction, weights, penalties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.losses import (
    OF_LOGITS,
    Form,
    Told,
    forms,
    recomputed,
    tell,
)
from compare.pairs.diagnosis.rows import Batches
from compare.pairs.diagnosis.steps import Side, Step
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

Both = tuple[Told | None, Told | None]


def told(case: Case, left: Batches, right: Batches, update: int) -> Both:
    """Recognise the loss of both sides at an update."""
    tried = forms([s.steps[update] for s in case.sides])
    targets = [
        y
        for own in (left, right)
        if (y := own.ys[update] if update < len(own.ys) else None) is not None
    ]
    found = []
    for side, own in zip(case.sides, (left, right), strict=True):
        mine = own.ys[update]
        same = left.sizes[update] == right.sizes[update]
        ys = [mine] if mine is not None else targets if same else []
        step = side.steps[update]
        ys = [*ys, *(call.y for call in step.update.losses)]
        found.append(tell(step, ys, tried, case.bound))
    return found[0], found[1]


def same_loss(case: Case, both: Both) -> bool | None:
    """Whether both sides have the same loss; None if it is not known."""
    one, other = both
    if one is None or other is None:
        return None
    return not list(loss_causes(case, both, 0))


def loss_causes(case: Case, both: Both, update: int) -> Iterator[Cause]:
    """Yield what differs in the losses of both sides.

    Args:
        case: the sides.
        both: their losses, recognised.
        update: of which update, from 0.
    """
    one, other = both
    if one is None or other is None:
        yield from _scaled(case, update)
        return
    yield from _function(case, one, other)
    if _explained(case, one, update, 0) and _explained(case, other, update, 1):
        yield from _factor(case, one, other)
    yield from _weights(case, one, other)
    yield from _penalty(case, one, other, update)


def _explained(case: Case, told: Told, update: int, number: int) -> bool:
    """Whether the loss is what was recognised, and penalties.

    If not, only plain factors are believed: the gradient may be that of
    something else that is in proportion to it in this one batch.
    """
    step = case.sides[number].steps[update]
    plain = _reduction(told).text.count("divisor") == 0
    return plain or _rest(case, step, told) is not None


def _place(side: Side) -> str:
    places = side.anatomy.places
    return places.get("compile", "") or side.steps[0].gradient.place


def _plain(side: Told, form: Form, factor: float | None = None) -> float:
    """Return how far another loss's gradient is from the recorded one."""
    try:
        found = recomputed(form, side.y, side.prediction)
    except (ValueError, TypeError):
        return np.inf
    if found is None:
        return np.inf
    own = found[1] * (side.factor if factor is None else factor)
    own = own / side.samples
    if side.weights is not None:
        own = own * side.weights.reshape(
            side.weights.shape + (1,) * (own.ndim - side.weights.ndim)
        )
    return gap(side.upstream, own)


def _finite(value: float) -> float:
    return float(min(value, 1.0))


# --- The function


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
            "loss",
            side,
            "broadcast",
            note(
                "{side} subtracts y of shape ({rows},) from a prediction of "
                "shape ({rows}, 1): that makes {rows} x {rows} differences, "
                "every row against every other.",
                side=side.name,
                rows=rows,
            ),
            Note("give y the shape of the prediction: y.reshape(-1, 1)."),
            mine.gap,
            _finite(_plain(mine, Form(a.name))),
            place=_place(side),
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
    if a.smoothing != b.smoothing:
        yield _named(
            case,
            one,
            other,
            "label-smoothing",
            f"label_smoothing={a.smoothing:g}",
            f"label_smoothing={b.smoothing:g}",
        )


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
    }
    titles["softmax-twice"] = titles["from-logits-default"]
    form = one.form
    if form == other.form or key in ("softmax-twice", "from-logits-default"):
        form = replace(other.form, from_logits=not other.form.from_logits)
    return cause(
        "loss",
        case.right,
        key,
        titles[key],
        Note("use the same loss on both sides."),
        other.gap,
        _finite(_plain(other, form)),
        place=_place(case.right),
    )


# --- Its factor


def _factor(case: Case, one: Told, other: Told) -> Iterator[Cause]:
    alike = [one.factor / other.factor]
    alike.append(alike[0] * other.samples / one.samples)  # both are sums
    if min(abs(times - 1) for times in alike) <= 10 * case.bound:
        return
    side, mine, its = case.right, other, one
    if abs(other.factor - 1) < 1e-6 and abs(one.factor - 1) > 1e-6:
        side, mine, its = case.left, one, other
    times = mine.factor / its.factor
    yield cause(
        "loss",
        side,
        _factor_key(times, mine),
        note(
            "{side}'s loss is {times} times {other}'s: {mine} where {other} "
            "has {its}.",
            side=side.name,
            other=case.other(side).name,
            times=figure(times),
            mine=_reduction(mine),
            its=_reduction(its),
        ),
        Note("take the mean over all samples on both sides."),
        mine.gap,
        _finite(_plain(mine, mine.form, its.factor)),
        place=_place(side),
    )


def _factor_key(times: float, mine: Told) -> str:
    if abs(times - 0.5) < 1e-6:
        return "half-error"
    if abs(mine.factor / mine.samples - 1) < 1e-6:
        return "sum-for-mean"
    return "loss-scaled"


def _reduction(told: Told) -> Note:
    """Say what is done with the losses of the samples."""
    for factor, text in (
        (1.0, "the mean over {samples} samples"),
        (told.samples, "the sum over {samples} samples"),
        (0.5, "half the mean over {samples} samples"),
        (2.0, "twice the mean over {samples} samples"),
        (told.samples / 2, "half the sum over {samples} samples"),
        (
            told.samples / len(told.prediction),
            "the sum over {samples} samples, divided by the rows",
        ),
        (
            float(told.prediction.size / told.samples),
            "the mean over the rows of the sum over outputs",
        ),
    ):
        if abs(told.factor / factor - 1) < 1e-6:
            return note(text, samples=told.samples)
    return note(
        "the sum over {samples} samples, divided by {divisor}",
        samples=told.samples,
        divisor=figure(told.samples / told.factor),
    )


def _scaled(case: Case, update: int) -> Iterator[Cause]:
    """Compare losses that are none of Keras's, at the same prediction."""
    a, b = (side.steps[update].head for side in case.sides)
    if (
        a is None
        or b is None
        or a.upstream is None
        or b.upstream is None
        or gap(a.value, b.value) > case.bound
    ):
        return
    times = ratio(b.upstream, a.upstream)
    apart, plain = (
        gap(b.upstream, times * a.upstream),
        gap(b.upstream, a.upstream),
    )
    if times > 0 and case.proves(apart, plain):
        yield cause(
            "loss",
            case.right,
            "loss-scaled",
            note(
                "{right}'s loss is {times} times {left}'s.",
                right=case.right.name,
                left=case.left.name,
                times=figure(times),
            ),
            Note("use the same loss on both sides."),
            apart,
            plain,
            place=_place(case.right),
        )


# --- Weights of samples, penalties


def _weights(case: Case, one: Told, other: Told) -> Iterator[Cause]:
    if one.weights is None and other.weights is None:
        return
    if one.weights is not None and other.weights is not None:
        if gap(one.weights, other.weights) <= 10 * case.bound:
            return
        side, mine = case.right, other
    else:
        side, mine = (
            (case.left, one)
            if one.weights is not None
            else (case.right, other)
        )
    assert mine.weights is not None
    values = {
        "side": side.name,
        "other": case.other(side).name,
        "least": figure(float(mine.weights.min())),
        "most": figure(float(mine.weights.max())),
    }
    titles = {
        "samples": Note(
            "{side} weights its samples (from {least} to {most}), {other} "
            "does otherwise.",
            values,
        ),
        "classes": Note(
            "{side} weights its classes (up to {most} times the least), "
            "{other} does otherwise.",
            values,
        ),
        "mask": Note(
            "{side} leaves masked steps out of the loss, {other} does "
            "otherwise.",
            values,
        ),
    }
    yield cause(
        "loss",
        side,
        {"samples": "sample-weights", "classes": "class-weights"}.get(
            mine.kind, "mask"
        ),
        titles[mine.kind],
        Note("use the same weights of samples on both sides."),
        mine.gap,
        1.0,
        place=_place(side),
    )


def _penalty(
    case: Case, one: Told, other: Told, update: int
) -> Iterator[Cause]:
    """Yield penalties that differ, where what a loss has besides is one.

    Each side's rest must be the sum of its model's own losses, or a multiple
    of the squares of its kernels.
    """
    steps = [side.steps[update] for side in case.sides]
    found = [
        _rest(case, step, told)
        for step, told in zip(steps, (one, other), strict=True)
    ]
    one_rest, other_rest = found
    if one_rest is None or other_rest is None:
        return
    (mine, _), (its, apart) = one_rest, other_rest
    size = max(abs(step.loss) for step in steps)
    if abs(mine - its) <= 10 * case.bound * size:
        return
    number = 0 if not mine else 1
    side, step = case.sides[number], steps[number]
    values = {
        "right": case.right.name,
        "left": case.left.name,
        "side": side.name,
        "other": case.other(side).name,
        "its": figure(its),
        "mine": figure(mine),
        "rest": figure(mine or its),
    }
    forgotten = not mine or not its
    if not forgotten:
        values["times"] = figure(its / mine)
        title = Note(
            "{right}'s penalties are {its}, {left}'s {mine}: {times} times as "
            "much.",
            values,
        )
    elif step.update.penalty:
        title = Note(
            "{side}'s model has penalties, of {rest}, that its loss leaves "
            "out; {other} adds them.",
            values,
        )
    else:
        title = Note(
            "{other}'s loss has penalties, of {rest}; {side}'s has none.",
            values,
        )
    yield cause(
        "loss",
        side,
        "penalty-forgotten" if forgotten else "penalty",
        title,
        Note("loss += tf.add_n(model.losses).")
        if forgotten and step.update.penalty
        else Note("use the same penalties on both sides."),
        apart,
        _finite(gap(mine, its)),
        place=_place(side),
    )


def _rest(case: Case, step: Step, told: Told) -> tuple[float, float] | None:
    """Return the penalty in a loss and its gap; None if it is none."""
    size = max(abs(step.loss), abs(step.loss - told.rest))
    if abs(told.rest) <= 10 * case.bound * size:
        return 0.0, 0.0
    penalty = step.update.penalty or 0.0
    apart = abs(told.rest - penalty) / size
    if apart <= 10 * case.bound:
        return penalty, apart
    for names in _kernels(step):
        squares = sum(float((step.before[k] ** 2).sum()) for k in names)
        factor = told.rest / squares if squares else 0.0
        plain = float(f"{factor:.3g}")  # nobody writes more figures
        apart = abs(told.rest - plain * squares) / size
        if plain > 0 and apart <= 10 * case.bound:
            return told.rest, apart
    return None


def _kernels(step: Step) -> Iterator[list[str]]:
    """Yield the parameters that penalties are often on."""
    yield [k for k, v in step.before.items() if v.ndim > 1]
    yield [k for k in step.before if k in step.taken]
    yield from ([k] for k in step.taken)

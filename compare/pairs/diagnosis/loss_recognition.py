"""Tell a loss by its gradient: which of Keras's losses, scaled by what.

What was recorded is the gradient of the loss with respect to the prediction,
a number for every element. A loss is recognised only if its own gradient is
that one, but for one factor; the loss's value alone could be anything's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.losses import Form, recomputed
from compare.pairs.diagnosis.steps import Step

MOST_CLASSES = 10
"""Different weights that may be weights of classes."""


@dataclass(frozen=True)
class Told:
    """A loss that was recognised.

    Attributes:
        form: which.
        factor: 1 where it is the mean over all samples.
        samples: how many these are.
        weights: one for each sample, as "samples", "classes" or "mask"; else
            None.
        kind: which of them.
        of_logits: whether the last activation was gone round.
        rest: what the loss has besides: penalties.
        gap: of the gradient with respect to the prediction.
        prediction, y: on which it was recomputed.
        upstream: the recorded gradient.
    """

    form: Form
    factor: float
    samples: int
    weights: np.ndarray | None
    kind: str
    of_logits: bool
    rest: float
    gap: float
    prediction: np.ndarray
    y: np.ndarray
    upstream: np.ndarray


def tell(
    step: Step, ys: Sequence[np.ndarray], forms: Sequence[Form], bound: float
) -> Told | None:
    """Recognise the loss of an update.

    Args:
        step: the update; the prediction is what its model gave, or else the
            first tensor on the tape of which a loss gives the gradient.
        ys: the targets that may be meant.
        forms: losses to try, the likeliest first.
        bound: see `closeness`.
    """
    loose: Told | None = None
    for value, upstream, of_logits in _heads(step):
        for given in ys:
            y = given[: len(value)]  # of accumulated ones the first
            for form in forms:
                told = _fits(step, value, upstream, y, form, bound)
                if told is None:
                    continue
                told = replace(told, of_logits=of_logits)
                if abs(told.rest) <= 10 * bound * abs(step.loss):
                    return told
                loose = loose or told
        if loose:
            return loose
    return None


def _heads(step: Step) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
    head = step.head
    if head is not None and head.upstream is not None:
        yield head.value, head.upstream, head.kind == "logits"
        return
    for tensor in step.gradient.tape:
        if (
            tensor.upstream is not None
            and tensor.value.ndim
            and tensor.kind != ""
            and tensor.upstream.any()
        ):
            yield tensor.value, tensor.upstream, False


def _fits(
    step: Step,
    prediction: np.ndarray,
    upstream: np.ndarray,
    y: np.ndarray,
    form: Form,
    bound: float,
) -> Told | None:
    try:
        found = recomputed(form, y, prediction)
    except (ValueError, TypeError):  # shapes that this loss does not take
        return None
    if found is None:
        return None
    losses, own = found
    if not np.isfinite(own).all() or not own.any():
        return None
    samples = losses.size
    factor = ratio(upstream, own)
    apart = gap(upstream, factor * own)
    weights, kind = None, ""
    if not factor or apart > bound:
        weighted = _weighted(step, losses, own, upstream, y, bound)
        if weighted is None:
            return None
        factor, weights, kind, apart = weighted
    total = losses.ravel() * (1.0 if weights is None else weights.ravel())
    return Told(
        form=form,
        factor=factor * samples,
        samples=samples,
        weights=weights,
        kind=kind,
        of_logits=False,
        rest=step.loss - factor * float(total.sum()),
        gap=apart,
        prediction=prediction,
        y=y,
        upstream=upstream,
    )


def _weighted(
    step: Step,
    losses: np.ndarray,
    own: np.ndarray,
    upstream: np.ndarray,
    y: np.ndarray,
    bound: float,
) -> tuple[float, np.ndarray, str, float] | None:
    """Return factor, weights, what they are of, and the gap, if they fit."""
    given = step.update.weights
    for kind, weights in (("samples", given), ("mask", step.update.mask)):
        if weights is None or weights.size != losses.size:
            continue
        each = weights.astype(float).reshape(losses.shape)
        scaled = own * each.reshape(each.shape + (1,) * (own.ndim - each.ndim))
        factor = ratio(upstream, scaled)
        apart = gap(upstream, factor * scaled)
        if factor and apart <= bound:
            if kind == "samples" and _are_of_classes(each, y):
                kind = "classes"
            least = float(each[each > 0].min())
            return factor * least, each / least, kind, apart
    return _by_class(losses, own, upstream, y, bound) or _by_sample(
        step, losses, own, upstream, bound
    )


def _by_sample(
    step: Step,
    losses: np.ndarray,
    own: np.ndarray,
    upstream: np.ndarray,
    bound: float,
) -> tuple[float, np.ndarray, str, float] | None:
    """Find a weight for each sample, where the loss itself confirms them."""
    rows = losses.size
    if own.size % rows or losses.ndim != 1 or rows < 2:
        return None
    flat, seen = own.reshape(rows, -1), upstream.reshape(rows, -1)
    weights = np.array([ratio(a, b) for a, b in zip(seen, flat, strict=True)])
    apart = gap(seen, flat * weights[:, None])
    if apart > bound or (weights <= 0).any():
        return None
    rest = step.loss - float(weights @ losses)
    besides = min(abs(rest), abs(rest - (step.update.penalty or 0.0)))
    if besides > 10 * bound * abs(step.loss):
        return None
    least = float(weights.min())
    return least, weights / least, "samples", apart


def _are_of_classes(weights: np.ndarray, y: np.ndarray) -> bool:
    """Whether every class has one weight, and not all have the same."""
    labels, flat = y.reshape(len(y), -1), weights.ravel()
    if len(flat) != len(labels):
        return False
    kinds, places = np.unique(labels, axis=0, return_inverse=True)
    return 1 < len(kinds) <= MOST_CLASSES < 3 * len(flat) and all(
        np.ptp(flat[places.ravel() == kind]) == 0 for kind in range(len(kinds))
    )


def _by_class(
    losses: np.ndarray,
    own: np.ndarray,
    upstream: np.ndarray,
    y: np.ndarray,
    bound: float,
) -> tuple[float, np.ndarray, str, float] | None:
    """Find weights that hang on the class alone."""
    rows = losses.size
    if own.size % rows or len(y) != rows or losses.ndim != 1:
        return None
    classes = y.reshape(rows, -1)
    labels = classes.argmax(1) if classes.shape[1] > 1 else classes[:, 0]
    values = np.unique(labels)
    if not 1 < len(values) <= MOST_CLASSES or rows < 3 * len(values):
        return None
    flat, seen = own.reshape(rows, -1), upstream.reshape(rows, -1)
    weights = np.ones(rows)
    for value in values:
        mine = labels == value
        weights[mine] = ratio(seen[mine], flat[mine])
    apart = gap(seen, flat * weights[:, None])
    if apart > bound or (weights <= 0).any():
        return None
    least = float(weights.min())
    return least, weights / least, "classes", apart

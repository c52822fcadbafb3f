"""Tell a loss by its gradient: which of Keras's losses, scaled by what.

What was recorded is the gradient of the loss with respect to the prediction,
a number for every element. A loss is recognised only if its own gradient is
that one, but for one factor; the loss's value alone could be anything's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.steps import Step

FUNCTIONS = (
    "mean_squared_error",
    "mean_absolute_error",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "huber",
    "log_cosh",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "kl_divergence",
    "poisson",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "cosine_similarity",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
)
"""Of `keras.losses`, the usual ones first."""

OF_LOGITS = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
)
ELEMENTWISE = ("mean_squared_error", "mean_absolute_error")

MOST_CLASSES = 10
"""Different weights that may be weights of classes."""


@dataclass(frozen=True)
class Form:
    """One of Keras's losses, as it may be called.

    Attributes:
        name: of `FUNCTIONS`.
        from_logits: whether the prediction is taken for logits.
        smoothing: of labels.
        root: whether the root of the mean is taken.
        broadcast: whether y (rows,) meets a prediction (rows, 1), and every
            row is compared with every other.
    """

    name: str
    from_logits: bool = False
    smoothing: float = 0.0
    root: bool = False
    broadcast: bool = False


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


def recomputed(
    form: Form, y: np.ndarray, prediction: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the loss of each sample, and the gradient of their sum.

    Args:
        form: which loss.
        y: the targets.
        prediction: at which the gradient is taken.
    """
    import keras
    import tensorflow as tf

    target = _target(form, y, prediction)
    if target is None:
        return None
    given: dict[str, Any] = {}
    if form.name in OF_LOGITS:
        given["from_logits"] = form.from_logits
    if form.smoothing:
        given["label_smoothing"] = form.smoothing
    p = tf.constant(prediction)
    with tf.GradientTape() as tape:
        tape.watch(p)
        if form.broadcast:
            off = p - tf.constant(target[None, :], p.dtype)
            each = off**2 if form.name == ELEMENTWISE[0] else tf.abs(off)
            losses = tf.reduce_mean(each, axis=1)
        else:
            function = getattr(keras.losses, form.name)
            losses = function(tf.constant(target), p, **given)
        if form.root:
            losses = tf.sqrt(tf.reduce_mean(losses))
    found = tape.gradient(losses, p)
    if found is None:
        return None
    return np.asarray(losses), np.asarray(found)


def _target(
    form: Form, y: np.ndarray, prediction: np.ndarray
) -> np.ndarray | None:
    """Return y in the shape that a loss wants; None if it has no such."""
    if form.broadcast:
        fits = prediction.ndim == 2 and prediction.shape[1] == 1
        return y.ravel() if fits and y.size == len(prediction) > 1 else None
    if form.name.startswith("sparse"):
        if y.size * prediction.shape[-1] != prediction.size:
            return None
        if (y != np.round(y)).any() or y.min(initial=0) < 0:
            return None
        labels = y.astype("int64").reshape(prediction.shape[:-1])
        return labels if labels.max(initial=0) < prediction.shape[-1] else None
    if y.size != prediction.size:
        return None
    categorical = form.name.startswith("categorical")
    if categorical and "hinge" not in form.name and prediction.shape[-1] == 1:
        return None
    return y.reshape(prediction.shape).astype(prediction.dtype)


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
        for y in ys:
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
            return factor, each, kind, apart
    return _by_class(losses, own, upstream, y, bound)


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


def forms(steps: Sequence[Step]) -> list[Form]:
    """Return the losses to try: first those that the sides say they have."""
    smoothings = {0.0, 0.1}
    said: list[Form] = []
    for step in steps:
        for call in step.update.losses:
            form = declared(call.kind, call.config)
            if form:
                said.append(form)
                smoothings.add(form.smoothing)
    found = said + [Form(name) for name in FUNCTIONS]
    found.insert(len(said), Form(FUNCTIONS[0], root=True))
    found += [Form(name, from_logits=True) for name in OF_LOGITS]
    found += [Form(name, broadcast=True) for name in ELEMENTWISE]
    for smoothing in sorted(smoothings - {0.0}):
        for name in OF_LOGITS[:2]:
            found += [
                Form(name, logits, smoothing) for logits in (False, True)
            ]
    return list(dict.fromkeys(found))


def declared(kind: str, config: Any) -> Form | None:
    """Return the loss that a call of a Keras loss says it is."""
    function = config.get("fn")
    if isinstance(function, dict):
        name = str(function.get("config"))
    else:
        name = "".join(
            f"_{c.lower()}" if c.isupper() else c for c in kind
        ).lstrip("_")
    if name not in FUNCTIONS:
        return None
    return Form(
        name,
        bool(config.get("from_logits", False)),
        float(config.get("label_smoothing", 0.0)),
    )

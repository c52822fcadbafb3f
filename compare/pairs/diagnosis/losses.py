"""Tell a loss by its gradient: which of Keras's losses, scaled by what.

What was recorded is the gradient of the loss with respect to the prediction,
a number for every element. A loss is recognised only if its own gradient is
that one, but for one factor; the loss's value alone could be anything's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

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

SOFT = OF_LOGITS[:2]
"""Those that take labels between classes."""

ELEMENTWISE = ("mean_squared_error", "mean_absolute_error")


@dataclass(frozen=True)
class Form:
    """One of Keras's losses, as it may be called.

    Attributes:
        name: of `FUNCTIONS`.
        from_logits: whether the prediction is taken for logits.
        smoothing: of labels.
        added: whether smoothing adds as much to each class, instead of its
            share.
        delta: of a Huber loss, from which on it is a line.
        least: whether no error was as large: any larger delta does the same.
        solve: what it is to be solved for: "smoothing", "delta", or "least".
        root: whether the root of the mean is taken.
        broadcast: whether y (rows,) meets a prediction (rows, 1), and every
            row is compared with every other.
    """

    name: str
    from_logits: bool = False
    smoothing: float = 0.0
    added: bool = False
    delta: float = 1.0
    least: bool = False
    solve: str = ""
    root: bool = False
    broadcast: bool = False


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
    if form.name == "huber":
        given["delta"] = form.delta
    if form.smoothing and form.added:
        target = target * (1 - form.smoothing) + form.smoothing
    elif form.smoothing:
        given["label_smoothing"] = form.smoothing
    p = tf.constant(prediction)
    with tf.GradientTape() as tape:
        tape.watch(p)
        if form.broadcast:
            off = p - tf.constant(target[None, :], p.dtype)
            each = off**2 if form.name == ELEMENTWISE[0] else tf.abs(off)
            losses = tf.reduce_mean(each, axis=1)
        elif form.added and form.from_logits and form.name == SOFT[1]:
            # TensorFlow's own takes it for granted that labels add up to 1.
            each = tf.constant(target) * tf.nn.log_softmax(p)
            losses = -tf.reduce_sum(each, axis=-1)
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
    if any(form.name == "huber" for form in said):
        found.insert(len(said), Form("huber", solve="least"))
    found += [Form(name, from_logits=True) for name in OF_LOGITS]
    found += [Form(name, broadcast=True) for name in ELEMENTWISE]
    for smoothing in sorted(smoothings - {0.0}):
        for name in SOFT:
            found += [
                Form(name, logits, smoothing) for logits in (False, True)
            ]
    for name in SOFT:
        found += [
            Form(name, logits, solve="smoothing") for logits in (False, True)
        ]
    found.append(Form("huber", solve="delta"))
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
        delta=float(config.get("delta", 1.0)),
    )

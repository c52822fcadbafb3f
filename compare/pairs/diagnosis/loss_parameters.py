"""Solve for the one number that a loss has besides its factor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.pairs.diagnosis.losses import Form, recomputed

PLAIN = 1e-4
"""How near to one of three figures a number must be that somebody wrote."""

ENOUGH = 2
"""Errors beyond a delta; of one within, the loss's value is the proof."""

MANY = 6
"""Numbers of which two are solved for."""


def solved(
    form: Form, y: np.ndarray, prediction: np.ndarray, upstream: np.ndarray
) -> Form | None:
    """Return the form with its number.

    Args:
        form: says by `solve` what is looked for.
        y: the targets.
        prediction: at which the gradient was taken.
        upstream: the gradient.
    """
    if y.size != prediction.size or upstream.size != y.size:
        return None
    if form.solve == "smoothing":
        return _smoothed(form, y, prediction, upstream)
    return _bent(form, y, prediction, upstream)


def _plain(value: float) -> float | None:
    """Return a number as somebody wrote it; None if nobody would."""
    written = float(f"{value:.3g}")
    return written if abs(value - written) <= PLAIN * abs(value) else None


def _bent(
    form: Form, y: np.ndarray, prediction: np.ndarray, upstream: np.ndarray
) -> Form | None:
    """Find from which error on a Huber loss is a line.

    Up to there its gradient is in proportion to the error, beyond it stays.
    """
    error = np.ravel(prediction).astype(float) - np.ravel(y)
    size, slope = np.abs(error), np.abs(np.ravel(upstream))
    if not size.all() or not slope.any():
        return None
    times = slope / size
    beyond = slope >= slope.max() * (1 - PLAIN)
    inside = times >= times.max() * (1 - PLAIN)
    if form.solve == "least" and inside.all():
        return replace(form, solve="", delta=float(size.max()), least=True)
    if beyond.sum() < ENOUGH:
        return None
    delta = _plain(float(slope.max() / times.max()))
    return None if delta is None else replace(form, solve="", delta=delta)


def _smoothed(
    form: Form, y: np.ndarray, prediction: np.ndarray, upstream: np.ndarray
) -> Form | None:
    """Find how much labels are smoothed.

    Labels that are mixed with others mix the gradients of a cross-entropy.
    The mean over the samples tells a whole addition from a share.
    """
    plain = replace(form, solve="")
    classes = prediction.shape[-1] if form.name.startswith("cat") else 2
    own = recomputed(plain, y, prediction)
    for added, label in ((False, 1 / classes), (True, 1.0)):
        all_of_it = replace(plain, added=added, smoothing=float(added))
        mixed = recomputed(all_of_it, np.full(y.shape, label), prediction)
        if own is None or mixed is None or y.size < MANY:
            return None
        if added:
            own = recomputed(replace(plain, added=True), y, prediction) or own
        design = np.stack([np.ravel(own[1]), np.ravel(mixed[1])], axis=1)
        parts = np.linalg.lstsq(design, np.ravel(upstream), rcond=None)[0]
        whole = float(parts.sum())
        found = _plain(float(parts[1]) / whole) if whole else None
        mean = abs(whole * own[0].size - 1) <= PLAIN
        if mean and found and 0 < found < 1:
            return replace(plain, smoothing=found, added=added)
    return None

"""The lesson `gpt`'s model in NumPy, for the harness's own curves."""

from __future__ import annotations

import numpy as np

from compare.lessons.losses import KERAS_EPSILON, log_softmax_at
from compare.records.problem import Parameters


def next_character_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean cross-entropy of the next characters, in float64."""
    logits, _ = gpt_forward(parameters, x)
    return -float(np.mean(log_softmax_at(logits, y)))


def gpt_forward(
    parameters: Parameters, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and attention of a GPT of one block, in float64.

    Args:
        parameters: as the lesson has them.
        x: numbers of characters, shape (rows, characters).

    Returns:
        For each character the logits of the next, shape (rows, characters,
        kinds); the shares of attention, which each character (third axis)
        gives to each (last axis), shape (rows, heads, characters,
        characters).
    """
    weights = {name: v.astype(float) for name, v in parameters.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        h = weights["token_embedding"][x] + weights["position_embedding"]
        mixed, shares = _attention(
            weights, _normalized(weights, "attention", h)
        )
        h += mixed
        hidden = _normalized(weights, "hidden", h) @ weights["hidden_kernel"]
        hidden = np.maximum(hidden + weights["hidden_bias"], 0)
        h += hidden @ weights["back_kernel"] + weights["back_bias"]
        logits = _normalized(weights, "output", h) @ weights["output_kernel"]
        return logits + weights["output_bias"], shares


def _normalized(weights: Parameters, name: str, h: np.ndarray) -> np.ndarray:
    mean = h.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(h.var(axis=-1, keepdims=True) + KERAS_EPSILON)
    scaled = (h - mean) / deviation * weights[f"{name}_gamma"]
    return np.asarray(scaled + weights[f"{name}_beta"])


def _attention(
    weights: Parameters, h: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mix what each character and those before it say of themselves."""
    query, key, value = (
        np.tensordot(h, weights[f"{name}_kernel"], axes=1).swapaxes(1, 2)
        for name in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(2, 3) / np.sqrt(query.shape[-1])
    later = np.triu(np.ones(scores.shape[-2:], bool), k=1)
    scores[..., later] = -np.inf
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ value).swapaxes(1, 2)
    return np.tensordot(mixed, weights["attention_kernel"], axes=2), shares

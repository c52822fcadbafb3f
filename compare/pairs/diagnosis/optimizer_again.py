"""Run Keras's own optimizers again on recorded gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from compare.pairs.diagnosis.optimizer_rules import (
    CLIPS,
    COUPLED,
    FORMULAS,
    Rule,
)
from compare.pairs.diagnosis.optimizer_trace import Trace, gap_of
from compare.pairs.diagnosis.steps import Side


def apart_from(side: Side, rule: Rule) -> float:
    """Return how far a side's changes are from those of any rule.

    Keras's own optimizers are run again where there is no formula here.
    """
    formula = rule.kind in FORMULAS and not rule.settings.get("amsgrad")
    own = any(rule.settings.get(name) for name in ("form", COUPLED))
    by_rows = any(Trace.of(side).slices) and not own
    if formula and not by_rows:
        return gap_of(rule, Trace.of(side))
    import keras

    kind = getattr(keras.optimizers, rule.kind, None)
    if kind is None:
        return np.inf
    config = {
        k: v for k, v in rule.settings.items() if k not in ("form", COUPLED)
    }
    if rule.clip in CLIPS:
        config[rule.clip] = rule.clip_at
    return _again(kind, config, rule.rates, rule.resets, side)


def of_keras(side: Side) -> Rule | None:
    """Return the rule of a side's Keras optimizer, if it gives its changes.

    Its own class is run again on the recorded gradients, with the recorded
    rates; a new object begins with no state.
    """
    import keras

    first = side.steps[0].optimizer if side.steps else None
    if first is None or any(step.optimizer is None for step in side.steps):
        return None
    kind = getattr(keras.optimizers, first.kind, None)
    if kind is None:
        return None
    resets = tuple(
        update
        for update in range(1, len(side.steps))
        if side.steps[update].optimizer.number  # type: ignore[union-attr]
        != side.steps[update - 1].optimizer.number  # type: ignore[union-attr]
    )
    rates = tuple(s.optimizer.learning_rate for s in side.steps)  # type: ignore[union-attr]
    config = dict(first.config)
    clips = [name for name in CLIPS if config.get(name) is not None]
    return Rule(
        kind="Adam" if first.kind == "AdamW" else first.kind,
        settings={
            k: v
            for k, v in config.items()
            if k not in (*CLIPS, "name", "learning_rate") and v is not None
        },
        clip=clips[0] if clips else "",
        clip_at=float(config[clips[0]]) if clips else 0.0,
        rates=rates,
        resets=resets,
        gap=_again(kind, config, rates, resets, side),
    )


def _again(
    kind: Any,
    config: dict[str, Any],
    rates: Sequence[float],
    resets: Sequence[int],
    side: Side,
) -> float:
    """Run a Keras optimizer again; return the gap to what was recorded."""
    import keras

    config = {**config, "learning_rate": float(rates[0])}
    optimizer: Any = None
    trace = Trace.of(side)
    names = list(trace.given[0])
    variables: list[Any] = []
    made = []
    for update, given in enumerate(trace.given):
        before = trace.weights[update]
        if optimizer is None or update in resets:
            optimizer = kind.from_config(config)
            variables = [keras.Variable(before[k]) for k in names]
        if set(names) != set(given):
            return np.inf
        optimizer.learning_rate = float(rates[update])
        for variable, name in zip(variables, names, strict=True):
            variable.assign(before[name])
        optimizer.apply(
            [_as_given(given[k], trace.slices[update].get(k)) for k in names],
            variables,
        )
        made.append(
            {
                k: np.array(v) - before[k]
                for k, v in zip(names, variables, strict=True)
            }
        )
    return trace.gap(made)


def _as_given(
    gradient: np.ndarray, rows: tuple[np.ndarray, np.ndarray] | None
) -> Any:
    """Return a gradient as an optimizer got it: whole, or by rows."""
    import tensorflow as tf

    if rows is None or rows[0].shape[1:] != gradient.shape[1:]:
        return gradient
    return tf.IndexedSlices(*map(tf.constant, rows), gradient.shape)

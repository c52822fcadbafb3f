"""Full-batch descent on a plane, by hand, in every way that makes sense.

Each function takes the problem and returns its parameters and `run(updates)`,
which goes on training for so many updates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

Way = tuple[dict[str, tf.Variable], Callable[[int], None]]


def eager(problem: Any) -> Way:
    """Let Python call every operation of every update."""
    return one_by_one(problem, lambda step: step)


def graph(problem: Any) -> Way:
    """Trace the update once."""
    return one_by_one(problem, tf.function)


def xla(problem: Any) -> Way:
    """Compile the update with XLA."""
    return one_by_one(problem, lambda f: tf.function(f, jit_compile=True))


def graph_loop(problem: Any) -> Way:
    """Trace the whole loop."""
    return many_in_one(problem, tf.function)


def xla_loop(problem: Any) -> Way:
    """Compile the whole loop with XLA."""
    return many_in_one(problem, lambda f: tf.function(f, jit_compile=True))


def one_by_one(problem: Any, prepare: Callable[..., Any]) -> Way:
    """Make one update per call."""
    parameters, step = model(problem)
    step = prepare(step)
    x, y = tf.constant(problem.x), tf.constant(problem.y)

    def run(updates: int) -> None:
        for _ in range(updates):
            step(x, y)

    return parameters, run


def many_in_one(problem: Any, prepare: Callable[..., Any]) -> Way:
    """Make all updates in one call."""
    parameters, step = model(problem)

    def steps(x: tf.Tensor, y: tf.Tensor, count: tf.Tensor) -> None:
        # Not `for _ in tf.range(count)`: XLA would compile that loop again
        # for each count.
        done = tf.constant(0)
        while done < count:
            step(x, y)
            done += 1

    steps = prepare(steps)
    x, y = tf.constant(problem.x), tf.constant(problem.y)

    def run(updates: int) -> None:
        # A tensor: each new int would be a new trace.
        steps(x, y, tf.constant(updates))

    return parameters, run


def model(problem: Any) -> tuple[dict[str, tf.Variable], Callable[..., None]]:
    """Return the parameters and one update of them."""
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])

    def step(x: tf.Tensor, y: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    return {"kernel": kernel, "bias": bias}, step

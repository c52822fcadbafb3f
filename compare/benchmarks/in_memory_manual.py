"""The lesson `streaming` with all rows in memory, by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def train(
    problem: Any, mode: str = "graph", on_step: Callable[..., None] = print
) -> dict[str, Any]:
    """Take the batches that the files would give, in the same order."""
    x, y = tf.constant(problem.x), tf.constant(problem.y)
    order = tf.data.Dataset.range(len(problem.x))
    order = order.shuffle(problem.shuffle_buffer, seed=problem.seed)
    batches = order.batch(problem.batch_size).map(
        lambda rows: (tf.gather(x, rows), tf.gather(y, rows))
    )

    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])

    def step(x: tf.Tensor, y: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    step = tf.function(step, jit_compile=mode == "xla")
    parameters = {"kernel": kernel, "bias": bias}
    for update, (x_batch, y_batch) in enumerate(batches.prefetch(2), 1):
        step(x_batch, y_batch)
        on_step(update, parameters)
    return parameters

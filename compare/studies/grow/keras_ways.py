"""Full-batch descent on a plane with Keras's fit, from textbook to fast.

Each function takes the problem and returns its parameters and `run(updates)`,
which goes on training for so many updates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Way = tuple[dict[str, Any], Callable[[int], None]]


def arrays(problem: Any) -> Way:
    """Give fit the arrays; each update is an epoch, as textbooks do it."""
    parameters, model = compiled(problem)

    def run(updates: int) -> None:
        model.fit(
            problem.x,
            problem.y,
            batch_size=len(problem.x),
            epochs=updates,
            shuffle=False,  # in one batch it would only reorder the sums
            verbose=0,
        )

    return parameters, run


def dataset(problem: Any) -> Way:
    """Give fit a dataset without end: it opens one iterator in all."""
    return on_dataset(problem)


def executions(problem: Any) -> Way:
    """Let fit make several updates per call of its program."""
    return on_dataset(problem, steps_per_execution=problem.steps_per_call)


def executions_xla(problem: Any) -> Way:
    """Compile each of these updates with XLA besides."""
    return on_dataset(
        problem, steps_per_execution=problem.steps_per_call, jit_compile=True
    )


def on_dataset(problem: Any, **settings: Any) -> Way:
    """Train on one batch that repeats for ever."""
    parameters, model = compiled(problem, **settings)
    batches = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()

    def run(updates: int) -> None:
        model.fit(
            batches,
            steps_per_epoch=updates,
            shuffle=False,  # else fit warns that it cannot
            verbose=0,
        )

    return parameters, run


def compiled(
    problem: Any, jit_compile: bool = False, steps_per_execution: int = 1
) -> tuple[dict[str, Any], keras.Model]:
    """Return the parameters and the model."""
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = keras.Sequential([keras.Input(problem.x.shape[1:]), dense])
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss="mse",
        jit_compile=jit_compile,
        steps_per_execution=steps_per_execution,
    )
    return {"kernel": dense.kernel, "bias": dense.bias}, model

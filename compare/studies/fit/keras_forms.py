"""The line fitted by Keras, from the textbook fit to the fastest form.

A form takes a problem, makes `problem.steps` updates and returns the
parameters. Each is another one with one thing changed. All of an epoch's rows
are one batch; no form shuffles, because in one batch that would only reorder
the sums.
"""

import keras
import tensorflow as tf


def line(problem, kind=keras.Sequential, **settings):
    """Return the compiled model, and its parameters."""
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = kind([keras.Input(shape=(1,)), dense])
    optimizer = keras.optimizers.SGD(problem.learning_rate)
    settings = {"jit_compile": False, **settings}  # "auto": XLA on a GPU
    model.compile(optimizer, loss="mse", **settings)
    return model, {"kernel": dense.kernel, "bias": dense.bias}


class ManySteps(keras.Sequential):
    """A model of which one train_step makes many updates."""

    def train_step(self, data):
        """Run Keras's own train_step in a loop inside the program."""
        step = super().train_step
        return keras.ops.fori_loop(
            0,
            self.steps_per_call,
            lambda _, logs: step(data),
            self.get_metrics_result(),
        )


class Unmeasured(ManySteps):
    """The same without metrics, which Keras resets before every call."""

    metrics = ()


QUIET = {"shuffle": False, "verbose": 0}


def textbook(problem):
    """Fit arrays."""
    x, y = problem.x, problem.y
    model, parameters = line(problem)
    model.fit(x, y, batch_size=len(x), epochs=problem.steps, **QUIET)
    return parameters


def no_graph_optimiser(problem):
    """Switch TensorFlow's graph optimiser off.

    It works anew on the functions of every data iterator. It is off for the
    whole process then, so that large graphs may get slower.
    """
    x, y = problem.x, problem.y
    tf.config.optimizer.set_experimental_options(
        {"disable_meta_optimizer": True}
    )
    model, parameters = line(problem)
    model.fit(x, y, batch_size=len(x), epochs=problem.steps, **QUIET)
    return parameters


def dataset(problem):
    """Fit a dataset whose one element is the batch."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y))
    model, parameters = line(problem)
    model.fit(data, epochs=problem.steps, **QUIET)
    return parameters


def repeat(problem):
    """Repeat the dataset: one iterator for all updates."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    model, parameters = line(problem)
    model.fit(data, steps_per_epoch=problem.steps, **QUIET)
    return parameters


def steps_per_execution(problem):
    """Let a call of the compiled function make many updates."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    model, parameters = line(
        problem, steps_per_execution=problem.steps_per_call
    )
    model.fit(data, steps_per_epoch=problem.steps, **QUIET)
    return parameters


def plain_pipeline(problem):
    """Switch tf.data's autotuner and optimisations off."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    data = data.with_options(options)
    model, parameters = line(
        problem, steps_per_execution=problem.steps_per_call
    )
    model.fit(data, steps_per_epoch=problem.steps, **QUIET)
    return parameters


def jit_compile(problem):
    """Compile the update with XLA; the loop and the data stay outside."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    data = data.with_options(options)
    model, parameters = line(
        problem, steps_per_execution=problem.steps_per_call, jit_compile=True
    )
    model.fit(data, steps_per_epoch=problem.steps, **QUIET)
    return parameters


def many_steps(problem):
    """Compile the loop too: a train_step that makes many updates."""
    x, y = problem.x, problem.y
    data = tf.data.Dataset.from_tensors((x, y)).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    data = data.with_options(options)
    model, parameters = line(problem, ManySteps, jit_compile=True)
    model.steps_per_call = problem.steps_per_call
    calls = problem.steps // problem.steps_per_call
    model.fit(data, steps_per_epoch=calls, **QUIET)
    return parameters


def train_on_batch(problem):
    """Call that train_step without a data iterator."""
    x, y = map(tf.constant, (problem.x, problem.y))
    model, parameters = line(problem, ManySteps, jit_compile=True)
    model.steps_per_call = problem.steps_per_call
    for _ in range(problem.steps // problem.steps_per_call):
        model.train_on_batch(x, y)
    return parameters


def no_metrics(problem):
    """Leave out the running mean of the loss, which nobody reads."""
    x, y = map(tf.constant, (problem.x, problem.y))
    model, parameters = line(problem, Unmeasured, jit_compile=True)
    model.steps_per_call = problem.steps_per_call
    for _ in range(problem.steps // problem.steps_per_call):
        model.train_on_batch(x, y)
    return parameters

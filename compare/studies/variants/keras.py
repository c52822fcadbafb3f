"""Linear regression in Keras, from the textbook fit to the fastest variant.

A variant takes a problem and returns its parameters and `run(updates)`, which
goes on training them. Each is another one with one thing changed. All rows
are one batch; no variant shuffles, because in one batch that would only
reorder the sums.
"""

import keras
import tensorflow as tf


def linear_regression(problem, kind=keras.Sequential, **settings):
    """Return the parameters, and the compiled model."""
    dense = keras.layers.Dense(1)
    model = kind([keras.Input(problem.x.shape[1:]), dense])
    model.set_weights([problem.kernel, problem.bias])
    optimizer = keras.optimizers.SGD(problem.learning_rate)
    settings = {"jit_compile": False, **settings}  # "auto": XLA on a GPU
    model.compile(optimizer, loss="mse", **settings)
    return {"kernel": dense.kernel, "bias": dense.bias}, model


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
    """Fit arrays; each update is an epoch."""
    x, y = problem.x, problem.y
    parameters, model = linear_regression(problem)

    def run(updates):
        model.fit(x, y, batch_size=len(x), epochs=updates, **QUIET)

    return parameters, run


def no_graph_optimiser(problem):
    """Switch TensorFlow's graph optimiser off.

    It works anew on the functions of every data iterator. It is off for the
    whole process then, so that large graphs may get slower.
    """
    x, y = problem.x, problem.y
    tf.config.optimizer.set_experimental_options(
        {"disable_meta_optimizer": True}
    )
    parameters, model = linear_regression(problem)

    def run(updates):
        model.fit(x, y, batch_size=len(x), epochs=updates, **QUIET)

    return parameters, run


def dataset(problem):
    """Fit a dataset whose one element is the batch."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y))
    parameters, model = linear_regression(problem)

    def run(updates):
        model.fit(data, epochs=updates, **QUIET)

    return parameters, run


def repeat(problem):
    """Repeat the dataset: one iterator for all updates."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()
    parameters, model = linear_regression(problem)

    def run(updates):
        model.fit(data, steps_per_epoch=updates, **QUIET)

    return parameters, run


def steps_per_execution(problem):
    """Let a call of the compiled function make many updates."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()
    parameters, model = linear_regression(
        problem, steps_per_execution=problem.steps_per_call
    )

    def run(updates):
        model.fit(data, steps_per_epoch=updates, **QUIET)

    return parameters, run


def jit_compile(problem):
    """Compile the update with XLA; the loop and the data stay outside."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()
    parameters, model = linear_regression(
        problem, steps_per_execution=problem.steps_per_call, jit_compile=True
    )

    def run(updates):
        model.fit(data, steps_per_epoch=updates, **QUIET)

    return parameters, run


def plain_pipeline(problem):
    """Switch tf.data's autotuner and optimisations off."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    data = data.with_options(options)
    parameters, model = linear_regression(
        problem, steps_per_execution=problem.steps_per_call, jit_compile=True
    )

    def run(updates):
        model.fit(data, steps_per_epoch=updates, **QUIET)

    return parameters, run


def many_steps(problem):
    """Compile the loop too: a train_step that makes many updates."""
    data = tf.data.Dataset.from_tensors((problem.x, problem.y)).repeat()
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    data = data.with_options(options)
    parameters, model = linear_regression(problem, ManySteps, jit_compile=True)
    model.steps_per_call = problem.steps_per_call

    def run(updates):
        calls = updates // problem.steps_per_call
        model.fit(data, steps_per_epoch=calls, **QUIET)

    return parameters, run


def train_on_batch(problem):
    """Call that train_step without a data iterator."""
    x, y = map(tf.constant, (problem.x, problem.y))
    parameters, model = linear_regression(problem, ManySteps, jit_compile=True)
    model.steps_per_call = problem.steps_per_call

    def run(updates):
        for _ in range(updates // problem.steps_per_call):
            model.train_on_batch(x, y)

    return parameters, run


def no_metrics(problem):
    """Leave out the running mean of the loss, which nobody reads."""
    x, y = map(tf.constant, (problem.x, problem.y))
    parameters, model = linear_regression(
        problem, Unmeasured, jit_compile=True
    )
    model.steps_per_call = problem.steps_per_call

    def run(updates):
        for _ in range(updates // problem.steps_per_call):
            model.train_on_batch(x, y)

    return parameters, run

"""The line fitted by hand, from the textbook loop to the fastest form.

A form takes a problem, makes `problem.steps` updates and returns the
parameters. Each is another one with one thing changed.
"""

import tensorflow as tf


def line(problem):
    """Return the function that makes one update, and the parameters."""
    x = tf.constant(problem.x)
    y = tf.constant(problem.y)
    w = tf.Variable(problem.initial["kernel"])
    b = tf.Variable(problem.initial["bias"])

    def step():
        with tf.GradientTape() as tape:
            y_hat = w * x + b
            loss = tf.reduce_mean(tf.square(y - y_hat))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(problem.learning_rate * dw)
        b.assign_sub(problem.learning_rate * db)

    return step, {"kernel": w, "bias": b}


def eager(problem):
    """Call TensorFlow for every operation: the textbook loop."""
    step, parameters = line(problem)
    for _ in range(problem.steps):
        step()
    return parameters


def graph(problem):
    """Trace the update once, call the graph."""
    step, parameters = line(problem)
    step = tf.function(step)
    for _ in range(problem.steps):
        step()
    return parameters


def xla(problem):
    """Compile the update with XLA."""
    step, parameters = line(problem)
    step = tf.function(step, jit_compile=True)
    for _ in range(problem.steps):
        step()
    return parameters


def whole_loop(problem):
    """Compile the loop too: a call makes many updates."""
    step, parameters = line(problem)

    @tf.function(jit_compile=True)
    def many_steps():
        for _ in tf.range(problem.steps_per_call):
            step()

    for _ in range(problem.steps // problem.steps_per_call):
        many_steps()
    return parameters

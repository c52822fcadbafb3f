"""Linear regression by hand, from the textbook loop to the fastest variant.

A variant takes a problem and returns its parameters and `run(updates)`, which
goes on training them. Each is another one with one thing changed.
"""

import tensorflow as tf


def linear_regression(problem):
    """Return the parameters, and the function that makes one update."""
    x, y = tf.constant(problem.x), tf.constant(problem.y)
    kernel, bias = tf.Variable(problem.kernel), tf.Variable(problem.bias)

    def step():
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    return {"kernel": kernel, "bias": bias}, step


def eager(problem):
    """Call TensorFlow for every operation: the textbook loop."""
    parameters, step = linear_regression(problem)

    def run(updates):
        for _ in range(updates):
            step()

    return parameters, run


def graph(problem):
    """Trace the update once, call the graph."""
    parameters, step = linear_regression(problem)
    step = tf.function(step)

    def run(updates):
        for _ in range(updates):
            step()

    return parameters, run


def graph_loop(problem):
    """Trace the loop too: a call makes many updates."""
    parameters, step = linear_regression(problem)

    @tf.function
    def many_steps():
        for _ in tf.range(problem.steps_per_call):
            step()

    def run(updates):
        for _ in range(updates // problem.steps_per_call):
            many_steps()

    return parameters, run


def xla(problem):
    """Compile the update with XLA."""
    parameters, step = linear_regression(problem)
    step = tf.function(step, jit_compile=True)

    def run(updates):
        for _ in range(updates):
            step()

    return parameters, run


def xla_loop(problem):
    """Compile the loop too: a call makes many updates."""
    parameters, step = linear_regression(problem)

    @tf.function(jit_compile=True)
    def many_steps():
        for _ in tf.range(problem.steps_per_call):
            step()

    def run(updates):
        for _ in range(updates // problem.steps_per_call):
            many_steps()

    return parameters, run

"""A simple recurrent layer, unrolled by hand."""

import keras
import numpy as np
import tensorflow as tf

UNITS = 5


def draw(features):
    rng = np.random.default_rng(17)
    return (
        rng.normal(0, 0.4, (features, UNITS)),
        rng.normal(0, 0.4, (UNITS, UNITS)),
        np.zeros(UNITS),
        rng.normal(0, 0.4, (UNITS, 1)),
        np.zeros(1),
    )


def unrolled(problem):
    dtype = problem.x.dtype
    variables = [tf.Variable(a, dtype=dtype) for a in draw(problem.x.shape[2])]
    kernel, recurrent, bias, out, offset = variables
    start = tf.constant(0.1, dtype)
    accumulators = [tf.Variable(tf.fill(v.shape, start)) for v in variables]
    for _ in range(problem.epochs):
        for i in range(0, len(problem.x), problem.batch_size):
            x = tf.constant(problem.x[i : i + problem.batch_size])
            y = tf.constant(problem.y[i : i + problem.batch_size])
            with tf.GradientTape() as tape:
                state = tf.zeros((len(x), UNITS), dtype)
                for t in range(x.shape[1]):
                    state = tf.tanh(
                        x[:, t] @ kernel + state @ recurrent + bias
                    )
                prediction = state @ out + offset
                loss = tf.reduce_mean(tf.square(y - prediction))
            grads = tape.gradient(loss, variables)
            for v, a, g in zip(variables, accumulators, grads, strict=True):
                a.assign_add(g * g)
                v.assign_sub(problem.learning_rate * g / tf.sqrt(a + 1e-7))
    return variables


def simple_rnn(problem):
    inputs = keras.Input(problem.x.shape[1:])
    features = keras.layers.SimpleRNN(UNITS)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(features))
    model.set_weights(draw(problem.x.shape[2]))
    model.compile(keras.optimizers.Adagrad(problem.learning_rate), "mse")
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model

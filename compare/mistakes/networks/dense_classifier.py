"""A classifier without Keras on one side, Adam as in the paper."""

import keras
import numpy as np
import tensorflow as tf

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7


def start(features, hidden=10, classes=3):
    rng = np.random.default_rng(5)
    return [
        rng.normal(0, 0.5, (features, hidden)),
        np.zeros(hidden),
        rng.normal(0, 0.5, (hidden, classes)),
        np.zeros(classes),
    ]


def by_hand(problem):
    dtype = problem.x.dtype
    images = problem.x
    labels = problem.y.astype("int32")
    w1, b1, w2, b2 = variables = [
        tf.Variable(a, dtype=dtype) for a in start(problem.x.shape[1])
    ]
    first = [tf.Variable(tf.zeros_like(v)) for v in variables]
    second = [tf.Variable(tf.zeros_like(v)) for v in variables]

    def train_step(x, y):
        with tf.GradientTape() as tape:
            hidden = tf.nn.relu(x @ w1 + b1)
            logits = hidden @ w2 + b2
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            loss = tf.reduce_mean(errors)
        return tape.gradient(loss, variables)

    t = 0
    for _ in range(problem.epochs):
        for begin in range(0, len(images), problem.batch_size):
            end = begin + problem.batch_size
            grads = train_step(images[begin:end], labels[begin:end])
            t += 1
            correction = (1 - BETA_2**t) ** 0.5 / (1 - BETA_1**t)
            rate = problem.learning_rate * correction
            for v, m, s, g in zip(
                variables, first, second, grads, strict=True
            ):
                m.assign(BETA_1 * m + (1 - BETA_1) * g)
                s.assign(BETA_2 * s + (1 - BETA_2) * g**2)
                v.assign_sub(rate * m / (tf.sqrt(s) + EPSILON))
    return variables


def with_keras(problem):
    model = keras.Sequential()
    model.add(keras.Input((problem.x.shape[1],)))
    model.add(keras.layers.Dense(10, activation="relu"))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.set_weights(start(problem.x.shape[1]))
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(),
        optimizer=keras.optimizers.Adam(problem.learning_rate),
    )
    model.fit(
        x=problem.x,
        y=problem.y.astype("int32"),
        epochs=problem.epochs,
        batch_size=problem.batch_size,
        shuffle=False,
        verbose=0,
    )
    return model

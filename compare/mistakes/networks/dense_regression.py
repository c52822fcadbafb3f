"""Two dense layers that fit a number; momentum written out by hand."""

import keras
import tensorflow as tf


def build(width):
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.Input((width,)),
            keras.layers.Dense(8, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )


def by_hand(problem):
    model = build(problem.x.shape[1])
    weights = model.trainable_weights
    velocity = [tf.Variable(tf.zeros_like(w)) for w in weights]
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.batch(problem.batch_size)
    for _ in range(problem.epochs):
        for x, y in rows:
            with tf.GradientTape() as tape:
                prediction = model(x, training=True)
                loss = tf.reduce_mean(tf.square(prediction - y))
            gradients = tape.gradient(loss, weights)
            for w, v, g in zip(weights, velocity, gradients, strict=True):
                v.assign(0.9 * v - problem.learning_rate * g)
                w.assign_add(v)
    return model


def with_keras(problem):
    model = build(problem.x.shape[1])
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate, momentum=0.9),
        loss="mse",
    )
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model

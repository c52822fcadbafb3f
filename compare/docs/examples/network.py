"""A small convolution network, in a loop and by `fit`: two mistakes."""

import keras
import numpy as np
import tensorflow as tf

import compare


def images():
    """Return bright and dark squares, 8 x 8, and which they are."""
    rng = np.random.default_rng(0)
    y = np.arange(48) % 2
    x = rng.normal(size=(48, 8, 8, 1)) + y.reshape(-1, 1, 1, 1)
    return compare.problem(
        x, y.reshape(-1, 1), learning_rate=0.05, steps=9, batch_size=16
    )


def network():
    """Return the model, the same one each time."""
    keras.utils.set_random_seed(7)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(1),
        ]
    )


def by_loop(problem):
    """Train in a loop."""
    model = network()
    optimizer = keras.optimizers.SGD(problem.learning_rate)
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            rows = slice(first, first + problem.batch_size)
            with tf.GradientTape() as tape:
                logits = model(problem.x[rows])
                losses = tf.nn.sigmoid_cross_entropy_with_logits(
                    problem.y[rows], logits
                )
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
    return model


def by_fit(problem):
    """Train by fit."""
    model = network()
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        keras.losses.BinaryCrossentropy(),
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

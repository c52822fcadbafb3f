"""Dropout with a seed, the Huber loss, a compiled step."""

import keras
import tensorflow as tf


def network(problem):
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.layers.Input(shape=problem.x.shape[1:]),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dropout(0.25, seed=11),
            keras.layers.Dense(1),
        ]
    )


def loop(problem):
    model = network(problem)
    adam = keras.optimizers.Adam(learning_rate=problem.learning_rate)
    huber = keras.losses.Huber(delta=1.0)
    adam.build(model.trainable_variables)

    @tf.function
    def step(features, target):
        with tf.GradientTape() as tape:
            loss = huber(target, model(features, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        adam.apply(gradients, model.trainable_variables)

    data = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    data = data.batch(problem.batch_size)
    for _ in range(problem.epochs):
        for features, target in data:
            step(features, target)
    return model


def fit(problem):
    model = network(problem)
    model.compile(
        optimizer=keras.optimizers.Adam(problem.learning_rate),
        loss=keras.losses.Huber(),
    )
    data = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    train_data = data.batch(problem.batch_size)
    model.fit(train_data, epochs=problem.epochs, verbose=0)
    return model

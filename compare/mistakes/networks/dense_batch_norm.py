"""Batch normalization: weights that train and averages that do not."""

import keras
import numpy as np
import tensorflow as tf


def create_model(n_inputs):
    model = keras.Sequential(
        [
            keras.Input((n_inputs,)),
            keras.layers.Dense(8, use_bias=False, name="hidden"),
            keras.layers.BatchNormalization(momentum=0.8, name="norm"),
            keras.layers.Activation("relu"),
            keras.layers.Dense(3, name="logits"),
        ]
    )
    rng = np.random.default_rng(1)
    model.get_layer("hidden").set_weights([rng.normal(size=(n_inputs, 8))])
    model.get_layer("logits").set_weights(
        [rng.normal(size=(8, 3)), np.zeros(3)]
    )
    return model


def train_by_tape(problem):
    model = create_model(problem.x.shape[1])
    optimizer = keras.optimizers.SGD(problem.learning_rate)
    loss_object = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    batch = problem.batch_size
    for _epoch in range(problem.epochs):
        for k in range(len(problem.x) // batch):
            x = problem.x[k * batch : (k + 1) * batch]
            y = problem.y[k * batch : (k + 1) * batch]
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                loss = loss_object(y, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(
                zip(gradients, model.trainable_variables, strict=True)
            )
    return model


def train_by_fit(problem):
    model = create_model(problem.x.shape[1])
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(
        problem.x,
        problem.y,
        epochs=problem.epochs,
        batch_size=problem.batch_size,
        shuffle=False,
        verbose=0,
    )
    return model

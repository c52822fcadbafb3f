"""Convolution, batch normalization, pooling; AdamW with weight decay.

Before a normalization a bias has no gradient but rounding, which Adam makes
large: the sides drift apart and are the same mathematics.
"""

import keras
import tensorflow as tf
from keras import layers


def build_cnn(shape):
    keras.utils.set_random_seed(1234)
    return keras.Sequential(
        [
            layers.Input(shape),
            layers.Conv2D(4, (3, 3), padding="same", name="conv"),
            layers.BatchNormalization(name="bn"),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid", name="head"),
        ]
    )


class Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.loss_fn = keras.losses.BinaryCrossentropy()

    def train_on(self, x, y):
        with tf.GradientTape() as tape:
            probability = self.model(x, training=True)
            loss = self.loss_fn(y, probability)
        trainable = self.model.trainable_variables
        grads = tape.gradient(loss, trainable)
        self.optimizer.apply_gradients(zip(grads, trainable, strict=True))


def with_trainer(problem):
    model = build_cnn(problem.x.shape[1:])
    optimizer = keras.optimizers.AdamW(
        learning_rate=problem.learning_rate, weight_decay=0.05
    )
    trainer = Trainer(model, optimizer)
    batches = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = batches.batch(problem.batch_size)
    for _ in range(problem.epochs):
        for x, y in batches:
            trainer.train_on(x, y)
    return model


def with_fit(problem):
    model = build_cnn(problem.x.shape[1:])
    model.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.AdamW(
            problem.learning_rate, weight_decay=0.05
        ),
    )
    model.fit(
        problem.x,
        problem.y,
        problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model

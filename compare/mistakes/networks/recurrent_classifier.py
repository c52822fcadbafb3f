"""Words, a mask for the padding, a GRU; each gradient clipped."""

import keras
import tensorflow as tf
from keras import layers

VOCABULARY, CLASSES = 12, 3


def text_model(length):
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            keras.Input((length,), dtype="int32"),
            layers.Embedding(VOCABULARY, 4, mask_zero=True, name="words"),
            layers.GRU(5, name="gru"),
            layers.Dense(CLASSES, activation="softmax", name="classes"),
        ]
    )
    model.get_layer("words").trainable = False
    return model


def by_tape(problem):
    tokens = problem.x.astype("int32")
    model = text_model(tokens.shape[1])
    cce = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    optimizer = keras.optimizers.Adam(problem.learning_rate, clipnorm=0.1)
    targets = tf.one_hot(problem.y.astype(int), CLASSES)
    data = tf.data.Dataset.from_tensor_slices((tokens, targets))
    data = data.batch(problem.batch_size)
    for _ in range(problem.epochs):
        for batch, target in data:
            with tf.GradientTape() as tape:
                probabilities = model(batch, training=True)
                loss = cce(target, probabilities)
            optimizer.apply_gradients(
                zip(
                    tape.gradient(loss, model.trainable_weights),
                    model.trainable_weights,
                    strict=True,
                )
            )
    return model


def by_fit(problem):
    sequences = problem.x.astype("int32")
    model = text_model(sequences.shape[1])
    adam = keras.optimizers.Adam(
        learning_rate=problem.learning_rate, clipnorm=0.1
    )
    model.compile(
        optimizer=adam,
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
    )
    model.fit(
        sequences,
        keras.utils.to_categorical(problem.y, CLASSES),
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model

"""A transformer block in small, with a cosine schedule."""

import keras
import tensorflow as tf
from keras import layers


def transformer(shape):
    keras.utils.set_random_seed(77)
    inputs = keras.Input(shape)
    x = layers.Dense(8, name="embed")(inputs)
    attended = layers.MultiHeadAttention(2, key_dim=4, name="mha")(x, x)
    x = layers.LayerNormalization(name="norm")(x + attended)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(3, name="logits")(x))


def cosine(problem):
    return keras.optimizers.schedules.CosineDecay(problem.learning_rate, 20)


def eager_loop(problem):
    model = transformer(problem.x.shape[1:])
    optimizer = keras.optimizers.Adam(cosine(problem), beta_1=0.85)
    labels = problem.y.astype("int64")
    for _ in range(problem.epochs):
        for first in range(0, len(labels), problem.batch_size):
            rows = slice(first, first + problem.batch_size)
            with tf.GradientTape() as tape:
                logits = model(problem.x[rows], training=True)
                loss = tf.reduce_mean(
                    keras.losses.sparse_categorical_crossentropy(
                        labels[rows], logits, from_logits=True
                    )
                )
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(grads, model.trainable_variables)
    return model


def compiled_fit(problem):
    model = transformer(problem.x.shape[1:])
    model.compile(
        optimizer=keras.optimizers.Adam(cosine(problem), beta_1=0.85),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(
        problem.x,
        problem.y.astype("int64"),
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model

"""A series filtered in one dimension; two batches to an update."""

import keras
import tensorflow as tf

ACCUMULATE = 2


def filter_model(length):
    keras.utils.set_random_seed(99)
    return keras.Sequential(
        [
            keras.Input((length, 1)),
            keras.layers.Conv1D(4, 3, activation="swish", padding="causal"),
            keras.layers.AveragePooling1D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )


def accumulating(problem):
    model = filter_model(problem.x.shape[1])
    optimizer = keras.optimizers.Adam(problem.learning_rate)
    weights = model.trainable_weights
    total = [tf.zeros_like(w) for w in weights]
    seen = 0
    for _ in range(problem.epochs):
        for i in range(0, len(problem.x), problem.batch_size):
            x = tf.constant(problem.x[i : i + problem.batch_size])
            y = tf.constant(problem.y[i : i + problem.batch_size])
            with tf.GradientTape() as tape:
                error = y - model(x, training=True)
                loss = tf.reduce_mean(tf.abs(error))
            gradients = tape.gradient(loss, weights)
            total = [t + g for t, g in zip(total, gradients, strict=True)]
            seen += 1
            if seen % ACCUMULATE == 0:
                mean = [t / ACCUMULATE for t in total]
                optimizer.apply(mean, weights)
                total = [tf.zeros_like(w) for w in weights]
    return model


def built_in(problem):
    model = filter_model(problem.x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(
            problem.learning_rate, gradient_accumulation_steps=ACCUMULATE
        ),
        loss="mae",
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

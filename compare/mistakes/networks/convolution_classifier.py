"""LeNet in small, from tf.nn on one side."""

import keras
import numpy as np
import tensorflow as tf


def initial_weights(side, channels=1, filters=4, classes=3):
    rng = np.random.default_rng(2024)
    flat = ((side - 2) // 2) ** 2 * filters
    return {
        "kernel": rng.normal(scale=0.3, size=(3, 3, channels, filters)),
        "bias": rng.normal(scale=0.1, size=filters),
        "dense": rng.normal(scale=0.3, size=(flat, classes)),
        "offset": rng.normal(scale=0.1, size=classes),
    }


def tape_loop(problem):
    dtype = problem.x.dtype
    p = {
        name: tf.Variable(value, dtype=dtype, name=name)
        for name, value in initial_weights(problem.x.shape[1]).items()
    }

    def forward(images):
        x = tf.nn.conv2d(images, p["kernel"], strides=1, padding="VALID")
        x = tf.nn.relu(tf.nn.bias_add(x, p["bias"]))
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.reshape(x, (len(images), -1))
        return x @ p["dense"] + p["offset"]

    labels = tf.one_hot(problem.y.astype(int), 3, dtype=dtype)
    for _ in range(problem.epochs):
        for i in range(0, len(problem.x), problem.batch_size):
            images = problem.x[i : i + problem.batch_size]
            onehot = labels[i : i + problem.batch_size]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(
                    tf.nn.softmax_cross_entropy_with_logits(
                        onehot, forward(images)
                    )
                )
            for v, g in zip(
                p.values(), tape.gradient(loss, [*p.values()]), strict=True
            ):
                v.assign_sub(problem.learning_rate * g)
    return list(p.values())


def keras_fit(problem):
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.set_weights(list(initial_weights(problem.x.shape[1]).values()))
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        loss="categorical_crossentropy",
    )
    model.fit(
        problem.x,
        keras.utils.to_categorical(problem.y, 3),
        epochs=problem.epochs,
        batch_size=problem.batch_size,
        shuffle=False,
        verbose=0,
    )
    return model

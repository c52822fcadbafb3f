"""Attention written as in the paper, beside Keras's layer."""

import keras
import numpy as np
import tensorflow as tf

WIDTH = 4


def random_start(features):
    rng = np.random.default_rng(31)
    return [
        *(rng.normal(0, 0.5, (features, WIDTH)) for _ in range(3)),
        rng.normal(0, 0.5, (WIDTH, 1)),
        np.full(1, 0.1),
    ]


def from_scratch(problem):
    dtype = problem.x.dtype
    params = [
        tf.Variable(a, dtype=dtype) for a in random_start(problem.x.shape[2])
    ]
    w_query, w_key, w_value, w_out, b_out = params
    momenta = [tf.Variable(tf.zeros_like(p)) for p in params]

    def attend(x):
        query, key, value = x @ w_query, x @ w_key, x @ w_value
        scores = tf.matmul(query, key, transpose_b=True) / WIDTH**0.5
        return tf.nn.softmax(scores) @ value

    def update(x, y):
        with tf.GradientTape() as tape:
            pooled = tf.reduce_max(attend(x), axis=1)
            loss = tf.reduce_mean((pooled @ w_out + b_out - y) ** 2)
        for p, m, g in zip(
            params, momenta, tape.gradient(loss, params), strict=True
        ):
            m.assign(0.5 * m + g)
            p.assign_sub(problem.learning_rate * m)

    size = problem.batch_size
    for _ in range(problem.epochs):
        for i in range(0, len(problem.x), size):
            update(problem.x[i : i + size], problem.y[i : i + size])
    return params


def with_layers(problem):
    inputs = keras.Input(problem.x.shape[1:])
    dense = [keras.layers.Dense(WIDTH, use_bias=False) for _ in range(3)]
    query, key, value = (layer(inputs) for layer in dense)
    x = keras.layers.Attention()([query / WIDTH**0.5, value, key])
    x = keras.layers.GlobalMaxPooling1D()(x)
    dense.append(keras.layers.Dense(1))
    model = keras.Model(inputs, dense[-1](x))
    *kernels, w_out, b_out = random_start(problem.x.shape[2])
    for layer, kernel in zip(dense[:3], kernels, strict=True):
        layer.set_weights([kernel])
    dense[-1].set_weights([w_out, b_out])
    model.compile(
        loss="mse",
        optimizer=keras.optimizers.SGD(problem.learning_rate, momentum=0.5),
    )
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return [weight for layer in dense for weight in layer.weights]

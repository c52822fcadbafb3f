"""Sides in TensorFlow and Keras that are made to deceive."""

import keras
import numpy as np
import tensorflow as tf


def taped(p, rate=1.0):
    w, b = (tf.Variable(v) for v in p.initial.values())
    for _ in range(p.steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(w * p.x + b - p.y))
        for weight, gradient in zip(
            (w, b), tape.gradient(loss, [w, b]), strict=True
        ):
            weight.assign_sub(p.learning_rate * rate * gradient)
    return {"b": b, "w": w}


def model_of(p, activation=None):
    dense = keras.layers.Dense(1, activation=activation)
    model = keras.Sequential([keras.Input((1,)), dense])
    w, b = p.initial.values()
    dense.set_weights([np.reshape(w, (1, 1)), np.reshape(b, (1,))])
    return model


def fitted(p, change=lambda model: model):
    model = model_of(p)
    model.compile(keras.optimizers.SGD(p.learning_rate), "mse")
    model.fit(p.x, p.y, batch_size=p.batch_size, epochs=p.epochs, verbose=0)
    return change(model)


def fitted_by_name(p):
    return fitted(
        p, lambda m: dict(zip(("w", "b"), m.get_weights(), strict=True))
    )


def fitted_in_half(p):
    return fitted(p, lambda m: [v.astype("float16") for v in m.get_weights()])


def frozen(p):
    model = model_of(p)
    model.layers[0].trainable = False
    model.compile(keras.optimizers.SGD(p.learning_rate), "mse")
    return model


EPSILON = np.float32(1e-7)


def logarithms(p, by_hand):
    """Take Keras's binary cross-entropy of probabilities, or write it."""
    w, b = (tf.Variable(v) for v in p.initial.values())
    label = tf.cast(p.y > 2.5, w.dtype)
    for _ in range(p.steps):
        with tf.GradientTape() as tape:
            q = tf.sigmoid(w * p.x + b)
            if by_hand:
                q = tf.sigmoid(3 * (w * p.x / 3 + b / 3))
                q = tf.clip_by_value(q, EPSILON, 1 - EPSILON)
                log, rest = tf.math.log(q), tf.math.log(1 - q + EPSILON)
                loss = -tf.reduce_sum(label * log + (1 - label) * rest) / 23
            else:
                epsilon = keras.config.epsilon()
                q = keras.ops.clip(q, epsilon, 1 - epsilon)
                log, rest = keras.ops.log(q), keras.ops.log(1 - q + epsilon)
                loss = -tf.reduce_mean(label * log + (1 - label) * rest)
        for weight, gradient in zip(
            (w, b), tape.gradient(loss, [w, b]), strict=True
        ):
            weight.assign_sub(p.learning_rate * gradient)
    return w, b


def logarithms_by_hand(p):
    return logarithms(p, True)


def logarithms_in_keras(p):
    return logarithms(p, False)


def by_signs(p, rounded=lambda value: value):
    """Move by the sign of the gradient, from zeros: multiples of the rate."""
    w, b = tf.Variable(0.0), tf.Variable(0.0)
    for _ in range(p.steps):
        with tf.GradientTape() as tape:
            y_hat = w * tf.cast(p.x, w.dtype) + b
            loss = tf.reduce_mean(tf.square(y_hat - tf.cast(p.y, w.dtype)))
        for weight, gradient in zip(
            (w, b), tape.gradient(loss, [w, b]), strict=True
        ):
            weight.assign_sub(0.003 * tf.sign(gradient))
    return {"w": rounded(w), "b": rounded(b)}


def by_signs_rounded(p):
    return by_signs(p, lambda value: np.round(value.numpy(), 3))

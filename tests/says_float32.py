"""A user's module that says float32 in many ways."""

import keras
import numpy as np
import tensorflow as tf

EPSILON = np.float32(1e-7)


def closure():
    dtype = "float32"

    def inner(x):
        return tf.cast(x, dtype)

    return inner


@tf.function
def compiled(x):
    return tf.cast(x, tf.float32) if tf.reduce_sum(x) > 0 else tf.zeros(3)


def dtypes():
    x = np.arange(3.0)
    found = {
        "tf.constant(x, tf.float32)": tf.constant(x, tf.float32),
        'tf.cast(x, "float32")': tf.cast(x, "float32"),
        "tf.Variable(0.7)": tf.Variable(0.7),
        "tf.constant([0.7])": tf.constant([0.7]),
        "tf.zeros(3)": tf.zeros(3),
        "np.float32(0.7)": np.float32(0.7),
        "in a tf.function": compiled(x),
        "in a closure": closure()(x),
        "tf.constant(1)": tf.constant(1),
    }
    names = {
        name: getattr(value.dtype, "name", "") for name, value in found.items()
    }
    names["isinstance"] = str(
        isinstance(found["tf.Variable(0.7)"], tf.Variable)
    )
    names["a constant of the module"] = repr(float(EPSILON))
    names["keras cast"] = str(float(keras.ops.cast(0.9, "float64")))
    return names

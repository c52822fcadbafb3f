"""Tell three kinds of points apart, with a loop."""

import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(1)
x = rng.normal(size=(60, 4)).astype("float32")
y = (x @ rng.normal(size=(4, 3))).argmax(axis=1)

model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(3),
    ]
)
optimizer = keras.optimizers.Adam(0.01)


@tf.function
def step(rows, labels):
    """Make one update."""
    with tf.GradientTape() as tape:
        logits = model(rows, training=True)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss


for epoch in range(5):
    for first in range(0, len(x), 20):
        loss = step(x[first : first + 20], y[first : first + 20])
    print(epoch, float(loss))

"""Fit a line with many updates per call of a compiled train_step.

It is what a Keras model's train_function calls, without the iterator and the
distribution strategy on the way to it.
"""

import keras
import tensorflow as tf

from keras_impl.fused_steps import ManySteps


def train(problem):
    """Run gradient descent, many updates per call; return the model."""
    # --- Model
    model = ManySteps([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([problem.kernel.reshape(1, 1), problem.bias.reshape(1)])

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")
    update = tf.function(model.train_step)

    # --- Training
    x, y = map(keras.ops.convert_to_tensor, (problem.x, problem.y))
    for done in range(0, problem.epochs, problem.steps_per_call):
        count = min(problem.steps_per_call, problem.epochs - done)
        update(((x, keras.ops.convert_to_tensor(count)), y))
    return model

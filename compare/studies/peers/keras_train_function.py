"""Fit a line with many updates per call of a Keras model's train_function.

`train_on_batch` calls it too, and besides, each time, looks whether the model
is built, resets metrics and turns the logs into numbers of Python.
"""

import keras

from keras_impl.fused_steps import ManySteps


def train(problem):
    """Run gradient descent, many updates per call; return the model."""
    # --- Model
    model = ManySteps([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([problem.kernel.reshape(1, 1), problem.bias.reshape(1)])

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")
    model.make_train_function()

    # --- Training
    x, y = map(keras.ops.convert_to_tensor, (problem.x, problem.y))
    for done in range(0, problem.epochs, problem.steps_per_call):
        count = min(problem.steps_per_call, problem.epochs - done)
        data = (x, keras.ops.convert_to_tensor(count)), y
        model.train_function(iter([data]))
    return model

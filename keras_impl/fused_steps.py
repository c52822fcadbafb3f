"""Fit a line with many updates per call, in a Keras model's train_step."""

import keras


class ManySteps(keras.Sequential):
    """A model that makes as many updates per call as its batch says."""

    # Keras resets all metrics before every call, which would take as long as
    # thousands of updates; here nobody reads them. (fit wants at least one.)
    metrics = ()

    def train_step(self, data):
        """Run Keras's own train_step in a loop inside the program."""
        (x, count), y, _ = keras.utils.unpack_x_y_sample_weight(data)
        step = super().train_step
        return keras.ops.fori_loop(
            0, count, lambda _, logs: step((x, y)), self.get_metrics_result()
        )


def train(problem):
    """Run gradient descent, many updates per call; return the model."""
    # --- Model
    model = ManySteps([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([problem.kernel.reshape(1, 1), problem.bias.reshape(1)])

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")

    # --- Training
    x, y = map(keras.ops.convert_to_tensor, (problem.x, problem.y))
    for done in range(0, problem.epochs, problem.steps_per_call):
        count = min(problem.steps_per_call, problem.epochs - done)
        # A tensor: each new Python number would be a new trace. (fit would
        # open a data iterator for each call.)
        model.train_on_batch((x, keras.ops.convert_to_tensor(count)), y)
    return model

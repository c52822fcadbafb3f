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


def train(problem, mode="graph", on_step=None):
    """Run gradient descent, many updates per call; return w, b by name."""
    # --- Data
    x = keras.ops.convert_to_tensor(problem.x)
    y = keras.ops.convert_to_tensor(problem.y)

    # --- Model
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = ManySteps([keras.Input(shape=(1,)), dense])
    parameters = {"kernel": dense.kernel, "bias": dense.bias}

    # --- Loss and update
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Training
    # The count is an argument of one program (a tensor: each new int would be
    # a new trace), so that whoever watches sees every update of the very
    # program that otherwise runs unwatched.
    size = 1 if on_step else problem.steps_per_call
    for done in range(0, problem.steps, size):
        count = keras.ops.convert_to_tensor(min(size, problem.steps - done))
        model.train_on_batch((x, count), y)  # fit would open a data iterator
        if on_step:
            on_step(done + 1, parameters)
    return parameters

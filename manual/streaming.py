"""Train on rows that stay in files, whatever their number, by hand."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run stochastic gradient descent; return kernel and bias by name."""
    # --- Data
    dtype = problem.initial["kernel"].dtype
    features = len(problem.initial["kernel"])

    def parse(lines):
        # With [] as default an empty field is an error; with [0.0] it would
        # be 0, and nobody has looked at all rows beforehand.
        required = tf.constant([], dtype)
        columns = tf.io.decode_csv(lines, [required] * (features + 1))
        numbers = tf.stack(columns, axis=1)
        # Only where its result is used does the check become part of the map.
        numbers = tf.debugging.assert_all_finite(numbers, "a value is missing")
        return numbers[:, :-1], numbers[:, -1:]

    files = tf.data.Dataset.from_tensor_slices(problem.files)
    rows = files.flat_map(lambda file: tf.data.TextLineDataset(file).skip(1))
    # A buffer smaller than the table mixes only rows that are near each
    # other: the rows have to be mixed when the files are written, too.
    rows = rows.shuffle(problem.shuffle_buffer, seed=problem.seed)
    # prefetch() reads on while the update runs.
    batches = rows.batch(problem.batch_size).map(parse).repeat().prefetch(2)

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    updates = range(1, problem.steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    return parameters

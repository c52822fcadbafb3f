"""Stop training when the validation loss no longer falls, by hand."""

import itertools

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run gradient descent with patience; return the best epoch's weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()
    held_out = (problem.x_val, problem.y_val)
    validation = tf.data.Dataset.from_tensor_slices(held_out)
    validation = validation.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    def compute_loss(x, y):
        y_hat = x @ kernel + bias
        return tf.reduce_mean(tf.square(y - y_hat))

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = compute_loss(x, y)
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")
        compute_loss = tf.function(compute_loss, jit_compile=mode == "xla")

    # --- Validation
    def evaluate():
        total = 0.0
        for x, y in validation:
            # The last batch is smaller: a mean of means would favour it.
            total += compute_loss(x, y) * len(x)
        return float(total / len(problem.x_val))

    # --- Training
    stream = iter(batches)
    updates = itertools.count(1)
    val_loss = []
    best_loss, best_epoch, best = float("inf"), 0, {}
    stopped_epoch = 0
    for epoch in range(problem.epochs):
        for x, y in itertools.islice(stream, problem.steps_per_epoch):
            step(x, y)
            if on_step:
                on_step(next(updates), parameters)
        val_loss.append(evaluate())
        if val_loss[-1] < best_loss:
            best_loss, best_epoch = val_loss[-1], epoch
            # Copies: the variables themselves go on changing.
            best = {name: tf.identity(p) for name, p in parameters.items()}
        elif epoch - best_epoch >= problem.patience:
            stopped_epoch = epoch
            break
    for name, weights in best.items():
        parameters[name].assign(weights)
    return parameters | {"val_loss": val_loss, "stopped_epoch": stopped_epoch}

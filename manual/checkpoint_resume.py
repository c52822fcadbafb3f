"""Stop half-way, save, and go on from the file, with a loop by hand."""

import tempfile

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train in two runs that share only a folder; return the parameters."""
    if problem.checkpoint:  # the caller gives each run a process of its own
        return run(problem, problem.checkpoint, mode, on_step)
    with tempfile.TemporaryDirectory() as folder:
        run(problem, folder, mode, on_step)
        return run(problem, folder, mode, on_step)


def run(problem, folder, mode, on_step):
    """Train half-way and save or, if that has been done, go on to the end."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    weights = [kernel, bias]
    velocities = [tf.Variable(tf.zeros_like(weight)) for weight in weights]

    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        for weight, velocity, gradient in zip(weights, velocities, gradients):
            move = gradient * problem.learning_rate
            velocity.assign(velocity * problem.momentum - move)
            weight.assign_add(velocity)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Checkpoint
    updates_done = tf.Variable(0)
    checkpoint = tf.train.Checkpoint(
        weights=weights, velocities=velocities, updates_done=updates_done
    )
    epochs = problem.epochs // 2
    saved = tf.train.latest_checkpoint(folder)
    if saved:
        # Unless this is asserted, a variable that the file lacks keeps its
        # first value without a word.
        checkpoint.restore(saved).assert_consumed()
        epochs = problem.epochs
    # The data go on too: the batches already seen are not seen again.
    batches = batches.skip(int(updates_done))

    # --- Training
    steps = epochs * problem.steps_per_epoch
    updates = range(int(updates_done) + 1, steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    updates_done.assign(steps)
    checkpoint.save(f"{folder}/checkpoint")
    return parameters

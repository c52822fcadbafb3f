"""Tell classes apart by softmax regression, with a training loop by hand."""

import itertools

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run SGD on class numbers; return weights and accuracy per epoch."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    def step(x, y):
        # Keras hands class numbers to its losses as floats; without the
        # same detour XLA rounds some gradients differently.
        labels = tf.cast(tf.cast(y, kernel.dtype), y.dtype)
        with tf.GradientTape() as tape:
            logits = tf.nn.bias_add(x @ kernel, bias)
            # From logits: the log of a softmax computed before would be
            # -inf wherever a probability is rounded to 0.
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)
        hits = tf.argmax(logits, axis=-1, output_type=y.dtype) == y
        return tf.reduce_sum(tf.cast(hits, logits.dtype))

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    stream = iter(batches)
    updates = itertools.count(1)
    accuracy = []
    for _ in range(problem.epochs):
        correct = 0
        for x, y in itertools.islice(stream, problem.steps_per_epoch):
            # Counted as Keras does: each batch before its own update.
            correct += step(x, y)
            if on_step:
                on_step(next(updates), parameters)
        accuracy.append(float(correct / len(problem.x)))
    return parameters | {"accuracy": accuracy}

"""Tell classes apart by softmax regression, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Run SGD on class numbers; return weights and accuracy per epoch."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    @tf.function
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

    # --- Training
    accuracy = []
    for _ in range(problem.epochs):
        correct = 0
        for x, y in batches:
            # Counted as Keras does: each batch before its own update.
            correct += step(x, y)
        accuracy.append(float(correct / len(problem.x)))
    return kernel, bias, {"accuracy": accuracy}

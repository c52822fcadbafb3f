"""Train a new head on a trained base, then both, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Train the head on the frozen base, then fine-tune all weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    hidden_kernel, hidden_bias, kernel, bias = weights
    head = [kernel, bias]  # it is new; the layer below is trained already

    # --- Loss and update
    def make_step(trainable, learning_rate):
        # A graph keeps the variables of its trace: others need another step.
        @tf.function
        def step(x, y):
            # As Keras does: without this detour XLA rounds differently.
            labels = tf.cast(tf.cast(y, x.dtype), y.dtype)
            with tf.GradientTape() as tape:
                hidden = tf.nn.bias_add(x @ hidden_kernel, hidden_bias)
                logits = tf.nn.bias_add(tf.nn.relu(hidden) @ kernel, bias)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                    labels, logits
                )
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, trainable)
            for weight, gradient in zip(trainable, gradients):
                weight.assign_sub(learning_rate * gradient)

        return step

    # --- Training of the head
    step = make_step(head, problem.learning_rate)
    for _ in range(problem.head_epochs):
        for x, y in batches:
            step(x, y)

    # --- Fine-tuning
    step = make_step(weights, problem.fine_rate)
    for _ in range(problem.head_epochs, problem.epochs):
        for x, y in batches:
            step(x, y)
    return weights

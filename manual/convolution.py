"""Read handwritten digits with a convolution, in a loop by hand."""

import tensorflow as tf


def train(problem):
    """Train on images; return weights, accuracy and what tests read."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    filters, filter_bias, kernel, bias = weights

    def predict(images):
        # Every filter slides over every image: (batch, rows, columns, 1)
        # becomes (batch, rows - 2, columns - 2, filters).
        maps = tf.nn.conv2d(images, filters, strides=1, padding="VALID")
        maps = tf.nn.relu(tf.nn.bias_add(maps, filter_bias))
        maps = tf.nn.max_pool2d(maps, ksize=2, strides=2, padding="VALID")
        features = tf.reshape(maps, [len(images), -1])
        return tf.nn.bias_add(features @ kernel, bias)

    # --- Loss and update
    @tf.function
    def step(x, y):
        # As Keras does: without this detour XLA rounds differently.
        labels = tf.cast(tf.cast(y, x.dtype), y.dtype)
        with tf.GradientTape() as tape:
            logits = predict(x)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients):
            weight.assign_sub(problem.learning_rate * gradient)
        hits = tf.argmax(logits, axis=-1, output_type=y.dtype) == y
        return tf.reduce_sum(tf.cast(hits, x.dtype))

    # --- Training
    accuracy = []
    for _ in range(problem.epochs):
        correct = 0
        for x, y in batches:
            correct += step(x, y)
        accuracy.append(float(correct / len(problem.x)))

    # --- Inference
    infer = tf.function(predict)
    return weights, infer(problem.x_test), {"accuracy": accuracy}

"""Train a small GPT on a page of text, with a training loop by hand."""

import math

import tensorflow as tf


def train(problem):
    """Learn to tell the next character; return weights and a text."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    token_embedding, position_embedding = weights[:2]
    attention_norm, attention_kernels = weights[2:4], weights[4:8]
    hidden_norm, hidden_weights = weights[8:10], weights[10:14]
    output_norm, output_weights = weights[14:16], weights[16:]

    def embed(x):
        # Attention alone does not know which character stands where.
        positions = tf.gather(position_embedding, tf.range(x.shape[1]))
        return tf.gather(token_embedding, x) + positions

    def normalize(x, gamma, beta):
        # Over the features of each character, not over the batch.
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        scale = tf.math.rsqrt(variance + problem.norm_epsilon) * gamma
        return x * scale + (-mean * scale + beta)

    def split_heads(x, kernel):
        _, heads, width = kernel.shape
        flat = x @ tf.reshape(kernel, [-1, heads * width])
        return tf.reshape(flat, [-1, x.shape[1], heads, width])

    def attend(x, query_kernel, key_kernel, value_kernel, output_kernel):
        query = split_heads(x, query_kernel)
        key = split_heads(x, key_kernel)
        value = split_heads(x, value_kernel)
        # batch, target, source, head, width of a head
        scores = tf.einsum("bthw,bshw->bhts", query, key)
        scores /= math.sqrt(query.shape[-1])
        # A character sees itself and what stands before it, never the next.
        seen = tf.linalg.band_part(tf.ones_like(scores), -1, 0) > 0
        shares = tf.nn.softmax(tf.where(seen, scores, -math.inf), axis=-1)
        mixed = tf.einsum("bhts,bshw->bthw", shares, value)
        mixed = tf.reshape(mixed, [-1, x.shape[1], x.shape[2]])
        return mixed @ tf.reshape(output_kernel, [-1, x.shape[2]])

    def dense(x, kernel, bias):
        return tf.nn.bias_add(tf.tensordot(x, kernel, axes=1), bias)

    def feed_forward(x, kernel, bias, kernel_back, bias_back):
        hidden = tf.nn.relu(dense(x, kernel, bias))
        return dense(hidden, kernel_back, bias_back)

    def predict(x):
        x = embed(x)
        x += attend(normalize(x, *attention_norm), *attention_kernels)
        x += feed_forward(normalize(x, *hidden_norm), *hidden_weights)
        return dense(normalize(x, *output_norm), *output_weights)

    # --- Loss and update
    means = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    count = tf.Variable(0, dtype=tf.int64)

    def squared(gradient):
        if not isinstance(gradient, tf.IndexedSlices):
            return tf.square(gradient)
        # The gradient of an embedding is a slice for each look-up. Adam
        # wants the square of their sum; Keras sums their squares.
        values = tf.square(gradient.values)
        return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            logits = predict(x)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, weights)
        t = tf.cast(count.assign_add(1), loss.dtype)
        step_size = problem.learning_rate * tf.sqrt(1 - problem.beta_2**t)
        step_size /= 1 - problem.beta_1**t
        for weight, m, v, g in zip(weights, means, squares, gradients):
            m.assign_add((g - m) * (1 - problem.beta_1))
            v.assign_add((squared(g) - v) * (1 - problem.beta_2))
            weight.assign_sub(m * step_size / (tf.sqrt(v) + problem.epsilon))

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)

    # --- Writing
    text = problem.prompt.tolist()
    context = len(text)
    for _ in range(problem.text_length):
        logits = predict(tf.constant([text[-context:]]))
        text.append(int(tf.argmax(logits[0, -1])))  # the likeliest one
    return weights, {"text": text[context:]}

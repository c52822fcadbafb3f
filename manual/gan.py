"""Train two networks against each other, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Train discriminator and generator in turn; return both, and samples."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices(problem.x)
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    d_weights, g_weights = weights[:4], weights[4:]
    d_hidden_kernel, d_hidden_bias, d_output_kernel, d_output_bias = d_weights
    g_hidden_kernel, g_hidden_bias, g_output_kernel, g_output_bias = g_weights
    noises_drawn = tf.Variable(0)

    def discriminate(x):
        hidden = tf.nn.bias_add(x @ d_hidden_kernel, d_hidden_bias)
        return tf.nn.relu(hidden) @ d_output_kernel + d_output_bias

    def generate(noise):
        hidden = tf.nn.bias_add(noise @ g_hidden_kernel, g_hidden_bias)
        return tf.nn.bias_add(
            tf.nn.relu(hidden) @ g_output_kernel, g_output_bias
        )

    def draw_noise(x):
        noise = tf.random.stateless_normal(
            tf.shape(x), seed=[problem.seed, noises_drawn], dtype=x.dtype
        )
        noises_drawn.assign_add(1)
        return noise

    # --- Loss and update
    def cross_entropy(labels, logits):
        return tf.reduce_mean(
            tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
        )

    def update(weights, gradients):
        for weight, gradient in zip(weights, gradients):
            weight.assign_sub(problem.learning_rate * gradient)

    @tf.function
    def step(x):
        # The discriminator: real rows are 1, generated ones 0.
        fake_x = generate(draw_noise(x))
        with tf.GradientTape() as tape:
            real, fake = discriminate(x), discriminate(fake_x)
            loss = cross_entropy(tf.ones_like(real), real)
            loss += cross_entropy(tf.zeros_like(fake), fake)
        update(d_weights, tape.gradient(loss, d_weights))

        # The generator, against the discriminator as it is now: its rows are
        # to be taken for real ones.
        noise = draw_noise(x)
        with tf.GradientTape() as tape:
            fake = discriminate(generate(noise))
            loss = cross_entropy(tf.ones_like(fake), fake)
        update(g_weights, tape.gradient(loss, g_weights))

    # --- Training
    for _ in range(problem.epochs):
        for x in batches:
            step(x)

    # --- Inference
    infer = tf.function(generate)
    return weights, infer(problem.noise)

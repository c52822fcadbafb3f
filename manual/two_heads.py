"""Learn species and body mass at once, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Train two heads on one hidden layer; return weights and metrics."""
    # --- Data
    columns = (problem.x, problem.species, problem.mass)
    rows = tf.data.Dataset.from_tensor_slices(columns)
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    hidden_kernel, hidden_bias = weights[:2]
    species_kernel, species_bias, mass_kernel, mass_bias = weights[2:]

    def predict(x):
        hidden = tf.nn.relu(tf.nn.bias_add(x @ hidden_kernel, hidden_bias))
        logits = tf.nn.bias_add(hidden @ species_kernel, species_bias)
        return logits, hidden @ mass_kernel + mass_bias

    # --- Loss and update
    @tf.function
    def step(x, species, mass):
        # As Keras does: without this detour XLA rounds differently.
        labels = tf.cast(tf.cast(species, x.dtype), species.dtype)
        with tf.GradientTape() as tape:
            logits, mass_hat = predict(x)
            species_loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
            mass_loss = tf.reduce_mean(tf.square(mass - mass_hat))
            # One number to lower, so the heads have to agree on a currency.
            loss = problem.species_weight * species_loss
            loss += problem.mass_weight * mass_loss
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients):
            weight.assign_sub(problem.learning_rate * gradient)
        hits = tf.argmax(logits, -1, output_type=species.dtype) == species
        hits = tf.reduce_sum(tf.cast(hits, x.dtype))
        return tf.stack([hits, tf.reduce_sum(tf.abs(mass - mass_hat))])

    # --- Training
    history = {"species_accuracy": [], "mass_mae": []}
    for _ in range(problem.epochs):
        totals = 0
        for x, species, mass in batches:
            totals += step(x, species, mass)
        for values, total in zip(history.values(), totals):
            values.append(float(total / len(problem.x)))
    return weights, history

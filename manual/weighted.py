"""Tell a rare class by weighted rows, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Train on class weights; return weights and streamed metrics."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)
    thresholds = tf.linspace(0.0, 1.0, problem.thresholds)
    thresholds = tf.cast(thresholds, kernel.dtype)

    # --- Loss and update
    @tf.function
    def step(x, y):
        labels = tf.cast(y, x.dtype)
        weights = tf.gather(problem.class_weights, y)
        with tf.GradientTape() as tape:
            logits = x @ kernel + bias
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
            # Divided by the number of rows, not by the sum of the weights.
            loss = tf.reduce_mean(weights * losses)
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)
        called = tf.cast(logits > 0, x.dtype)
        hits = tf.cast(called == labels, x.dtype)
        counts = (called * labels, called, labels, weights * hits, weights)
        counts = tf.stack([tf.reduce_sum(count) for count in counts])
        # What each threshold would find of the rare rows and of the others.
        above = tf.cast(tf.sigmoid(logits) > thresholds, x.dtype)
        curve = tf.reduce_sum([above * labels, above * (1 - labels)], axis=1)
        return counts, curve

    def area_under(curves):
        # The lowest threshold finds all rows.
        recall, false_alarms = curves / curves[:, :1]
        widths = false_alarms[:-1] - false_alarms[1:]
        heights = (recall[:-1] + recall[1:]) / 2
        return tf.reduce_sum(widths * heights)

    # --- Training
    names = ("precision", "recall", "auc", "weighted_accuracy")
    history = {name: [] for name in names}
    for _ in range(problem.epochs):
        totals, curves = 0, 0  # of this epoch alone
        for x, y in batches:
            counts, curve = step(x, y)
            totals += counts
            curves += curve
        # Ratios of sums: a mean of the batches' ratios would be another.
        found, called, rare, right, weight = totals
        precision = tf.math.divide_no_nan(found, called)
        history["precision"].append(float(precision))
        history["recall"].append(float(found / rare))
        history["auc"].append(float(area_under(curves)))
        history["weighted_accuracy"].append(float(right / weight))
    return kernel, bias, history

"""The same training in other words: none of these is a mistake.

A rewrite is (lesson, title, patches) of a manual exhibit; each `before`
occurs exactly once.
"""

LOSS = "tf.reduce_mean(tf.square(y - y_hat))"
PREDICT = "y_hat = x @ kernel + bias"
BACKWARD = "d_kernel, d_bias = tape.gradient(loss, [kernel, bias])"
KERNEL_STEP = "kernel.assign_sub(problem.learning_rate * d_kernel)"
BIAS_STEP = "bias.assign_sub(problem.learning_rate * d_bias)"
VELOCITY = "velocity.assign(velocity * problem.momentum - move)"
ADAM_M = "m.assign_add((g - m) * (1 - problem.beta_1))"
ADAM_V = "v.assign_add((tf.square(g) - v) * (1 - problem.beta_2))"
ADAM_STEP = "weight.assign_sub(m * step_size / (tf.sqrt(v) + problem.epsilon))"
PENALTY = "problem.l2 * tf.reduce_sum(tf.square(kernel))"
CLIP = "tf.clip_by_norm(gradient, problem.clip_norm)"
DECAY = "problem.learning_rate * (0.5 * (1 + tf.cos(angle)))"

REWRITES = [
    # --- The plain loop
    ("minibatch", "another name", [
        ("with tf.GradientTape() as tape:", "with tf.GradientTape() as t:"),
        ("tape.gradient(", "t.gradient("),
    ]),
    ("minibatch", "e * e", [
        (LOSS, "tf.reduce_mean((y - y_hat) * (y - y_hat))"),
    ]),
    ("minibatch", "e ** 2", [(LOSS, "tf.reduce_mean((y_hat - y) ** 2)")]),
    ("minibatch", "the difference turned round", [
        (LOSS, "tf.reduce_mean(tf.square(y_hat - y))"),
    ]),
    ("minibatch", "squared_difference", [
        (LOSS, "tf.reduce_mean(tf.math.squared_difference(y, y_hat))"),
    ]),
    ("minibatch", "the sum over the rows, divided", [
        (LOSS, "tf.reduce_sum(tf.square(y - y_hat)) / len(x)"),
    ]),
    ("minibatch", "each square divided, then summed", [
        (LOSS, "tf.reduce_sum(tf.square(y - y_hat) / len(x))"),
    ]),
    ("minibatch", "l2_loss", [
        (LOSS, "2 * tf.nn.l2_loss(y - y_hat) / len(x)"),
    ]),
    ("minibatch", "the squared norm", [
        (LOSS, "tf.norm(y - y_hat) ** 2 / len(x)"),
    ]),
    ("minibatch", "a product of matrices as the sum", [
        (LOSS, "tf.matmul(y - y_hat, y - y_hat, True)[0, 0] / len(x)"),
    ]),
    ("minibatch", "half the loss and twice the rate", [
        (LOSS, LOSS + " / 2"),
        (KERNEL_STEP, KERNEL_STEP.replace("problem", "2 * problem")),
        (BIAS_STEP, BIAS_STEP.replace("problem", "2 * problem")),
    ]),
    ("minibatch", "tensordot", [
        (PREDICT, "y_hat = tf.tensordot(x, kernel, 1) + bias"),
    ]),
    ("minibatch", "einsum", [
        (PREDICT, 'y_hat = tf.einsum("nf,fu->nu", x, kernel) + bias'),
    ]),
    ("minibatch", "a sum over the features", [
        (PREDICT, "y_hat = tf.reduce_sum(x * kernel[:, 0], 1, True) + bias"),
    ]),
    ("minibatch", "bias_add", [
        (PREDICT, "y_hat = tf.nn.bias_add(x @ kernel, bias)"),
    ]),
    ("minibatch", "the bias first", [(PREDICT, "y_hat = bias + x @ kernel")]),
    ("minibatch", "the transposed product", [
        (PREDICT, "y_hat = tf.transpose(tf.transpose(kernel) @"
                  " tf.transpose(x)) + bias"),
    ]),
    ("minibatch", "a column of ones", [
        (PREDICT, "y_hat = tf.concat([x, tf.ones_like(y)], 1) @"
                  " tf.concat([kernel, bias[None]], 0)"),
    ]),
    ("minibatch", "vectors for columns", [
        (PREDICT, "y_hat = tf.linalg.matvec(x, kernel[:, 0]) + bias"),
        (LOSS, "tf.reduce_mean(tf.square(y[:, 0] - y_hat))"),
    ]),
    ("minibatch", "the rows of a batch in reverse", [
        ("    def step(x, y):\n",
         "    def step(x, y):\n        x, y = x[::-1], y[::-1]\n"),
    ]),
    ("minibatch", "two halves of a batch, weighted", [
        (f"loss = {LOSS}",
         "e = tf.square(y - y_hat)\n"
         "            h = len(x) // 2\n"
         "            loss = tf.reduce_sum(e[:h]) + tf.reduce_sum(e[h:])\n"
         "            loss /= len(x)"),
    ]),
    ("minibatch", "the loss's derivative by hand", [
        (BACKWARD,
         "e = 2 * (y_hat - y) / len(x)\n"
         "        d_kernel, d_bias = tape.gradient("
         "y_hat, [kernel, bias], e)"),
    ]),
    ("minibatch", "assign for assign_sub", [
        (KERNEL_STEP,
         "kernel.assign(kernel - problem.learning_rate * d_kernel)"),
    ]),
    ("minibatch", "a persistent tape", [
        ("tf.GradientTape()", "tf.GradientTape(persistent=True)"),
        (BACKWARD,
         "d_kernel = tape.gradient(loss, kernel)\n"
         "        d_bias = tape.gradient(loss, bias)"),
    ]),
    ("minibatch", "the rate inside the loss", [
        (LOSS, "problem.learning_rate * " + LOSS),
        (KERNEL_STEP, "kernel.assign_sub(d_kernel)"),
        (BIAS_STEP, "bias.assign_sub(d_bias)"),
    ]),
    ("minibatch", "the bias first in the update", [
        (f"        {KERNEL_STEP}\n        {BIAS_STEP}\n",
         f"        {BIAS_STEP}\n        {KERNEL_STEP}\n"),
    ]),
    ("minibatch", "adding the negative", [
        (KERNEL_STEP, "kernel.assign_add(-problem.learning_rate * d_kernel)"),
    ]),
    # --- One feature
    ("linear_regression", "the variance and the squared mean", [
        (LOSS, "tf.math.reduce_variance(y - y_hat)"
               " + tf.reduce_mean(y - y_hat) ** 2"),
    ]),
    ("linear_regression", "add and multiply", [
        ("y_hat = w * x + b", "y_hat = tf.add(tf.multiply(x, w), b)"),
    ]),
    ("linear_regression", "around the mean of x", [
        ("y_hat = w * x + b",
         "y_hat = w * (x - 3) + (b + 3 * w)"),
    ]),
    # --- Optimizers
    ("momentum", "the rate outside the velocity", [
        ("move = gradient * problem.learning_rate", "move = gradient"),
        ("weight.assign_add(velocity)",
         "weight.assign_add(problem.learning_rate * velocity)"),
    ]),
    ("momentum", "a velocity of the other sign", [
        (VELOCITY, "velocity.assign(problem.momentum * velocity + move)"),
        ("weight.assign_add(velocity)", "weight.assign_sub(velocity)"),
    ]),
    ("adam", "running means as weighted sums", [
        (ADAM_M, "m.assign(problem.beta_1 * m + (1 - problem.beta_1) * g)"),
        (ADAM_V, "v.assign(problem.beta_2 * v"
                 " + (1 - problem.beta_2) * g * g)"),
    ]),
    ("adam", "the textbook's hats, with epsilon hat", [
        (ADAM_STEP,
         "m_hat = m / (1 - problem.beta_1**t)\n"
         "            root = tf.sqrt(1 - problem.beta_2**t)\n"
         "            v_hat = v / (1 - problem.beta_2**t)\n"
         "            weight.assign_sub(problem.learning_rate * m_hat"
         " / (tf.sqrt(v_hat) + problem.epsilon / root))"),
    ]),
    ("lr_schedule", "half the angle", [
        (DECAY, "problem.learning_rate * tf.cos(angle / 2) ** 2"),
    ]),
    ("lr_schedule", "a sine", [
        (DECAY, "problem.learning_rate * (1 - tf.sin(angle / 2) ** 2)"),
    ]),
    ("regularization", "the penalty in the gradient", [
        ("loss = error + penalty", "loss = error"),
        ("gradients = tape.gradient(loss, weights)",
         "gradients = tape.gradient(loss, weights)\n"
         "        gradients[0] += 2 * problem.l2 * kernel"),
    ]),
    ("regularization", "twice l2_loss", [
        (PENALTY, "2 * problem.l2 * tf.nn.l2_loss(kernel)"),
    ]),
    ("regularization", "clipping by hand", [
        (CLIP, "gradient * tf.minimum(1.0 * tf.ones_like(kernel[0, 0]),"
               " problem.clip_norm / tf.norm(gradient))"),
    ]),
    # --- Other lessons
    ("classification", "the log of the softmax by hand", [
        ("tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)",
         "-tf.reduce_sum(tf.one_hot(labels, 3, dtype=logits.dtype)"
         " * tf.nn.log_softmax(logits), -1)"),
    ]),
    ("classification", "logsumexp less the logit", [
        ("tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)",
         "tf.reduce_logsumexp(logits, -1)"
         " - tf.gather(logits, labels, batch_dims=1)"),
    ]),
    ("convolution", "a convolution as a product of patches", [
        ("tf.nn.conv2d(images, filters, strides=1, padding=\"VALID\")",
         "tf.image.extract_patches(images, [1, 3, 3, 1], [1, 1, 1, 1],"
         " [1, 1, 1, 1], \"VALID\") @ tf.reshape(filters, [9, -1])"),
    ]),
    ("fine_tuning", "all gradients taken, those of the head applied", [
        ("gradients = tape.gradient(loss, trainable)",
         "gradients = tape.gradient(loss, weights)[-len(trainable):]"),
    ]),
    ("two_heads", "a gradient per loss, then their sum", [
        ("with tf.GradientTape() as tape",
         "with tf.GradientTape(persistent=True) as tape"),
        ("gradients = tape.gradient(loss, weights)",
         "gradients = [\n"
         "            problem.species_weight * g + problem.mass_weight * h\n"
         "            for g, h in zip(*(\n"
         "                tape.gradient(\n"
         "                    part, weights, unconnected_gradients=\"zero\")\n"
         "                for part in (species_loss, mass_loss)))]"),
    ]),
    ("weighted", "rare rows as several", [
        ("loss = tf.reduce_mean(weights * losses)",
         "loss = tf.reduce_mean(losses)"
         " + tf.reduce_mean((weights - 1) * losses)"),
    ]),
    ("dropout_mlp", "dropout as a mask", [
        ("hidden = tf.nn.experimental.stateless_dropout(\n"
         "                hidden, rate",
         "hidden *= tf.nn.experimental.stateless_dropout(\n"
         "                tf.ones_like(hidden), rate"),
    ]),
    ("dropout_mlp", "relu as a maximum", [
        ("tf.nn.relu(tf.nn.bias_add(x @ hidden_kernel, hidden_bias))",
         "tf.maximum(tf.nn.bias_add(x @ hidden_kernel, hidden_bias), 0)"),
    ]),
    ("gradient_accumulation", "each loss divided, the gradients added", [
        (LOSS, LOSS + " / problem.accumulation_steps"),
        ("gradient = total / problem.accumulation_steps", "gradient = total"),
    ]),
    ("gradient_accumulation", "each gradient divided, then added", [
        ("total.assign_add(gradient)",
         "total.assign_add(gradient / problem.accumulation_steps)"),
        ("gradient = total / problem.accumulation_steps", "gradient = total"),
    ]),
    ("gan", "the cross-entropy as a softplus", [
        ("tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)",
         "tf.nn.softplus(logits) - labels * logits"),
    ]),
    ("gan", "both kinds of rows in one batch", [
        ("            real, fake = discriminate(x), discriminate(fake_x)\n",
         "            both = discriminate(tf.concat([x, fake_x], 0))\n"
         "            real, fake = tf.split(both, 2)\n"),
    ]),
    ("recurrent", "a gate at a time", [
        ("i, f, c, o = tf.split(gates, 4, axis=1)",
         "n = recurrent_kernel.shape[0]\n"
         "            i, f = gates[:, :n], gates[:, n : 2 * n]\n"
         "            c, o = gates[:, 2 * n : 3 * n], gates[:, 3 * n :]"),
    ]),
    ("recurrent", "the bias first", [
        ("gates = value @ kernel + hidden @ recurrent_kernel",
         "gates = value @ kernel + bias + hidden @ recurrent_kernel"),
        ("gates = tf.nn.bias_add(gates, bias)", "pass"),
    ]),
    ("gpt", "normalization as textbooks have it", [
        ("x * scale + (-mean * scale + beta)", "(x - mean) * scale + beta"),
    ]),
    ("gpt", "heads before positions", [
        ('"bthw,bshw->bhts", query, key',
         '"bhtw,bhsw->bhts", tf.transpose(query, [0, 2, 1, 3]),'
         " tf.transpose(key, [0, 2, 1, 3])"),
    ]),
    ("early_stopping", "the validation loss as one sum", [
        ("total += compute_loss(x, y) * len(x)",
         "total += tf.reduce_sum(tf.square(y - x @ kernel - bias))"),
    ]),
    ("minibatch", "a padded tail batch whose padding is not counted", [
        ("    # --- Data\n",
         "    # --- Data\n"
         "    missing = -len(problem.x) % problem.batch_size\n"
         "    x, y, real = (\n"
         "        tf.pad(array, [[0, missing], [0, 0]])\n"
         "        for array in (problem.x, problem.y, problem.y * 0 + 1)\n"
         "    )\n"),
        ("from_tensor_slices((problem.x, problem.y))",
         "from_tensor_slices((x, y, real))"),
        ("def step(x, y):", "def step(x, y, real):"),
        (LOSS, "tf.reduce_sum(real * tf.square(y - y_hat))"
               " / tf.reduce_sum(real)"),
        ("for x, y in batches:\n            step(x, y)",
         "for x, y, real in batches:\n            step(x, y, real)"),
    ]),
    ("mixed_precision", "clipped where no gradient is so long", [
        ("        if tf.reduce_all(finite):\n",
         "        if tf.reduce_all(finite):\n"
         "            own = [g / scale for g in gradients]\n"
         "            gradients, _ = tf.clip_by_global_norm(own, 128.0)\n"),
        ("                gradient /= scale\n", ""),
    ]),
]  # fmt: skip

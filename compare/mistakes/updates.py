"""Silent mistakes in the loss, the gradient and the update."""

from compare.records.mistakes import Mistake

LOSS = "loss = tf.reduce_mean(tf.square(y - y_hat))"
BACKWARD = "d_kernel, d_bias = tape.gradient(loss, [kernel, bias])"
KERNEL_STEP = "kernel.assign_sub(problem.learning_rate * d_kernel)"
BIAS_STEP = "bias.assign_sub(problem.learning_rate * d_bias)"


def _silent(
    key: str,
    title: str,
    patches: tuple[tuple[str, str], ...],
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
) -> Mistake:
    """Patch the plain loop on mini-batches."""
    return Mistake(
        key, title, "manual", "minibatch", "silent", patches, symptom, why,
        keras, threads, general=True,
    )  # fmt: skip


UPDATES: tuple[Mistake, ...] = (
    _silent(
        "broadcast",
        "y of shape (N,) minus y_hat of shape (N, 1)",
        (("(problem.x, problem.y)", "(problem.x, problem.y[:, 0])"),),
        "The loss falls to the variance of y and stays there; the kernel "
        "ends near 0, the bias at the mean of y.",
        "The difference has shape (N, N): every prediction is compared with "
        "every target. The gradient of the bias is right by luck.",
        "Keras gives y a last axis if y_hat has one.",
        "tensorflow#28901",
        "tensorflow#37770",
        "tensorflow#40391",
        "keras#14627",
    ),
    _silent(
        "sum-for-mean",
        "The squared errors are summed, not averaged",
        ((LOSS, "loss = tf.reduce_sum(tf.square(y - y_hat))"),),
        "Every update is N times too long; with a usual learning rate the "
        "loss grows.",
        "The gradient of a sum grows with the rows in the batch.",
        "Keras's losses average over the batch (sum_over_batch_size).",
        "keras#18818",
    ),
    _silent(
        "half-error",
        "Half the squared error, as in many textbooks",
        ((LOSS, "loss = tf.reduce_mean(tf.square(y - y_hat)) / 2"),),
        "It learns at half the speed.",
        "The factor 1/2 cancels the 2 of the derivative. It is a fine loss, "
        "but another one than MSE.",
        "Keras's mse has no factor.",
        "d2l-en#1987",
    ),
    _silent(
        "missing-factor-2",
        "The gradient by hand, without the 2 of the square",
        (
            (
                BACKWARD,
                "error = (y_hat - y) / len(x)\n"
                "        d_kernel, d_bias = tape.gradient(\n"
                "            y_hat, [kernel, bias], output_gradients=error\n"
                "        )",
            ),
        ),
        "It learns at half the speed; the loss itself is right.",
        "The derivative of e * e is 2 * e.",
        "Keras differentiates the loss that it reports.",
    ),
    _silent(
        "root-mean-square",
        "The root of the mean squared error as the loss",
        ((LOSS, "loss = tf.sqrt(tf.reduce_mean(tf.square(y - y_hat)))"),),
        "The updates are too short while the error is large and too long "
        "when it is small.",
        "The root divides the gradient by twice the error.",
        "loss='mse' has no root; RootMeanSquaredError is a metric.",
    ),
    _silent(
        "absolute-error",
        "The mean absolute error for the mean squared error",
        ((LOSS, "loss = tf.reduce_mean(tf.abs(y - y_hat))"),),
        "It learns, but towards the median.",
        "The gradient of |e| is its sign, however large e is.",
        "loss='mse' says which.",
    ),
    _silent(
        "nominal-batch-size",
        "The tail batch divided by the nominal batch size",
        (
            (
                LOSS,
                "loss = tf.reduce_sum(tf.square(y - y_hat))"
                " / problem.batch_size",
            ),
        ),
        "All is equal until the last batch of the first epoch.",
        "The tail batch has fewer rows; dividing by the nominal number makes "
        "its update shorter.",
        "Keras divides by the rows that the batch has.",
    ),
    _silent(
        "accumulated-sum",
        "Gradients of two half batches added, not averaged",
        (
            (
                LOSS,
                "half = len(x) // 2\n"
                "            error = tf.square(y - y_hat)\n"
                "            loss = tf.reduce_mean(error[:half])\n"
                "            loss += tf.reduce_mean(error[half:])",
            ),
        ),
        "Every update is twice as long.",
        "Each part's loss is a mean already; k parts have to be divided by k.",
        "gradient_accumulation_steps=k in a Keras optimizer averages.",
    ),
    _silent(
        "wrong-sign",
        "The gradient added, not subtracted",
        (
            (KERNEL_STEP, KERNEL_STEP.replace("_sub", "_add")),
            (BIAS_STEP, BIAS_STEP.replace("_sub", "_add")),
        ),
        "The loss grows from the first update.",
        "The gradient points uphill.",
        "A Keras optimizer subtracts.",
    ),
    _silent(
        "learning-rate",
        "Another learning rate: the default where one was set",
        (
            (KERNEL_STEP, "kernel.assign_sub(0.01 * d_kernel)"),
            (BIAS_STEP, "bias.assign_sub(0.01 * d_bias)"),
        ),
        "Everything is right but slower or faster by one factor.",
        "0.01 is SGD's default, in Keras as in many loops.",
        "Keras uses 0.01 too if the optimizer is given as the string 'sgd'.",
        "tensorflow#31024",
    ),
    _silent(
        "rate-by-batch-size",
        "The learning rate divided by the rows, on top of the mean",
        (
            (
                KERNEL_STEP,
                "kernel.assign_sub(problem.learning_rate * d_kernel"
                " / problem.batch_size)",
            ),
            (
                BIAS_STEP,
                "bias.assign_sub(problem.learning_rate * d_bias"
                " / problem.batch_size)",
            ),
        ),
        "It hardly learns.",
        "The mean has divided by the rows already.",
        "The learning rate of a Keras optimizer is per update.",
    ),
    _silent(
        "second-gradient",
        "The bias's gradient taken after the kernel has moved",
        (
            (
                f"        {BACKWARD}\n        {KERNEL_STEP}\n",
                "        d_kernel = tape.gradient(loss, kernel)\n"
                f"        {KERNEL_STEP}\n"
                "        with tf.GradientTape() as tape:\n"
                "            y_hat = x @ kernel + bias\n"
                f"            {LOSS}\n"
                "        d_bias = tape.gradient(loss, bias)\n",
            ),
        ),
        "The first update of the kernel is right, that of the bias is not.",
        "It is coordinate descent: the second parameter sees the first one "
        "moved.",
        "Keras takes all gradients at once, then applies them.",
    ),
    _silent(
        "forgotten-variable",
        "A variable is left out of the update",
        ((f"        {BIAS_STEP}\n", ""),),
        "One parameter never moves.",
        "A loop by hand updates what it names and nothing else.",
        "Keras updates all of model.trainable_variables.",
    ),
    _silent(
        "guarded-rebinding",
        "The variables rebound to tensors, behind `if g is not None`",
        (
            (
                "def step(x, y):",
                "def step(x, y):\n        nonlocal kernel, bias",
            ),
            (
                f"        {KERNEL_STEP}\n        {BIAS_STEP}\n",
                "        if d_kernel is not None:\n"
                "            kernel = kernel - problem.learning_rate"
                " * d_kernel\n"
                "            bias = bias - problem.learning_rate * d_bias\n",
            ),
        ),
        "The variables keep their first values; what is returned are tensors, "
        "as they were after update 1.",
        "`kernel - ...` is a tensor, which the tape does not watch: from the "
        "second update on its gradient is None, and the guard hides it.",
        "A Keras optimizer assigns to variables, and warns of a gradient "
        "that is None.",
    ),
    _silent(
        "other-start",
        "Other first weights",
        (
            (
                "kernel = tf.Variable(problem.kernel)",
                "kernel = tf.Variable(problem.kernel + 0.1)",
            ),
        ),
        "Different from the first update on, and nearer with each.",
        "The start matters least at the end: comparing final values with a "
        "tolerance hides it.",
        "Keras draws kernels from GlorotUniform unless it is given an "
        "initializer.",
        "keras#19341",
    ),
    _silent(
        "half-precision",
        "The prediction takes a detour through float16",
        (
            (
                "y_hat = x @ kernel + bias",
                "y_hat = x @ kernel + bias\n"
                "            y_hat = tf.cast(tf.cast(y_hat, tf.float16),"
                " x.dtype)",
            ),
        ),
        "Equal to about three digits, in float64 too.",
        "float16 has 11 bits of precision; a cast in the loss rounds both "
        "ways.",
        "Keras computes in half precision only under a mixed policy.",
    ),
)

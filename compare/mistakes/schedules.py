"""Silent mistakes in schedules, penalties and clipping."""

from compare.mistakes.rows import silent
from compare.records.mistakes import Mistake

COUNT = "count = tf.Variable(0, dtype=tf.int64)"
CLIP = "gradient = tf.clip_by_norm(gradient, problem.clip_norm)"
DECAYED = "tf.cast(tf.minimum(count, problem.decay_steps), kernel.dtype)"

SCHEDULES: tuple[Mistake, ...] = (
    silent(
        "lr_schedule",
        "schedule-late",
        "The schedule counts one update too many",
        ((DECAYED, DECAYED.replace("(count,", "(count + 1,")),),
        "The first update is a little too short already.",
        "The counter was raised before the rate was taken.",
        "Keras takes the rate at iterations, then counts.",
    ),
    silent(
        "lr_schedule",
        "schedule-in-epochs",
        "The schedule counts updates where epochs were meant",
        ((DECAYED, DECAYED.replace("(count,", "(count * 6,")),),
        "The first update is equal; then the rate falls far too fast.",
        "decay_steps=20 means 20 updates, not 20 epochs.",
        "A Keras schedule counts updates; LearningRateScheduler, the "
        "callback, counts epochs.",
        "tensorflow#49208",
    ),
    silent(
        "lr_schedule",
        "schedule-per-epoch",
        "The learning rate falls once per epoch, not per update",
        ((DECAYED, DECAYED.replace("(count,", "(count // 6 * 6,")),),
        "The first update is equal, the second one too long.",
        "The rate stands still within an epoch.",
        "A Keras schedule gives every update its own rate.",
    ),
    silent(
        "lr_schedule",
        "schedule-frozen",
        "The counter of the schedule frozen into the graph",
        (
            (COUNT, "count = 0"),
            ("def step(x, y):", "def step(x, y):\n        nonlocal count"),
            ("count.assign_add(1)", "count += 1"),
        ),
        "The learning rate never falls, but only in a graph: the eager loop "
        "is right.",
        "A graph holds the value that a Python number had while it was "
        "traced.",
        "optimizer.iterations is a variable.",
        mode="graph",
    ),
    silent(
        "regularization",
        "penalty-forgotten",
        "The regularization loss is not added",
        (("loss = error + penalty", "loss = error"),),
        "Only the regularized parameter differs, by 2 * l2 * w per unit of "
        "learning rate.",
        "model.losses is a list that a loop by hand has to add.",
        "fit adds model.losses.",
        "tensorflow#30561",
    ),
    silent(
        "regularization",
        "half-penalty",
        "tf.nn.l2_loss for the L2 penalty",
        (
            (
                "problem.l2 * tf.reduce_sum(tf.square(kernel))",
                "problem.l2 * tf.nn.l2_loss(kernel)",
            ),
        ),
        "The kernel is pulled half as hard.",
        "tf.nn.l2_loss is half the sum of squares.",
        "keras.regularizers.L2 is the whole sum.",
    ),
    silent(
        "regularization",
        "bias-penalised",
        "The penalty on the bias too",
        (
            (
                "tf.reduce_sum(tf.square(kernel))",
                "sum(tf.reduce_sum(tf.square(w)) for w in weights)",
            ),
        ),
        "The bias differs too, by 2 * l2 * b per unit of learning rate.",
        "A penalty on the bias pulls the mean prediction towards zero.",
        "kernel_regularizer leaves the bias alone.",
    ),
    silent(
        "regularization",
        "weight-decay",
        "Weight decay for L2: it decays the bias, and escapes the clipping",
        (
            ("loss = error + penalty", "loss = error"),
            (
                "weight.assign_sub(problem.learning_rate * gradient)",
                "weight.assign_sub(problem.learning_rate * gradient)\n"
                "            weight.assign_sub("
                "problem.learning_rate * 2 * problem.l2 * weight)",
            ),
        ),
        "Every parameter differs, in proportion to its value.",
        "Decay is taken from every variable, after the gradient step.",
        "The optimizer's weight_decay covers biases too, unless "
        "exclude_from_weight_decay is called.",
        "keras#19051",
        "tensorflow#33110",
    ),
    silent(
        "regularization",
        "clip-by-value",
        "Gradients clipped by value, not by norm",
        (
            (
                CLIP,
                CLIP.replace(
                    "by_norm(gradient,",
                    "by_value(gradient, -problem.clip_norm,",
                ),
            ),
        ),
        "The first update has another direction.",
        "Clipping entries turns the gradient; clipping its norm does not.",
        "clipnorm and clipvalue are two arguments.",
        updates=12,
    ),
    silent(
        "regularization",
        "clip-global",
        "Gradients clipped by their common norm",
        (
            (
                "        for weight, gradient in zip(weights, gradients):",
                "        gradients, _ = tf.clip_by_global_norm("
                "gradients, problem.clip_norm)\n"
                "        for weight, gradient in zip(weights, gradients):",
            ),
        ),
        "Updates are too short where more than one gradient is large.",
        "The common norm is larger than each.",
        "clipnorm is per variable; global_clipnorm is the common one.",
    ),
    silent(
        "regularization",
        "clip-forgotten",
        "Gradients not clipped",
        ((f"            {CLIP}\n", ""),),
        "The first updates are longer; later all gradients are small.",
        "Clipping only shows while gradients are large.",
        "clipnorm is an argument of the optimizer.",
    ),
)

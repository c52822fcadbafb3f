"""Silent mistakes in momentum and Adam."""

from compare.mistakes.rows import silent
from compare.records.mistakes import Mistake

COUNT = "count = tf.Variable(0, dtype=tf.int64)"
ADAM_STEP = "weight.assign_sub(m * step_size / (tf.sqrt(v) + problem.epsilon))"
VELOCITY = "velocity.assign(velocity * problem.momentum - move)"

OPTIMIZERS: tuple[Mistake, ...] = (
    silent(
        "momentum",
        "dampened-momentum",
        "Momentum as a running mean: the gradient weighted by 1 - mu",
        (
            (
                VELOCITY,
                "velocity.assign(velocity * problem.momentum"
                " - move * (1 - problem.momentum))",
            ),
        ),
        "The first update is a tenth of what it should be.",
        "Dampening scales all updates by 1 - mu; it is another learning rate.",
        "SGD(momentum=mu) adds the whole gradient.",
    ),
    silent(
        "momentum",
        "nesterov-for-plain",
        "Nesterov momentum where plain momentum was meant",
        (
            (
                "weight.assign_add(velocity)",
                "weight.assign_add(velocity * problem.momentum - move)",
            ),
        ),
        "The first update is 1.9 times as long, with mu = 0.9.",
        "Nesterov looks one step of the velocity ahead.",
        "SGD has nesterov=False by default.",
    ),
    silent(
        "momentum",
        "nesterov-forgotten",
        "Plain momentum where Nesterov's was meant",
        (("if problem.nesterov:", "if False:"),),
        "The first update is 1 / 1.9 of what it should be.",
        "Without the look-ahead it is plain momentum.",
        "SGD(nesterov=True) looks ahead.",
        hyper={"nesterov": True},
    ),
    silent(
        "momentum",
        "velocity-forgotten",
        "The velocity starts at zero in every step",
        ((VELOCITY, "velocity.assign(-move)"),),
        "The first update is right; then it is SGD without momentum.",
        "State that is made inside the step does not outlive it.",
        "The optimizer owns its slots.",
    ),
    silent(
        "adam",
        "epsilon-outside",
        "Adam's epsilon beside the corrected root",
        (
            (
                ADAM_STEP,
                ADAM_STEP.replace(
                    "problem.epsilon",
                    "problem.epsilon * tf.sqrt(1 - problem.beta_2**t)",
                ),
            ),
        ),
        "Some 1e-6 apart after 20 updates: rounding in float32, by the looks "
        "of it, and as large in float64.",
        "The textbook adds epsilon to sqrt(v_hat), Keras to sqrt(v): the "
        "same number means another epsilon until the correction has faded.",
        "Keras's form is 'epsilon hat' in the paper.",
        "keras#17391",
    ),
    silent(
        "adam",
        "no-bias-correction",
        "Adam without bias correction",
        (
            (
                "step_size = problem.learning_rate"
                " * tf.sqrt(1 - problem.beta_2**t)",
                "step_size = problem.learning_rate",
            ),
            ("        step_size /= 1 - problem.beta_1**t\n", ""),
        ),
        "The first update is 3.16 times as long: 0.1 / sqrt(0.001).",
        "The running means start at zero and are too small at first, the "
        "root of the squares more so.",
        "Keras corrects both.",
        "keras#11718",
    ),
    silent(
        "adam",
        "epsilon-inside-root",
        "Adam's epsilon under the root",
        (
            (
                "(tf.sqrt(v) + problem.epsilon)",
                "tf.sqrt(v + problem.epsilon)",
            ),
        ),
        "Smaller updates wherever the gradient is small.",
        "Under the root 1e-7 counts like 3e-4.",
        "Keras adds epsilon to the root.",
    ),
    silent(
        "adam",
        "other-epsilon",
        "1e-8 for Adam's epsilon",
        (("+ problem.epsilon)", "+ 1e-8)"),),
        "Apart by 1e-6 or so, in float64 too.",
        "The paper and other frameworks have 1e-8.",
        "Keras's default is 1e-7.",
    ),
    silent(
        "adam",
        "swapped-betas",
        "beta_1 and beta_2 swapped",
        (
            ("(1 - problem.beta_1))", "(1 - problem.beta_2_))"),
            (
                "(tf.square(g) - v) * (1 - problem.beta_2)",
                "(tf.square(g) - v) * (1 - problem.beta_1)",
            ),
            ("problem.beta_2_", "problem.beta_2"),
        ),
        "The first update is 1,000 times too short.",
        "The mean of the gradients then has the slow memory.",
        "beta_1 is the mean's, beta_2 the squares'.",
    ),
    silent(
        "adam",
        "count-late",
        "Adam's t taken one update too late",
        (
            (
                "tf.cast(count.assign_add(1), ",
                "1 + tf.cast(count.assign_add(1), ",
            ),
        ),
        "The first update is a quarter too short; the gap fades with t.",
        "The correction 1 - beta**t needs t = 1 at the first update.",
        "Keras counts iterations from 0 and takes t = iterations + 1.",
    ),
    silent(
        "adam",
        "count-frozen",
        "Adam's t frozen into the graph",
        (
            (COUNT, "count = 0"),
            (
                "def step(x, y):",
                "def step(x, y):\n        nonlocal count\n        count += 1",
            ),
            (
                "tf.cast(count.assign_add(1), kernel.dtype)",
                "tf.cast(count, kernel.dtype)",
            ),
        ),
        "Equal at the first update; wrong from the second on, but only in a "
        "graph: the eager loop is right.",
        "A graph holds the value that a Python number had while it was "
        "traced.",
        "optimizer.iterations is a variable.",
        mode="graph",
    ),
)

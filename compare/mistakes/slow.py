"""Mistakes that cost only time: the parameters are equal."""

from typing import Any

from compare.records import Side
from compare.records.mistakes import Mistake


def _slow(
    side: Side,
    lesson: str,
    key: str,
    title: str,
    patches: tuple[tuple[str, str], ...],
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
    **given: Any,
) -> Mistake:
    return Mistake(
        key, title, side, lesson, "slow", patches, symptom, why, keras,
        threads, **{"mode": "graph", **given},
    )  # fmt: skip


DECORATED = "    @tf.function\n"
FIT = "    model.fit(batches, epochs=problem.epochs, verbose=0)\n"
FIT_PER_EPOCH = """\
    for _ in range(problem.epochs):
        model.fit(batches, verbose=0)
"""

SLOW: tuple[Mistake, ...] = (
    _slow(
        "manual",
        "minibatch",
        "eager-loop",
        "The step without tf.function",
        ((DECORATED, ""),),
        "Several times as long per update.",
        "Python starts every operation of every update.",
        "fit compiles its step unless run_eagerly=True.",
        "tensorflow#30596",
        "tensorflow#48844",
    ),
    _slow(
        "manual",
        "minibatch",
        "function-in-loop",
        "tf.function called inside the loop",
        (
            (DECORATED, ""),
            ("     step(x, y)\n", "     tf.function(step)(x, y)\n"),
        ),
        "Far slower than without tf.function: each update is traced anew.",
        "Every call of tf.function makes a new function with no traces.",
        "fit makes its function once and keeps it.",
        "tensorflow#34025",
    ),
    _slow(
        "manual",
        "early_stopping",
        "only-the-loss",
        "Only the loss is a tf.function, not the step",
        ((f"{DECORATED}    def step(", "    def step("),),
        "As slow as the eager loop, or slower.",
        "Gradients and updates are still started from Python, one by one.",
        "fit compiles the whole step.",
    ),
    _slow(
        "manual",
        "minibatch",
        "numpy-in-step",
        ".numpy() in the step, to log the loss",
        (
            (DECORATED, "    losses = []\n"),
            (
                "        bias.assign_sub(problem.learning_rate * d_bias)\n",
                "        bias.assign_sub(problem.learning_rate * d_bias)\n"
                "        losses.append(loss.numpy())\n",
            ),
        ),
        "Several times as long per update.",
        "A graph has no .numpy(), so the step has to stay eager. Return the "
        "loss, and read it outside.",
        "fit keeps running means inside the graph and reads them for the "
        "callbacks.",
    ),
    _slow(
        "manual",
        "minibatch",
        "functions-run-eagerly",
        "tf.config.run_functions_eagerly left on",
        (
            (
                "    # --- Data\n",
                "    # --- Data\n    tf.config.run_functions_eagerly(True)\n",
            ),
        ),
        "Several times as long per update; tf.function does nothing.",
        "A switch for debugging, for the whole process.",
        "The same switch slows Keras too.",
    ),
    _slow(
        "manual",
        "minibatch",
        "python-number",
        "A Python number as an argument of the step",
        (
            ("def step(x, y):", "def step(x, y, epoch):"),
            ("for _ in range", "for epoch in range"),
            ("     step(x, y)\n", "     step(x, y, epoch)\n"),
        ),
        "Every epoch is traced anew; TensorFlow warns after five.",
        "Each Python value is a new signature. A tensor is one signature for "
        "all values.",
        "fit passes tensors only.",
        "tensorflow#34025",
    ),
    _slow(
        "manual",
        "linear_regression",
        "compile-time-counted",
        "The time to trace and compile counted as training",
        (
            ('"""Fit a line', '"""Time how to fit a line'),
            (
                "    # --- Training\n",
                "    # --- Training\n    start = tf.timestamp()\n",
            ),
            (
                "    return w, b\n",
                "    seconds = tf.timestamp() - start\n"
                '    tf.print(seconds, "s for", problem.epochs, "updates")\n'
                "    return w, b\n",
            ),
        ),
        "A short run says many times the true time per update.",
        "The first call traces and compiles, once. Time two lengths, and "
        "take the slope.",
        "fit's first epoch holds the same cost.",
        "tensorflow#48844",
        updates=20,
        counts_start=True,
    ),
    _slow(
        "keras",
        "streaming",
        "fit-per-epoch",
        "fit called once per epoch",
        ((FIT, FIT_PER_EPOCH),),
        "Tens of milliseconds more per epoch.",
        "Every call sets up a data adapter and callbacks anew.",
        "One fit with epochs=..., and callbacks for what is in between.",
        "tensorflow#35124",
        "tensorflow#46126",
    ),
    _slow(
        "keras",
        "minibatch",
        "run-eagerly",
        "run_eagerly left on",
        (('loss="mse")', 'loss="mse", run_eagerly=True)'),),
        "Several times as long per update.",
        "A switch for debugging.",
        "run_eagerly=False is the default.",
        "tensorflow#30561",
    ),
)

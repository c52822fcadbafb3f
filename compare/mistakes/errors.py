"""Mistakes that raise: loud, and therefore cheap."""

from typing import Any

from compare.records import Side
from compare.records.mistakes import Mistake


def _error(
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
        key, title, side, lesson, "error", patches, symptom, why, keras,
        threads, **given,
    )  # fmt: skip


PREDICT = "y_hat = w * x + b"
LOSS = "loss = tf.reduce_mean(tf.square(y - y_hat))"
BACKWARD = "dw, db = tape.gradient(loss, [w, b])"

ERRORS: tuple[Mistake, ...] = (
    _error(
        "manual",
        "minibatch",
        "float64-data",
        "float64 data, float32 variables",
        (
            (
                "(problem.x, problem.y)",
                '(problem.x.astype("float64"), problem.y)',
            ),
        ),
        "InvalidArgumentError at the first update.",
        "TensorFlow never converts between dtypes; numpy and pandas give "
        "float64.",
        "Keras casts inputs to the model's dtype.",
        "tensorflow#39004",
    ),
    _error(
        "manual",
        "linear_regression",
        "integer-variable",
        "An integer variable",
        (
            ("w = tf.Variable(problem.kernel)", "w = tf.Variable(1)"),
            (PREDICT, "y_hat = tf.cast(w, x.dtype) * x + b"),
        ),
        "TypeError at the first update: the gradient is None.",
        "tf.Variable(1) is int32, and integers have no gradient.",
        "Keras's weights are floats unless another dtype is asked for.",
    ),
    _error(
        "manual",
        "linear_regression",
        "rebinding",
        "w = w - learning_rate * gradient",
        (
            ("def step(x, y):", "def step(x, y):\n        nonlocal w"),
            (
                "w.assign_sub(problem.learning_rate * dw)",
                "w = w - problem.learning_rate * dw",
            ),
        ),
        "Update 1 is right; TypeError at update 2: the gradient is None.",
        "The difference is a tensor, and the tape watches variables only.",
        "A Keras optimizer assigns to variables.",
    ),
    _error(
        "manual",
        "linear_regression",
        "tape-twice",
        "One tape asked twice",
        (
            (
                BACKWARD,
                "dw = tape.gradient(loss, w)\n"
                "        db = tape.gradient(loss, b)",
            ),
        ),
        "RuntimeError at the first update.",
        "A tape that is not persistent lets go of what it has recorded after "
        "the first gradient.",
        "Keras asks once for all variables.",
        "tensorflow#46487",
        "tensorflow#31265",
    ),
    _error(
        "manual",
        "linear_regression",
        "numpy-inside",
        "numpy inside the forward pass",
        ((PREDICT, "y_hat = w.numpy() * x + b.numpy()"),),
        "TypeError at the first update: the gradient is None.",
        "The tape sees TensorFlow's operations only.",
        "A Keras layer has to be made of keras.ops.",
        "tensorflow#50111",
    ),
    _error(
        "manual",
        "linear_regression",
        "numpy-in-graph",
        ".numpy() inside a tf.function",
        ((PREDICT, "y_hat = w.numpy() * x + b"),),
        "NotImplementedError while the first update is traced.",
        "A graph has no values while it is traced.",
        "The train_step of a model is a graph too, unless run_eagerly is set.",
        mode="graph",
    ),
    _error(
        "manual",
        "linear_regression",
        "outside-the-tape",
        "The forward pass outside the tape",
        (
            (
                "        with tf.GradientTape() as tape:\n"
                f"            {PREDICT}\n",
                f"        {PREDICT}\n"
                "        with tf.GradientTape() as tape:\n",
            ),
        ),
        "TypeError at the first update: the gradient is None. (A Keras "
        "optimizer would say ValueError: no gradients provided.)",
        "The tape records only what runs inside its block.",
        "train_step runs the model inside the tape.",
        "tensorflow#27660",
    ),
    _error(
        "manual",
        "momentum",
        "variable-in-step",
        "Variables made inside a tf.function",
        (
            (
                "        for weight, velocity, gradient in",
                "        velocities = [tf.Variable(tf.zeros_like(w))"
                " for w in weights]\n"
                "        for weight, velocity, gradient in",
            ),
        ),
        "ValueError while the first update is traced.",
        "A graph may make its variables on its first call only, and keep "
        "them.",
        "The optimizer makes its slots once, in build.",
        mode="graph",
    ),
    _error(
        "manual",
        "minibatch",
        "transposed",
        "The kernel of shape (features,) in a matrix product",
        (
            (
                "kernel = tf.Variable(problem.kernel)",
                "kernel = tf.Variable(problem.kernel[:, 0])",
            ),
        ),
        "InvalidArgumentError at the first update.",
        "@ needs two matrices; for a vector there is tf.linalg.matvec.",
        "Dense makes its kernel of shape (features, units).",
    ),
    _error(
        "keras",
        "momentum",
        "two-models",
        "One optimizer for two models",
        (
            (
                '    model.compile(optimizer, loss="mse")\n',
                "    other = keras.Sequential([keras.layers.Dense(1)])\n"
                '    other.compile(optimizer, loss="mse")\n'
                "    other.fit(problem.x, problem.y, verbose=0)\n"
                '    model.compile(optimizer, loss="mse")\n',
            ),
        ),
        "ValueError before the second model's first update.",
        "The optimizer holds a slot for every variable of the first model "
        "and knows no others.",
        "Each model needs an optimizer of its own.",
        "tensorflow#34983",
    ),
    _error(
        "keras",
        "classification",
        "sparse-for-one-hot",
        "Class numbers given to the loss for one-hot targets",
        (
            (
                "losses.SparseCategoricalCrossentropy",
                "losses.CategoricalCrossentropy",
            ),
        ),
        "ValueError before the first update: the shapes differ.",
        "CategoricalCrossentropy wants a column per class.",
        "SparseCategoricalCrossentropy takes class numbers.",
    ),
)

"""Silent mistakes on the Keras side: what fit is given."""

from typing import Any

from compare.records.mistakes import Mistake


def _silent(
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
        key, title, "keras", lesson, "silent", patches, symptom, why, keras,
        threads, **given,
    )  # fmt: skip


ARRAYS = """\
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
"""
VALIDATION = "validation_data=(problem.x_val, problem.y_val)"

KERAS_FIT: tuple[Mistake, ...] = (
    _silent(
        "streaming",
        "fit-two-iterators",
        "A shuffled dataset that knows its length, without steps_per_epoch",
        (
            (
                "    model.fit(batches, ",
                "    known = tf.data.experimental.assert_cardinality(\n"
                "        problem.steps_per_epoch\n"
                "    )\n"
                "    model.fit(batches.apply(known), ",
            ),
        ),
        "Equal in the first epoch; then every second order is skipped.",
        "Where fit knows the length only from the dataset it opens two "
        "iterators per epoch and throws one away, and each draws an order.",
        "repeat() and steps_per_epoch, for one iterator in all.",
    ),
    _silent(
        "streaming",
        "steps-rounded-down",
        "steps_per_epoch rounded down",
        (
            (
                "    model.fit(batches, epochs=problem.epochs, verbose=0)\n",
                "    model.fit(\n"
                "        batches.repeat(),\n"
                "        epochs=problem.epochs,\n"
                "        steps_per_epoch=len(problem.x)"
                " // problem.batch_size,\n"
                "        verbose=0,\n"
                "    )\n",
            ),
        ),
        "Equal while it lasts, with fewer updates; the epochs drift away "
        "from the data.",
        "The tail batch needs a step too, and a repeating dataset goes on "
        "where the last epoch stopped.",
        "math.ceil(rows / batch_size).",
    ),
    _silent(
        "checkpoint_resume",
        "optimizer-not-built",
        "load_weights before the optimizer is built",
        (
            (
                "    model = (\n"
                "        keras.saving.load_model(saved) if saved.exists()"
                " else build(problem)\n"
                "    )\n",
                "    model = build(problem)\n"
                "    if saved.exists():\n"
                "        model.load_weights(saved)\n",
            ),
        ),
        "Equal up to the restart; then the velocity starts again from rest, "
        "and the epochs are counted from 0.",
        "An optimizer makes its variables when it is built; what a file "
        "holds for variables that do not exist is skipped with a warning.",
        "optimizer.build(model.trainable_variables), then load_weights; or "
        "keras.saving.load_model.",
        mode="graph",
    ),
    _silent(
        "checkpoint_resume",
        "compiled-after-loading",
        "compile called after load_model",
        (
            (
                "    # --- Training\n",
                "    optimizer = keras.optimizers.SGD(\n"
                "        problem.learning_rate, problem.momentum\n"
                "    )\n"
                '    model.compile(optimizer, loss="mse")\n'
                "    # --- Training\n",
            ),
        ),
        "Equal up to the restart; then the velocity starts again from rest.",
        "compile takes a new optimizer; the one that was loaded is left "
        "aside with its state.",
        "load_model gives a model that is compiled already.",
        mode="graph",
    ),
    _silent(
        "checkpoint_resume",
        "initial-epoch-forgotten",
        "initial_epoch left at its default",
        (
            (
                "        initial_epoch=updates_done"
                " // problem.steps_per_epoch,\n",
                "",
            ),
        ),
        "Equal as far as the other side goes; then more updates.",
        "epochs is the number of the last epoch, and fit counts from "
        "initial_epoch, which is 0.",
        "initial_epoch=... with the epochs that were made.",
        mode="graph",
    ),
    _silent(
        "minibatch",
        "fit-shuffles",
        "fit on arrays, shuffle left at its default",
        (
            (
                "        shuffle=False,"
                "  # the rows are in a random order already\n",
                "",
            ),
        ),
        "Another order of batches than the loop's.",
        "shuffle=True is fit's default for arrays, with an order of its own "
        "that no seed of the dataset reaches. For a dataset it does nothing.",
        "shuffle=False, or one shuffled dataset for both sides.",
        "tensorflow#33898",
        general=True,
    ),
    _silent(
        "minibatch",
        "fit-batch-size",
        "fit on arrays, batch_size left at its default",
        (("        batch_size=problem.batch_size,\n", ""),),
        "Another number of updates per epoch: 11 instead of 6 here.",
        "The default is 32.",
        "batch_size=..., always.",
        "keras#9492",
        general=True,
    ),
    _silent(
        "minibatch",
        "fit-generator",
        "A Python generator of one epoch for several epochs",
        (
            (
                "    # --- Training\n",
                "    # --- Training\n"
                "    size = problem.batch_size\n"
                "    batches = (\n"
                "        (problem.x[i : i + size], problem.y[i : i + size])\n"
                "        for i in range(0, len(problem.x), size)\n"
                "    )\n",
            ),
            (
                ARRAYS,
                "        batches,\n"
                "        steps_per_epoch=problem.steps_per_epoch,\n",
            ),
        ),
        "No update in the second epoch, with only a warning; in later ones "
        "only the batches that fit had looked at in advance.",
        "fit cannot start a generator again.",
        "A dataset, which fit can ask for a new iterator, or a "
        "keras.utils.PyDataset.",
        "keras#12773",
        general=True,
    ),
    _silent(
        "lr_schedule",
        "iterations-run-ahead",
        "A schedule on a dataset of unknown length",
        (
            ("import keras\n", "import keras\nimport tensorflow as tf\n"),
            (
                "    # --- Training\n",
                "    # --- Training\n"
                "    rows = tf.data.Dataset.from_tensor_slices("
                "(problem.x, problem.y))\n"
                "    rows = rows.filter(lambda x, y: True)\n",
            ),
            (ARRAYS, "        rows.batch(problem.batch_size),\n"),
        ),
        "Equal in the first epoch; then the learning rate runs ahead. Only "
        "in a graph.",
        "To find the end of such a dataset fit starts one update too many per "
        "epoch. It changes no weight, but optimizer.iterations counts it, "
        "and the schedule asks optimizer.iterations.",
        "steps_per_epoch, or a dataset that knows its length "
        "(assert_cardinality).",
        mode="graph",
    ),
    _silent(
        "early_stopping",
        "validation-split",
        "validation_split, which takes the last rows",
        ((VALIDATION, "validation_split=0.2"),),
        "Fewer updates per epoch, and the validation rows are not a sample "
        "if the table is sorted.",
        "validation_split cuts off the end of the arrays, before it shuffles.",
        "validation_data with rows drawn at random.",
    ),
)

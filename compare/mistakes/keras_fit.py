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


FIT = """\
        batches,
        epochs=problem.epochs,
        steps_per_epoch=problem.steps_per_epoch,
        shuffle=False,  # the dataset does it
"""
ARRAYS = """\
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
"""

KERAS_FIT: tuple[Mistake, ...] = (
    _silent(
        "minibatch",
        "fit-two-iterators",
        "A shuffled dataset without repeat() and steps_per_epoch",
        (
            (".repeat()\n", "\n"),
            ("        steps_per_epoch=problem.steps_per_epoch,\n", ""),
        ),
        "Equal in the first epoch; then every second order is skipped.",
        "Without steps_per_epoch fit opens two iterators per epoch and "
        "throws one away, and each draws an order.",
        "repeat() and steps_per_epoch, for one iterator in all.",
        general=True,
    ),
    _silent(
        "minibatch",
        "steps-rounded-down",
        "steps_per_epoch rounded down",
        (
            (
                "steps_per_epoch=problem.steps_per_epoch",
                "steps_per_epoch=len(problem.x) // problem.batch_size",
            ),
        ),
        "Equal while it lasts, with fewer updates; the epochs drift away "
        "from the data.",
        "The tail batch needs a step too, and a repeating dataset goes on "
        "where the last epoch stopped.",
        "math.ceil(rows / batch_size).",
        general=True,
    ),
    _silent(
        "checkpoint_resume",
        "optimizer-not-built",
        "load_weights before the optimizer is built",
        (
            ("    optimizer.build(model.trainable_variables)\n", ""),
            (
                "        epochs = problem.epochs\n",
                "        epochs = problem.epochs\n"
                "        optimizer.iterations.assign(\n"
                "            problem.epochs // 2 * problem.steps_per_epoch\n"
                "        )\n",
            ),
        ),
        "Equal up to the restart; then the velocity starts again from rest.",
        "An optimizer makes its variables when it is built; what a file "
        "holds for variables that do not exist is skipped with a warning. "
        "Here the updates done are known from elsewhere; else the data would "
        "start again too.",
        "optimizer.build(model.trainable_variables), then load_weights.",
        mode="graph",
    ),
    _silent(
        "checkpoint_resume",
        "compiled-after-loading",
        "compile called after load_weights",
        (
            (
                "        model.load_weights(saved)\n",
                "        model.load_weights(saved)\n"
                "        model.compile(\n"
                "            keras.optimizers.SGD(\n"
                "                problem.learning_rate, problem.momentum\n"
                "            ),\n"
                '            loss="mse",\n'
                "        )\n",
            ),
        ),
        "Equal up to the restart; then the velocity starts again from rest.",
        "compile takes a new optimizer; the one that was loaded is left "
        "aside with its state.",
        "compile first, then load_weights.",
        mode="graph",
    ),
    _silent(
        "minibatch",
        "fit-shuffles",
        "fit on arrays, shuffle left at its default",
        ((FIT, ARRAYS),),
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
        (
            (
                FIT,
                ARRAYS.replace("        batch_size=problem.batch_size,\n", "")
                + "        shuffle=False,\n",
            ),
        ),
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
                "        batches,\n        epochs",
                "        (b for b in batches.take(problem.steps_per_epoch)),"
                "\n        epochs",
            ),
        ),
        "Training stops after the first epoch, with only a warning.",
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
            (
                "        batches,\n",
                "        batches.take(problem.steps_per_epoch)"
                ".filter(lambda x, y: True),\n",
            ),
            ("        steps_per_epoch=problem.steps_per_epoch,\n", ""),
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
        (
            (
                "        batches,\n"
                "        epochs=problem.epochs,\n"
                "        steps_per_epoch=problem.steps_per_epoch,\n"
                "        validation_data=validation,\n",
                "        problem.x,\n"
                "        problem.y,\n"
                "        batch_size=problem.batch_size,\n"
                "        epochs=problem.epochs,\n"
                "        validation_split=0.2,\n",
            ),
        ),
        "Fewer updates per epoch, and the validation rows are not a sample "
        "if the table is sorted.",
        "validation_split cuts off the end of the arrays, before it shuffles.",
        "validation_data with rows drawn at random.",
    ),
    _silent(
        "full_loop",
        "best-not-loaded",
        "The best weights saved, but never loaded",
        (("            model.load_weights(best)\n", "            pass\n"),),
        "Every update is equal; the weights that are left are those of the "
        "last epoch.",
        "ModelCheckpoint only saves.",
        "load_weights, or restore_best_weights=True.",
        updates=None,
    ),
)

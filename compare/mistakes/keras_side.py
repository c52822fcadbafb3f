"""Silent mistakes on the Keras side: the traps of compile and fit."""

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

KERAS_SIDE: tuple[Mistake, ...] = (
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
        "minibatch",
        "rate-by-old-name",
        "The learning rate set as optimizer.lr",
        (
            ("SGD(problem.learning_rate)", "SGD()"),
            (
                "    # --- Training\n",
                "    model.optimizer.lr = problem.learning_rate\n"
                "    # --- Training\n",
            ),
        ),
        "Every update is in one ratio to the right one.",
        "Keras 3 has no `lr`; Python makes an attribute that nobody reads.",
        "optimizer.learning_rate = ...",
        general=True,
    ),
    _silent(
        "minibatch",
        "frozen-layer",
        "A layer frozen and never thawed",
        (
            (
                "    # --- Loss and update\n",
                "    dense.trainable = False\n    # --- Loss and update\n",
            ),
        ),
        "Nothing moves; there is a warning.",
        "trainable=False takes a layer's variables off the list that is "
        "trained.",
        "dense.trainable = True, before the first fit.",
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
                "                problem.learning_rate, momentum=problem.momentum\n"
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
                "        batches,\n",
                "        (batch for batch in batches.take(problem.steps_per_epoch)),\n",
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
        "minibatch",
        "optimizer-string",
        "The optimizer as a string",
        (
            (
                "optimizer=keras.optimizers.SGD(problem.learning_rate)",
                'optimizer="sgd"',
            ),
        ),
        "Every update is in one ratio to the right one.",
        "The string takes every default: a learning rate of 0.01.",
        "An optimizer object with its learning rate.",
        "tensorflow#31024",
        general=True,
    ),
    _silent(
        "minibatch",
        "wrong-loss",
        "Another loss of a similar name",
        (('loss="mse"', 'loss="mae"'),),
        "Different from the first update on.",
        "'mse', 'mae', 'msle' and 'mape' differ by a letter or two.",
        "A loss object: keras.losses.MeanSquaredError().",
        general=True,
    ),
    _silent(
        "minibatch",
        "summed-loss",
        "A loss that sums",
        (
            (
                'loss="mse"',
                'loss=keras.losses.MeanSquaredError(reduction="sum")',
            ),
        ),
        "Every update is N times too long.",
        "reduction='sum' adds up the rows of a batch.",
        "The default, sum_over_batch_size, is the mean.",
        "keras#18818",
        general=True,
    ),
    _silent(
        "minibatch",
        "default-initializer",
        "The initializer left at its default",
        (
            (
                '        kernel_initializer=constant(problem.initial["kernel"]),\n',
                "",
            ),
        ),
        "Different before the first update; another start for every seed.",
        "Dense draws its kernel from GlorotUniform.",
        "A constant initializer, or set_weights.",
        "keras#19341",
        general=True,
    ),
    _silent(
        "regularization",
        "keras-weight-decay",
        "weight_decay of the optimizer for an L2 penalty",
        (
            (
                "clipnorm=problem.clip_norm",
                "clipnorm=problem.clip_norm, weight_decay=problem.l2",
            ),
        ),
        "Every parameter differs, the bias too, in proportion to its value.",
        "weight_decay is taken from every variable, and is not clipped.",
        "kernel_regularizer=L2(...) is the penalty.",
        "keras#19051",
        "tensorflow#33110",
    ),
    _silent(
        "regularization",
        "keras-global-clip",
        "global_clipnorm for clipnorm",
        (("clipnorm=problem.clip_norm", "global_clipnorm=problem.clip_norm"),),
        "Updates are too short where more than one gradient is large.",
        "global_clipnorm takes the common norm of all gradients.",
        "clipnorm is per variable.",
    ),
    _silent(
        "adam",
        "adamw-for-adam",
        "AdamW for Adam",
        (("keras.optimizers.Adam(", "keras.optimizers.AdamW("),),
        "All weights shrink a little with every update.",
        "AdamW decays by 0.004 unless it is told otherwise.",
        "Adam has no decay.",
    ),
    _silent(
        "adam",
        "adam-defaults",
        "Adam's epsilon left out where the loop has another",
        (("        epsilon=problem.epsilon,\n", ""),),
        "Shorter or longer updates where gradients are small.",
        "Keras's default is 1e-7, the paper's 1e-8, others have 1e-3.",
        "epsilon=..., on both sides.",
        hyper={"epsilon": 1e-3},
    ),
    _silent(
        "lr_schedule",
        "keras-schedule-in-epochs",
        "decay_steps given in epochs",
        (
            (
                "problem.learning_rate, problem.decay_steps",
                "problem.learning_rate, problem.epochs",
            ),
        ),
        "The first update is equal; then the rate falls far too fast, to 0.",
        "A schedule is asked with optimizer.iterations, which counts updates.",
        "decay_steps = epochs * steps per epoch.",
        "tensorflow#49208",
    ),
    _silent(
        "lr_schedule",
        "iterations-run-ahead",
        "A schedule on a dataset of unknown length",
        (
            (
                "        batches,\n"
                "        epochs=problem.epochs,\n"
                "        steps_per_epoch=problem.steps_per_epoch,\n",
                "        batches.take(problem.steps_per_epoch)"
                ".filter(lambda x, y: True),\n"
                "        epochs=problem.epochs,\n",
            ),
        ),
        "",
        "",
        "",
    ),
    _silent(
        "early_stopping",
        "restore-default",
        "restore_best_weights left at its default",
        (("        restore_best_weights=True,\n", ""),),
        "Every update is equal; the weights that are left are those of the "
        "last epoch.",
        "The default is False.",
        "restore_best_weights=True.",
        updates=None,
    ),
    _silent(
        "early_stopping",
        "monitor-training-loss",
        "The training loss monitored",
        (('monitor="val_loss"', 'monitor="loss"'),),
        "It stops later, or never.",
        "The training loss goes on falling.",
        "monitor='val_loss' is the default.",
        updates=None,
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
        "dropout_mlp",
        "dropout-without-seed",
        "Dropout without a seed",
        (
            (
                "keras.layers.Dropout(problem.rate, seed=problem.seed)",
                "keras.layers.Dropout(problem.rate)",
            ),
        ),
        "Other masks in every run.",
        "Without a seed the generator takes a random one, unless "
        "keras.utils.set_random_seed was called.",
        "Dropout(rate, seed=...).",
        "keras#2743",
    ),
    _silent(
        "classification",
        "from-logits-default",
        "from_logits left at its default",
        (
            (
                "SparseCategoricalCrossentropy(from_logits=True)",
                "SparseCategoricalCrossentropy()",
            ),
        ),
        "Different from the first update on; it hardly learns.",
        "The default expects probabilities: logits are clipped to between 0 "
        "and 1 and normalised.",
        "from_logits=True for a model without softmax.",
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

"""Silent mistakes on the Keras side: layers, compile, callbacks."""

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


KERAS_COMPILE: tuple[Mistake, ...] = (
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
                "    model.layers[0].trainable = False\n"
                "    # --- Loss and update\n",
            ),
        ),
        "Nothing moves; there is a warning.",
        "trainable=False takes a layer's variables off the list that is "
        "trained.",
        "layer.trainable = True, before the first fit.",
    ),
    _silent(
        "minibatch",
        "optimizer-string",
        "The optimizer as a string",
        (("keras.optimizers.SGD(problem.learning_rate)", '"sgd"'),),
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
        (("    model.set_weights([problem.kernel, problem.bias])\n", ""),),
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
        "full_loop",
        "restore-default",
        "restore_best_weights left at its default",
        ((", restore_best_weights=True", ""),),
        "Every update is equal; the weights that are left are those of the "
        "last epoch.",
        "The default is False.",
        "restore_best_weights=True.",
        updates=None,
    ),
    _silent(
        "full_loop",
        "monitor-training-loss",
        "The training loss monitored",
        (("patience=problem", 'monitor="loss", patience=problem'),),
        "It stops later, or never.",
        "The training loss goes on falling.",
        "monitor='val_loss' is the default.",
        updates=None,
    ),
    _silent(
        "full_loop",
        "stopped-upwards",
        "The loss monitored with mode='max'",
        (("patience=problem", 'mode="max", patience=problem'),),
        "It stops after `patience` epochs, with the weights of the first: the "
        "worst.",
        "A loss that falls is never greater than the first one.",
        "mode='auto', the default, takes the least of a loss.",
        updates=None,
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
)

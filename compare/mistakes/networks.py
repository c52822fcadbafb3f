"""Silent mistakes in dropout and batch normalization."""

from compare.mistakes.rows import special
from compare.records.mistakes import Mistake

NETWORKS: tuple[Mistake, ...] = (
    special(
        "dropout_mlp",
        "no-training-flag",
        "Dropout without training=True",
        "predict(x, training=True)",
        "predict(x)",
        "Different from the first update on; it ignores the seed.",
        "Nobody tells a forward pass by hand that it is training.",
        "fit passes training=True; model(x) does not.",
        "tensorflow#28028",
    ),
    special(
        "dropout_mlp",
        "dropout-in-inference",
        "Dropout in inference too",
        "if training:",
        "if True:",
        "Every update is equal; predictions are noisy.",
        "The flag is ignored.",
        "predict and evaluate pass training=False.",
    ),
    special(
        "dropout_mlp",
        "dropout-not-scaled",
        "What dropout keeps is not scaled up",
        "        masks_drawn.assign_add(1)\n",
        "        masks_drawn.assign_add(1)\n"
        "            hidden *= 1 - problem.rate\n",
        "Activations are smaller in training than in inference.",
        "Inverted dropout divides by 1 - rate in training, so that inference "
        "needs nothing.",
        "keras.layers.Dropout scales up in training.",
    ),
    special(
        "dropout_mlp",
        "other-dropout-seed",
        "Another seed for dropout",
        "seed=[problem.seed, masks_drawn]",
        "seed=[problem.seed + 1, masks_drawn]",
        "As far apart as Keras is from Keras with another seed.",
        "Each seed draws other masks.",
        "Dropout(rate, seed=...) and keras.utils.set_random_seed.",
        "keras#2743",
    ),
    special(
        "dropout_mlp",
        "mask-frozen",
        "The same mask at every update",
        "seed=[problem.seed, masks_drawn]",
        "seed=[problem.seed, 0]",
        "Equal at the first update; some units are never trained.",
        "A stateless random function needs another seed for every call; a "
        "Python number is frozen into a graph.",
        "Dropout has a seed generator that counts.",
    ),
    special(
        "dropout_mlp",
        "mask-per-batch",
        "One mask for all rows of a batch",
        "            hidden = tf.nn.experimental.stateless_dropout(\n"
        "                hidden, rate=problem.rate,"
        " seed=[problem.seed, masks_drawn]\n"
        "            )\n",
        "            hidden *= tf.nn.experimental.stateless_dropout(\n"
        "                tf.ones_like(hidden[:1]), rate=problem.rate,\n"
        "                seed=[problem.seed, masks_drawn],\n"
        "            )\n",
        "Different from the first update on, noisier.",
        "A mask of shape (1, units) is broadcast over the rows.",
        "Dropout draws for every entry, unless noise_shape says otherwise.",
    ),
    special(
        "batch_norm",
        "no-training-flag-norm",
        "Batch normalization without training=True",
        "predict(x, training=True)",
        "predict(x)",
        "Different from the first update on; the moving statistics stay at 0 "
        "and 1.",
        "Without the flag the layer normalizes by its moving statistics, as "
        "in inference, and does not update them.",
        "fit passes training=True; model(x) does not.",
        "tensorflow#31184",
    ),
    special(
        "batch_norm",
        "statistics-not-moved",
        "The moving statistics are never updated",
        "            move(moving_mean, mean)\n"
        "            move(moving_variance, variance)\n",
        "",
        "Every weight is equal; predictions are those of a mean of 0 and a "
        "variance of 1.",
        "They have no gradient: no optimizer moves them.",
        "The layer moves them in every call with training=True.",
    ),
    special(
        "batch_norm",
        "decay-turned-round",
        "The moving statistics' momentum turned round",
        "        kept = average * problem.decay\n"
        "        average.assign(kept + value * (1 - problem.decay))\n",
        "        kept = average * (1 - problem.decay)\n"
        "        average.assign(kept + value * problem.decay)\n",
        "Every weight is equal; the moving statistics follow each batch.",
        "Other frameworks give the weight of the new value, 0.01; Keras "
        "gives that of the old one, 0.99.",
        "BatchNormalization(momentum=0.99) keeps 0.99 of the old value.",
    ),
    special(
        "batch_norm",
        "sample-variance",
        "The moving variance divided by N - 1",
        "move(moving_variance, variance)",
        "n = tf.cast(tf.shape(x)[0], x.dtype)\n"
        "            move(moving_variance, variance * n / (n - 1))",
        "Every weight is equal; the moving variance is a little larger.",
        "Other frameworks, and fused kernels for images, take the unbiased "
        "variance here.",
        "Keras takes the variance that it normalizes by.",
    ),
    special(
        "batch_norm",
        "norm-epsilon",
        "1e-5 for batch normalization's epsilon",
        "beta, gamma, problem.epsilon",
        "beta, gamma, 1e-5",
        "Different from the first update on, by a percent or so.",
        "Other frameworks have 1e-5.",
        "Keras's default is 1e-3.",
    ),
    special(
        "batch_norm",
        "batch-statistics-in-inference",
        "Inference by batch statistics",
        "        if training:\n",
        "        if True:\n",
        "Every weight is equal; predictions depend on which rows come "
        "together.",
        "The flag is ignored.",
        "predict and evaluate pass training=False.",
    ),
)

"""Silent mistakes in the data: what is trained on, and in what order."""

from compare.mistakes.rows import special
from compare.records.mistakes import Mistake

PAIR = "(problem.x, problem.y)"
SHUFFLE = "rows.shuffle(problem.shuffle_buffer, seed=problem.seed)"
LOOP = (
    "    for _ in range(problem.epochs):\n"
    "        for x, y in batches:\n"
    "            step(x, y)\n"
)


def _silent(
    key: str,
    title: str,
    before: str,
    after: str,
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
) -> Mistake:
    """Patch the plain loop on mini-batches."""
    return Mistake(
        key, title, "manual", "minibatch", "silent", ((before, after),),
        symptom, why, keras, threads, general=True,
    )  # fmt: skip


def _shuffle(
    key: str,
    title: str,
    after: str,
    symptom: str,
    why: str,
    keras: str,
    *threads: str,
) -> Mistake:
    """Patch the shuffle of the lesson that reads rows from files."""
    return special(
        "streaming", key, title, SHUFFLE, after, symptom, why, keras, *threads
    )


DATA: tuple[Mistake, ...] = (
    _silent(
        "other-order",
        "The rows shuffled on one side only",
        "rows.batch(",
        "rows.shuffle(len(problem.x), seed=problem.seed).batch(",
        "It ends near, but not at the same place.",
        "Each order of mini-batches is another path.",
        "fit shuffles arrays by default, with a seed of its own; "
        "shuffle=False takes them as they are.",
        "tensorflow#33898",
    ),
    _shuffle(
        "other-shuffle-seed",
        "Another seed for the shuffle",
        SHUFFLE.replace("seed=problem.seed", "seed=problem.seed + 1"),
        "It ends near, but not at the same place; as far as Keras is from "
        "Keras with another seed.",
        "Each seed draws other orders.",
        "The same dataset with the same seed, on both sides.",
    ),
    _shuffle(
        "no-shuffle",
        "The rows are not shuffled",
        "rows",
        "Another path; a bad one if the rows are sorted.",
        "Sorted rows make batches that all pull in one direction.",
        "fit shuffles arrays, and leaves datasets as they are.",
        "tensorflow#33898",
    ),
    _shuffle(
        "shuffled-once",
        "Shuffled once, not for every epoch",
        "rows.shuffle(\n"
        "        problem.shuffle_buffer,\n"
        "        seed=problem.seed,\n"
        "        reshuffle_each_iteration=False,\n"
        "    )",
        "All is equal in the first epoch.",
        "Every epoch replays the order of the first.",
        "fit draws a new order for every epoch.",
    ),
    _silent(
        "shuffled-apart",
        "x and y shuffled apart",
        f"rows = tf.data.Dataset.from_tensor_slices({PAIR})",
        "xs, ys = map(tf.data.Dataset.from_tensor_slices,"
        " (problem.x, problem.y))\n"
        "    xs = xs.shuffle(len(problem.x), seed=problem.seed)\n"
        "    ys = ys.shuffle(len(problem.x), seed=problem.seed + 1)\n"
        "    rows = tf.data.Dataset.zip((xs, ys))",
        "It learns next to nothing but the mean of y.",
        "Each row gets the target of another.",
        "fit shuffles the row numbers, so x and y stay together.",
    ),
    _silent(
        "tail-dropped",
        "The tail batch is dropped",
        "batch(problem.batch_size)",
        "batch(problem.batch_size, drop_remainder=True)",
        "Equal for the first N // B updates.",
        "drop_remainder leaves out the rows that fill no batch.",
        "fit trains on the tail batch too.",
        "tensorflow#41957",
    ),
    _silent(
        "epoch-too-short",
        "A batch over the border of two epochs",
        LOOP,
        "    batches = rows.repeat(problem.epochs).batch(problem.batch_size)\n"
        "    for x, y in batches:\n"
        "        step(x, y)\n",
        "Equal for the first N // B updates.",
        "repeat before batch fills the tail batch with rows of the next "
        "epoch.",
        "fit on arrays ends every epoch with its tail batch.",
    ),
    _silent(
        "exhausted",
        "A stream of one epoch, read for several",
        LOOP,
        "    stream = iter(batches)\n"
        "    for _ in range(problem.epochs):\n"
        "        for x, y in stream:\n"
        "            step(x, y)\n",
        "No update after those of epoch 1; nothing is raised.",
        "An iterator that has ended gives nothing more, and a for loop over "
        "it makes no round.",
        "fit asks a dataset for a new iterator, but cannot rewind a Python "
        "generator either: it warns and stops.",
        "keras#12773",
    ),
    _silent(
        "default-batch-size",
        "The batch size left at 32",
        "batch(problem.batch_size)",
        "batch(32)",
        "Twice as many updates per epoch, each on half the rows.",
        "32 is fit's default for arrays.",
        "fit(x, y) cuts arrays into batches of 32.",
        "keras#9492",
    ),
    _silent(
        "first-batch-only",
        "The same batch for every update",
        LOOP,
        "    for _ in range(problem.steps):\n"
        "        x, y = next(iter(batches))\n"
        "        step(x, y)\n",
        "Equal at the first update; the loss falls, on one batch.",
        "`iter(batches)` inside a loop starts again with the first batch "
        "each time.",
        "fit walks through one iterator.",
    ),
    _shuffle(
        "cached-shuffle",
        "The cache after the shuffle",
        f"{SHUFFLE}.cache()",
        "All is equal in the first epoch.",
        "The cache keeps the order in which the rows came first.",
        "The same trap, if the dataset is given to fit.",
    ),
    _shuffle(
        "small-shuffle-buffer",
        "A shuffle buffer smaller than the data",
        SHUFFLE.replace("shuffle_buffer", "batch_size"),
        "Another path; rows far down the table never come early.",
        "tf.data draws from a buffer; only one as large as the data mixes "
        "all rows.",
        "fit on arrays permutes all row numbers.",
    ),
    _silent(
        "sample-deviation",
        "Columns standardised by the sample deviation (ddof=1)",
        PAIR,
        "(problem.x * (1 - 1 / len(problem.x)) ** 0.5, problem.y)",
        "Updates differ by a fraction of a percent, in float64 too.",
        "pandas divides by N - 1, numpy and Keras's Normalization by N.",
        "The Normalization layer divides by N.",
    ),
    _silent(
        "batch-standardised",
        "Features standardised batch by batch",
        "    def step(x, y):\n",
        "    def step(x, y):\n"
        "        x = (x - tf.reduce_mean(x, 0)) / tf.math.reduce_std(x, 0)\n",
        "Different from the first update on.",
        "The mean of a batch is not the mean of the data.",
        "Normalization.adapt reads the whole data once.",
    ),
    _silent(
        "reversed-targets",
        "y in another order than x",
        PAIR,
        "(problem.x, problem.y[::-1])",
        "It learns next to nothing but the mean of y.",
        "Sorting or filtering only one of the two moves rows apart.",
        "Keras checks the number of rows, not which is which.",
    ),
    _silent(
        "half-precision-data",
        "The data stored as float16",
        PAIR,
        '(problem.x.astype("float16").astype(problem.x.dtype), problem.y)',
        "Equal to about three digits, in float64 too.",
        "What a file in float16 has lost does not come back with a cast.",
        "Keras casts what it is given to its own dtype, after the loss.",
    ),
)

"""Silent mistakes in the data: what is trained on, and in what order."""

from compare.records.mistakes import Mistake

PAIR = "(problem.x, problem.y)"
SHUFFLE = "rows = rows.shuffle(len(problem.x), seed=problem.seed)"
LOOP = (
    "    for update, (x, y) in zip(updates, batches):\n"
    "        step(x, y)\n"
    "        if on_step:\n"
    "            on_step(update, parameters)\n"
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


DATA: tuple[Mistake, ...] = (
    _silent(
        "other-order",
        "Another order of the batches",
        "seed=problem.seed",
        "seed=problem.seed + 1",
        "It ends near, but not at the same place; as far as Keras is from "
        "Keras with another seed.",
        "Each order of mini-batches is another path.",
        "fit shuffles arrays by default, with a seed of its own.",
        "tensorflow#33898",
    ),
    _silent(
        "no-shuffle",
        "The rows are not shuffled",
        f"    {SHUFFLE}\n",
        "",
        "Another path; a bad one if the rows are sorted.",
        "Sorted rows make batches that all pull in one direction.",
        "fit shuffles arrays, and leaves datasets as they are.",
        "tensorflow#33898",
    ),
    _silent(
        "shuffled-once",
        "Shuffled once, not for every epoch",
        "seed=problem.seed)",
        "seed=problem.seed, reshuffle_each_iteration=False)",
        "All is equal in the first epoch.",
        "Every epoch replays the order of the first.",
        "fit draws a new order for every epoch.",
    ),
    _silent(
        "shuffled-apart",
        "x and y shuffled apart",
        f"rows = tf.data.Dataset.from_tensor_slices({PAIR})\n    {SHUFFLE}",
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
        "rows.batch(problem.batch_size).repeat()",
        "rows.repeat().batch(problem.batch_size)",
        "Equal for the first N // B updates.",
        "repeat before batch fills the tail batch with rows of the next "
        "epoch.",
        "fit on arrays ends every epoch with its tail batch.",
    ),
    _silent(
        "exhausted",
        "A stream of one epoch, read for several",
        LOOP,
        "    stream = iter(rows.batch(problem.batch_size))\n"
        "    for update in updates:\n"
        "        for x, y in stream:\n"
        "            step(x, y)\n"
        "            break\n"
        "        if on_step:\n"
        "            on_step(update, parameters)\n",
        "Frozen at the value after epoch 1; nothing is raised.",
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
        "rows.batch(problem.batch_size).repeat()",
        "rows.batch(problem.batch_size).take(1).cache().repeat()",
        "Equal at the first update; the loss falls, on one batch.",
        "`next(iter(batches))` inside a loop, or a cache after take, gives "
        "the first batch again and again.",
        "fit walks through one iterator.",
    ),
    _silent(
        "cached-shuffle",
        "The cache after the shuffle",
        f"    {SHUFFLE}\n",
        f"    {SHUFFLE}.cache()\n",
        "All is equal in the first epoch.",
        "The cache keeps the order in which the rows came first.",
        "The same trap, if the dataset is given to fit.",
    ),
    _silent(
        "small-shuffle-buffer",
        "A shuffle buffer smaller than the data",
        "rows.shuffle(len(problem.x), seed=problem.seed)",
        "rows.shuffle(problem.batch_size, seed=problem.seed)",
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

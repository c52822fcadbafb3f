"""Silent mistakes around the update: stopping, metrics, files."""

from typing import Any

from compare.mistakes.rows import special
from compare.records.mistakes import Mistake

WHOLE: dict[str, Any] = {"updates": None}
"""For mistakes that show only where the training ends."""

LESSONS: tuple[Mistake, ...] = (
    special(
        "streaming",
        "file-left-out",
        "One of several files is left out",
        "from_tensor_slices(problem.files)",
        "from_tensor_slices(problem.files[:1])",
        "Different from the first update on; nothing says how many rows "
        "there were.",
        "A pattern or a list that misses a file gives a shorter stream, "
        "and a stream has no length to check.",
        "fit, too, trains on what it is given.",
    ),
    special(
        "full_loop",
        "best-not-restored",
        "The best weights are not restored",
        "    for weight, value in zip(weights, best):\n"
        "        weight.assign(value)\n",
        "",
        "Every update is equal; the weights that are returned are those of "
        "the last epoch.",
        "The best epoch is `patience` epochs back when training stops.",
        "EarlyStopping does so too unless restore_best_weights=True.",
        **WHOLE,
    ),
    special(
        "full_loop",
        "best-not-copied",
        "The best weights kept as the variables themselves",
        "best = [tf.identity(weight) for weight in weights]",
        "best = weights",
        "Every update is equal; what is restored is the last epoch.",
        "A variable in a list goes on changing.",
        "EarlyStopping copies the weights.",
        **WHOLE,
    ),
    special(
        "full_loop",
        "patience-longer",
        "Patience counted one epoch too long",
        "epoch - best_epoch >= problem.patience",
        "epoch - best_epoch > problem.patience",
        "Equal to the end of the shorter run; then one epoch more.",
        "Patience is the number of epochs without improvement, the current "
        "one included.",
        "EarlyStopping stops when wait >= patience.",
        **WHOLE,
    ),
    special(
        "early_stopping",
        "mean-of-means",
        "The validation loss as the mean of the batches' means",
        "total += compute_loss(x, y) * len(x)",
        "total += compute_loss(x, y) * problem.batch_size",
        "Every update is equal; the validation loss is not.",
        "The tail batch has fewer rows and gets the weight of a full one.",
        "Keras weights each batch by its rows.",
    ),
    special(
        "early_stopping",
        "validated-on-training",
        "Validation on the training rows",
        "held_out = (problem.x_val, problem.y_val)",
        "n = len(problem.x_val)\n"
        "    held_out = (problem.x[:n], problem.y[:n])",
        "Every update is equal; the validation loss looks better and goes on "
        "falling.",
        "Rows that are trained on cannot show overfitting.",
        "validation_data takes what it is given, too.",
    ),
    special(
        "classification",
        "summed-cross-entropy",
        "The cross-entropy summed over the batch",
        "loss = tf.reduce_mean(",
        "loss = tf.reduce_sum(",
        "Every update is N times too long.",
        "TensorFlow's function returns a loss per row; what to do with them "
        "is left to the caller.",
        "Keras averages over the batch.",
        "keras#18818",
    ),
    special(
        "classification",
        "softmax-twice",
        "Softmax applied twice",
        "with_logits(labels, logits)",
        "with_logits(\n"
        "                    labels, tf.nn.softmax(logits)\n"
        "                )",
        "It learns, slowly, and the loss stays high.",
        "The loss expects logits and takes the softmax itself; probabilities "
        "between 0 and 1 are nearly equal logits.",
        "from_logits=True for a model without softmax, False with one.",
    ),
    special(
        "classification",
        "last-batch-accuracy",
        "The accuracy of the last batch for that of the epoch",
        "correct += step(x, y)",
        "correct = step(x, y)",
        "Every update is equal; the accuracy is far too low.",
        "A counter is overwritten where it should be added to.",
        "Metrics keep running totals, and fit resets them every epoch.",
    ),
    special(
        "classification",
        "accuracy-after-update",
        "Accuracy counted after the update",
        "hits = tf.argmax(logits, axis=-1, output_type=y.dtype) == y",
        "logits = x @ kernel + bias\n"
        "        hits = tf.argmax(logits, axis=-1, output_type=y.dtype) == y",
        "Every update is equal; the accuracy is a little higher.",
        "The batch has just been trained on.",
        "fit counts each batch before its update.",
    ),
    special(
        "checkpoint_resume",
        "state-not-saved",
        "A checkpoint without the optimizer's state",
        "weights=weights, velocities=velocities, epochs_done=epochs_done",
        "weights=weights, epochs_done=epochs_done",
        "Equal up to the restart; then it starts again from rest.",
        "Velocities (and Adam's means) are part of the training.",
        "model.save stores the optimizer's variables too; get_weights does "
        "not.",
        mode="graph",
    ),
    special(
        "checkpoint_resume",
        "epochs-start-again",
        "After a restart the epochs are counted from 0",
        "range(int(epochs_done), problem.epochs)",
        "range(problem.epochs)",
        "Equal as far as the other side goes; then more updates.",
        "How far training came is part of it.",
        "fit counts from initial_epoch.",
        mode="graph",
    ),
    special(
        "full_loop",
        "dropout-in-validation",
        "Validation with dropout",
        "def compute_loss(x, y, training=False):",
        "def compute_loss(x, y, training=True):",
        "Every update is equal; the validation loss is noisy, and training "
        "stops elsewhere.",
        "The loss is taken with training=True as its default.",
        "evaluate passes training=False.",
    ),
    special(
        "full_loop",
        "validated-without-penalty",
        "The validation loss without the penalty",
        "        for kernel in (hidden_kernel, output_kernel):\n",
        "        for kernel in (hidden_kernel, output_kernel) * training:\n",
        "Every update is equal; the validation loss is lower.",
        "It is a choice; val_loss means the one with penalties.",
        "evaluate adds model.losses, as fit does.",
    ),
    special(
        "full_loop",
        "squares-not-clipped",
        "Adam's squares taken from the gradient before clipping",
        "            g = tf.clip_by_norm(g, problem.clip_norm)\n"
        "            m.assign_add((g - m) *",
        "            clipped = tf.clip_by_norm(g, problem.clip_norm)\n"
        "            m.assign_add((clipped - m) *",
        "The first updates are shorter where a gradient was clipped.",
        "The two means then belong to different gradients.",
        "An optimizer clips first.",
    ),
)

"""What each line written by hand becomes in Keras, and what it does."""

from __future__ import annotations

from compare.records.note import marked

STEP = "the step"
"""Keras's own step, wherever the twin runs it."""

_LAYERS = (
    "Dense|Conv2D|LSTM|Embedding|MultiHeadAttention|LayerNormalization"
    "|BatchNormalization"
)
_MODEL = "Sequential|Model"
_DENSE = marked(
    "Dense multiplies by its kernel, and adds a bias and applies an "
    "activation where it has them."
)
_EPOCHS = marked("`fit` is the loop over the epochs.")
_CROSS_ENTROPY = marked(
    "The cross-entropy is taken from logits in a form that cannot overflow."
)

TAKEN_OVER: dict[str, str] = {
    r"^: import tensorflow -> import keras": marked(
        "Keras calls TensorFlow itself."
    ),
    r"^train: return -> return#-1": marked(
        "The model carries its variables: they need not be handed back one "
        "by one."
    ),
    r"^train: (rows|batches|columns) = "
    r" -> fit:batch_size / 'batch_size'": marked(
        "`fit` cuts the rows into batches, the last of which may be shorter."
    ),
    r"^train: x, y = \(tf\.constant -> fit": marked(
        "`fit` turns arrays into tensors."
    ),
    r"tf\.function\((predict|generate)\) -> predict": marked(
        "`predict` traces the forward pass into a graph, and runs it as "
        "outside training."
    ),
    r"^train: \w+ = predict\( -> model": marked(
        "A model can be called like a function."
    ),
    r"@tf\.function -> fit|train_on_batch": marked(
        "The step is traced into a graph at its first call, unless `compile` "
        "is told otherwise."
    ),
    r"tape|^step: .* = (compute_loss|predict)\( -> the step": marked(
        "The step of Keras calls the model and the loss under a tape, and "
        "asks it for the gradients of all trainable variables."
    ),
    r"def (replica_)?step\( -> the step": marked(
        "Keras has a step of its own, the same for every model."
    ),
    r"^many_steps: for  -> fori_loop": marked(
        "`fori_loop` is this loop inside the program."
    ),
    r"^train: many_steps\( -> train_on_batch": marked(
        "train_on_batch runs one step, without the loop around it."
    ),
    r"^train: for \w+ in range\(problem\.head_epochs\)"
    r" -> fit:epochs#0": _EPOCHS,
    r"^train: for \w+ in range\(.*epochs\) -> fit:epochs#-1": _EPOCHS,
    r"^train: (for .* in batches|((correct|totals) \+= )?step\()"
    r" -> fit": marked("Inside, `fit` makes a step with every batch."),
    r"\bbest|patience|\.assign\(value\)|break -> EarlyStopping": marked(
        "EarlyStopping counts patience and puts the best weights back."
    ),
    r"evaluate|val_loss|held_out|validation -> fit:validation_data": marked(
        "After every epoch the held-out rows are evaluated, with dropout off "
        "and the tail batch weighted."
    ),
    r"Checkpoint\(|checkpoint\.save -> save": marked(
        "The file holds the weights and the optimizer's state."
    ),
    r"latest_checkpoint|if saved|restore\( -> load_model": marked(
        "`load_model` makes model and optimizer anew from the file."
    ),
    r"epochs_done -> fit:initial_epoch": marked(
        "The optimizer's count of updates, which is in the file too, says "
        "with which epoch `fit` goes on."
    ),
    r"make_step|return step -> compile": marked(
        "Each `compile` settles anew what is trained, and how."
    ),
    r"^train: head =  -> .trainable": marked(
        "A layer that is not trainable keeps its weights."
    ),
    r"def move|\bmove\(|^move: |moments\(hidden|moving_mean$|moving_var"
    r"|batch_normalization|if training|, moving -> BatchNormalization": marked(
        "BatchNormalization takes mean and variance from each batch, keeps "
        "moving averages of them, and uses those outside training."
    ),
    r"if training|dropout|masks_drawn -> Dropout": marked(
        "Dropout draws a new mask in every update, scales what remains, and "
        "does nothing outside training."
    ),
    r"^draw_noise: |def draw_noise|noises_drawn -> SeedGenerator": marked(
        "A SeedGenerator counts what is drawn, so that no draw is repeated."
    ),
    r"^predict: .*float16 -> Dense:dtype": marked(
        "With `mixed_float16` a layer computes in float16 and keeps its "
        "variables in float32."
    ),
    r"scale|steps_since|finite -> LossScaleOptimizer": marked(
        "LossScaleOptimizer scales the loss, divides the gradients, leaves "
        "out an update that overflows, and adapts its scale."
    ),
    r"^predict: (?!return) -> LSTM": marked(
        "LSTM runs through the sequence with four gates, from empty states, "
        "and gives the last output."
    ),
    r"conv2d|bias_add\(maps -> Conv2D": marked(
        "Conv2D slides its filters over the pictures, adds a bias, and "
        "applies its activation."
    ),
    r"max_pool2d -> MaxPooling2D": marked(
        "MaxPooling2D keeps the largest value of each window."
    ),
    r"features = tf\.reshape -> Flatten": marked(
        "Flatten makes one row of numbers of each picture."
    ),
    r"^embed:  -> Embedding": marked(
        "Embedding keeps a vector for each number and looks it up; its "
        "gradient holds only the rows that were looked up."
    ),
    r"^normalize: |def normalize -> LayerNormalization": marked(
        "LayerNormalization takes mean and variance over the features of "
        "each position, in training and outside."
    ),
    r"^(split_heads|attend): |def (split_heads|attend)|^: import math"
    r" -> MultiHeadAttention": marked(
        "MultiHeadAttention makes queries, keys and values for every head, "
        "scales, masks, takes the softmax, mixes, and projects back."
    ),
    r"problem\.l2|for kernel in|error \+ penalty"
    r" -> .*:kernel_regularizer": marked(
        "The penalty is added to the loss by itself."
    ),
    r"clip_by_norm -> .*:clipnorm": marked(
        "Gradients are clipped before they are used."
    ),
    r"\bsums\b|\btotal\b|batches_seen"
    r" -> SGD:gradient_accumulation_steps": marked(
        "The optimizer adds gradients up, and every so many batches it "
        "updates with their mean."
    ),
    r"cosine_decay|^: import math|\b(done|angle|learning_rate) = "
    r" -> CosineDecay": marked(
        "The schedule is asked for its rate before each update."
    ),
    r"\bcount = tf\.Variable|^step: count\.assign -> Adam|SGD": marked(
        "The optimizer counts its updates."
    ),
    r"replica = |all_reduce -> SGD": marked(
        "In a strategy the optimizer adds up the gradients of all workers "
        "before it uses them."
    ),
    r"weight \* tf\.square -> MeanSquaredError:reduction": marked(
        "MeanSquaredError weights the squares and adds them up."
    ),
    r"reduce_mean\(tf\.square -> 'mse'": marked(
        "mse aligns the shapes, squares, and takes the mean over the rows."
    ),
    r"class_weights|weights \* losses -> fit:class_weight": marked(
        "With `class_weight` each row counts by its class; the mean is taken "
        "over the number of rows."
    ),
    r"(species|mass)_weight  -> compile:loss_weights": marked(
        "`loss_weights` adds up the losses, each with its weight."
    ),
    r"labels =  -> .*Crossentropy": marked(
        "On the way to the loss Keras casts the labels."
    ),
    r"softmax_cross_entropy|reduce_mean\(losses\)"
    r" -> SparseCategoricalCrossentropy": _CROSS_ENTROPY,
    r"sigmoid_cross_entropy|def cross_entropy"
    r" -> BinaryCrossentropy": _CROSS_ENTROPY,
    r"compute_loss: return loss|def compute_loss -> compile:loss": marked(
        "`compile` is told the loss once, for training and for validation."
    ),
    r"^step: return loss -> fit": marked(
        "`fit` returns the mean loss of every epoch in its history."
    ),
    r"accuracy|hits|correct|called|counts|totals|history|precision"
    r"|values\.append -> compile:metrics": marked(
        "`metrics` counts in every batch; `fit` makes a number per epoch of "
        "it."
    ),
    r"tf\.Variable\((problem\.\w+|value)\) -> " + _LAYERS: marked(
        "Layers make their variables in the shapes that their input asks "
        "for; `set_weights` puts in the first values."
    ),
    r"= \(?(\w_)?(weights|parameters)\b|^train: weights = \["
    r" -> Sequential|Model": marked(
        "The model keeps track of the variables of its layers."
    ),
    r"^train: def (predict|discriminate|generate)\("
    r" -> Sequential|Model": marked(
        "A model calls its layers one after another."
    ),
    r"^(predict|generate|discriminate): hidden = .*@ -> Dense#0": _DENSE,
    r"^predict: logits = .*@ -> Dense#1": _DENSE,
    r"^predict: return tf\.nn\.relu\( -> ReLU|Dense#-2:": marked(
        "ReLU cuts off what is below 0, and Dense takes the rest."
    ),
    r"^(predict|generate|discriminate): return  -> Dense#-1": _DENSE,
    r": (hidden|logits|y_hat) = .*(@|w \*)|^(dense|feed_forward): |def (dense"
    r"|feed_forward) -> Dense": _DENSE,
    r"zeros_like\(weight\)|assign_|for weight, m|step_size|\bt = |squared"
    r" -> Adam": marked(
        "Adam keeps two running means for every variable, corrects their "
        "bias, and divides."
    ),
    r"zeros_like\(weight\)|assign|for weight, |^update: |def update"
    r"|\bmove = |nesterov -> SGD": marked(
        "SGD subtracts learning rate times gradient from every variable; "
        "with momentum it keeps a velocity for each."
    ),
}
"""What is written by hand -> what is said of what takes it over in Keras.

"PATTERN -> CONSTRUCT": the first row counts whose pattern is found in
"function: line" and whose construct stands in the twin. That is the name of
what is called, of a keyword of it ("fit:epochs"), of a text, of an attribute,
or several of these; "#0" is the first in the file, "#-1" the last.
"""

DONE_BY_HAND: dict[str, str] = {
    r"tf\.Variable\(": marked(
        "A `tf.Variable` keeps its value between calls and can be changed in "
        "place; a tape watches it unasked."
    ),
    r"zeros_like\(weight\)": marked(
        "What an optimizer has to remember needs a variable for each weight, "
        "and starts at zero."
    ),
    r"@tf\.function": marked(
        "`@tf.function` runs the Python once, to write down its operations; "
        "later calls run that graph, without Python."
    ),
    r"GradientTape": marked(
        "Inside `with` the tape records every operation on variables, from "
        "the inputs to the loss."
    ),
    r"tape\.gradient": marked(
        "`tape.gradient` goes back through the record by the chain rule: a "
        "gradient for each variable, in its shape."
    ),
    r"assign_sub": marked(
        "`assign_sub` subtracts in place. `w = w - ...` would make a new "
        "tensor, and the variable would stay as it was."
    ),
    r"clip_by_norm": marked(
        "A gradient longer than the norm is shortened to it; its direction "
        "stays."
    ),
    r"from_tensor_slices": marked(
        "A dataset hands out the rows batch by batch, in their order."
    ),
    r"for \w+ in range\(.*epochs": marked(
        "An epoch is one pass over all rows."
    ),
    r"tf\.identity": marked(
        "`tf.identity` makes a copy: the variables go on changing."
    ),
    r"tf\.function\(": marked(
        "A graph of its own for predictions, without the tape."
    ),
}
"""What is in a section by hand -> what it does."""

"""Train a new head on a trained base, then both, in a Keras model."""

import keras


def train(problem):
    """Train the head on the frozen base, then fine-tune all weights."""
    # --- Data
    data = {
        "x": problem.x,
        "y": problem.y,
        "batch_size": problem.batch_size,
        "shuffle": False,  # the rows are in a random order already
        "verbose": 0,
    }

    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    base = keras.layers.Dense(problem.hidden_bias.size, activation="relu")
    head = keras.layers.Dense(problem.bias.size)
    model = keras.Sequential([inputs, base, head])
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    # --- Training of the head
    base.trainable = False
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss)
    model.fit(**data, epochs=problem.head_epochs)

    # --- Fine-tuning
    base.trainable = True
    # `compile` settles what is trained: without it nothing would thaw.
    model.compile(keras.optimizers.SGD(problem.fine_rate), loss)
    model.fit(**data, initial_epoch=problem.head_epochs, epochs=problem.epochs)
    return model

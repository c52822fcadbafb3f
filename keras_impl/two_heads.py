"""Learn species and body mass at once, with a Keras model."""

import keras


def train(problem):
    """Train two heads on one hidden layer; return model and metrics."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    units = problem.hidden_bias.size
    hidden = keras.layers.Dense(units, activation="relu")(inputs)
    species = keras.layers.Dense(problem.species_bias.size, name="species")
    mass = keras.layers.Dense(1, name="mass")
    model = keras.Model(inputs, [species(hidden), mass(hidden)])
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True
    )
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        loss={"species": cross_entropy, "mass": "mse"},
        loss_weights={
            "species": problem.species_weight,
            "mass": problem.mass_weight,
        },
        metrics={"species": "accuracy", "mass": "mae"},
    )

    # --- Training
    history = model.fit(
        problem.x,
        {"species": problem.species, "mass": problem.mass},
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    return model, history

"""Tell a rare class by weighted rows, with a Keras model."""

import keras


def train(problem):
    """Train on class weights; return model and streamed metrics."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        # The model gives logits: above 0 is a probability above one half.
        metrics=[
            keras.metrics.Precision(thresholds=0, name="precision"),
            keras.metrics.Recall(thresholds=0, name="recall"),
            keras.metrics.AUC(problem.thresholds, from_logits=True),
        ],
        weighted_metrics=[
            keras.metrics.BinaryAccuracy("weighted_accuracy", threshold=0)
        ],
    )

    # --- Training
    history = model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        class_weight=dict(enumerate(problem.class_weights)),
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    return model, history

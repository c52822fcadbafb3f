"""Tell three kinds of points apart, with Keras."""

import keras
import numpy as np


def main():
    """Train the model."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 4)).astype("float32")
    y = (x @ rng.normal(size=(4, 3))).argmax(axis=1)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(3),
        ]
    )
    model.compile(
        keras.optimizers.Adam(),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, batch_size=20, epochs=5)


if __name__ == "__main__":
    main()

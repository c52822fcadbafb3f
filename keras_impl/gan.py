"""Train two networks against each other, with a Keras model of one's own."""

import keras
import tensorflow as tf


class GAN(keras.Model):
    """A generator, and a discriminator that tells its rows from real ones."""

    def __init__(self, discriminator, generator, seed):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.seeds = keras.random.SeedGenerator(seed)

    def compile(self, d_optimizer, g_optimizer, loss):
        """Take an optimizer for each network, and the loss of both."""
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.cross_entropy = loss

    def call(self, noise):
        """Generate rows."""
        return self.generator(noise)

    def train_step(self, x):
        """Move the discriminator, then the generator."""
        # The discriminator: real rows are 1, generated ones 0.
        noise = keras.random.normal(tf.shape(x), seed=self.seeds)
        fake_x = self.generator(noise)
        with tf.GradientTape() as tape:
            real, fake = self.discriminator(x), self.discriminator(fake_x)
            d_loss = self.cross_entropy(tf.ones_like(real), real)
            d_loss += self.cross_entropy(tf.zeros_like(fake), fake)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        # The generator, against the discriminator as it is now: its rows are
        # to be taken for real ones.
        noise = keras.random.normal(tf.shape(x), seed=self.seeds)
        with tf.GradientTape() as tape:
            fake = self.discriminator(self.generator(noise))
            g_loss = self.cross_entropy(tf.ones_like(fake), fake)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        return {"d_loss": d_loss, "g_loss": g_loss}


def train(problem):
    """Train discriminator and generator in turn; return both, and samples."""

    # --- Model
    def network(outputs):
        return keras.Sequential(
            [
                keras.Input(problem.x.shape[1:]),
                keras.layers.Dense(problem.d_hidden_bias.size, "relu"),
                keras.layers.Dense(outputs),
            ]
        )

    model = GAN(network(1), network(problem.x.shape[1]), problem.seed)
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    model.compile(
        d_optimizer=keras.optimizers.SGD(problem.learning_rate),
        g_optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )

    # --- Training
    model.fit(
        problem.x,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )

    # --- Inference
    # In one batch, because rows of another batch may round differently.
    return model, model.predict(problem.noise, len(problem.noise), verbose=0)

"""A rate that decays, gradients clipped by their global norm."""

import keras
import tensorflow as tf

DECAY_STEPS, DECAY_RATE, CLIP = 4, 0.7, 0.5


def get_model(n):
    keras.utils.set_random_seed(21)
    inputs = keras.Input((n,))
    x = keras.layers.Dense(8, "sigmoid", name="d1")(inputs)
    x = keras.layers.Dense(6, "tanh", name="d2")(x)
    return keras.Model(inputs, keras.layers.Dense(1, name="out")(x))


def custom(problem):
    model = get_model(problem.x.shape[1])
    params = model.trainable_weights
    step = 0
    for _ in range(problem.epochs):
        for at in range(0, len(problem.x), problem.batch_size):
            x = tf.constant(problem.x[at : at + problem.batch_size])
            y = tf.constant(problem.y[at : at + problem.batch_size])
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((model(x) - y) ** 2)
            grads = tape.gradient(loss, params)
            grads, _ = tf.clip_by_global_norm(grads, CLIP)
            rate = problem.learning_rate * DECAY_RATE ** (step / DECAY_STEPS)
            for p, g in zip(params, grads, strict=True):
                p.assign_sub(rate * g)
            step += 1
    return params


def keras_way(problem):
    model = get_model(problem.x.shape[1])
    schedule = keras.optimizers.schedules.ExponentialDecay(
        problem.learning_rate, DECAY_STEPS, DECAY_RATE
    )
    model.compile(
        loss=keras.losses.MeanSquaredError(),
        optimizer=keras.optimizers.SGD(schedule, global_clipnorm=CLIP),
    )
    model.fit(
        problem.x,
        problem.y,
        epochs=problem.epochs,
        batch_size=problem.batch_size,
        shuffle=False,
        verbose=0,
    )
    return model.trainable_weights

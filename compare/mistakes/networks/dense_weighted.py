"""A rare class that counts more: class weights, label smoothing, RMSprop."""

import keras
import tensorflow as tf
from keras import layers

CLASS_WEIGHT = {0: 1.0, 1: 3.0}
SMOOTHING = 0.1


def make_model(n_features):
    keras.utils.set_random_seed(42)
    inputs = keras.Input(shape=(n_features,))
    h = layers.Dense(6, activation="elu")(inputs)
    outputs = layers.Dense(1)(h)
    return keras.Model(inputs, outputs)


def custom_loop(problem):
    model = make_model(problem.x.shape[-1])
    optimizer = keras.optimizers.RMSprop(problem.learning_rate)
    x_train, y_train = problem.x, problem.y
    for _ in range(problem.epochs):
        for i in range(0, len(x_train), problem.batch_size):
            x = tf.convert_to_tensor(x_train[i : i + problem.batch_size])
            y = tf.convert_to_tensor(y_train[i : i + problem.batch_size])
            weight = tf.where(y > 0.5, CLASS_WEIGHT[1], CLASS_WEIGHT[0])
            weight = tf.cast(weight, x.dtype)
            with tf.GradientTape() as tape:
                logits = model(x, training=True)
                target = y * (1 - SMOOTHING) + 0.5 * SMOOTHING
                per_row = tf.nn.sigmoid_cross_entropy_with_logits(
                    labels=target, logits=logits
                )
                loss = tf.reduce_mean(weight * per_row)
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(
                zip(grads, model.trainable_variables, strict=True)
            )
    return model


def model_fit(problem):
    model = make_model(problem.x.shape[-1])
    loss_fn = keras.losses.BinaryCrossentropy(
        from_logits=True, label_smoothing=SMOOTHING
    )
    model.compile(keras.optimizers.RMSprop(problem.learning_rate), loss_fn)
    history = model.fit(
        problem.x,
        problem.y,
        problem.batch_size,
        problem.epochs,
        shuffle=False,
        class_weight=CLASS_WEIGHT,
        verbose=0,
    )
    assert len(history.epoch) == problem.epochs
    return model

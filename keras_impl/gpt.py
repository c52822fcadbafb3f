"""Train a small GPT on a page of text, with a Keras model."""

import keras
from keras import layers


class Embed(layers.Layer):
    """Say which character it is, and where it stands."""

    def __init__(self, characters, context, width):
        super().__init__()
        self.token = layers.Embedding(characters, width)
        self.position = layers.Embedding(context, width)

    def call(self, x):
        """Look up the characters and their positions."""
        # Outside of a layer Keras would take the positions for a constant,
        # and never train their embedding.
        positions = self.position(keras.ops.arange(x.shape[1]))
        return self.token(x) + positions


def train(problem):
    """Learn to tell the next character; return the model and a text."""
    # --- Model
    characters, width = problem.token_embedding.shape
    context = len(problem.prompt)
    _, heads, head_width = problem.query_kernel.shape
    attention = layers.MultiHeadAttention(heads, head_width, use_bias=False)
    inputs = keras.Input((context,), dtype="int32")
    x = Embed(characters, context, width)(inputs)
    normal = layers.LayerNormalization(epsilon=problem.norm_epsilon)(x)
    x += attention(normal, normal, use_causal_mask=True)
    normal = layers.LayerNormalization(epsilon=problem.norm_epsilon)(x)
    hidden = layers.Dense(problem.hidden_bias.size, "relu")(normal)
    x += layers.Dense(width)(hidden)
    normal = layers.LayerNormalization(epsilon=problem.norm_epsilon)(x)
    model = keras.Model(inputs, layers.Dense(characters)(normal))
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    optimizer = keras.optimizers.Adam(
        problem.learning_rate,
        beta_1=problem.beta_1,
        beta_2=problem.beta_2,
        epsilon=problem.epsilon,
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss)

    # --- Training
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )

    # --- Writing
    text = problem.prompt.tolist()
    for _ in range(problem.text_length):
        logits = model(keras.ops.array([text[-context:]]))
        text.append(int(keras.ops.argmax(logits[0, -1])))  # the likeliest
    return model, {"text": text[context:]}

"""Make a layer again, and give it what was recorded."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import LayerCall

ACTIVATIONS = (
    "relu",
    "tanh",
    "sigmoid",
    "linear",
    "softmax",
    "elu",
    "selu",
    "gelu",
    "gelu(approximate=True)",
    "softplus",
    "swish",
    "leaky_relu",
)

RANDOM = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
)


APPROXIMATE = "gelu(approximate=True)"


def activation(name: str) -> Any:
    """Return an activation of Keras by its name."""
    import keras

    if name == APPROXIMATE:
        return partial(keras.activations.gelu, approximate=True)
    return keras.activations.get(name)


def again(
    call: LayerCall, where: LayerCall, training: bool | None = None
) -> np.ndarray | None:
    """Make a layer again, with the weights and the input of a call.

    Args:
        call: gives class, settings and mask.
        where: gives weights, input, and the flag unless it is given.
        training: another flag.

    Returns:
        Its output; None where the layer cannot be made from its settings.
    """
    import keras

    kind = getattr(keras.layers, call.kind, None)
    if kind is None or not where.arguments:
        return None
    flag = where.training if training is None else training
    given: dict[str, Any] = {} if flag is None else {"training": flag}
    if call.mask is not None:
        given["mask"] = call.mask
    try:
        layer = kind.from_config({**call.config, "name": "again"})
        layer(*where.arguments)
        layer.set_weights(list(where.weights))
        result = layer(*where.arguments, **given)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return None
    return np.asarray(result) if not isinstance(result, list | tuple) else None

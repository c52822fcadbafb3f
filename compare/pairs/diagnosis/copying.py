"""Copy what TensorFlow and Keras pass, as plain numpy and Python."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from compare.pairs.in_float64 import OWN, is_users


def user_place() -> str:
    """Return the line of the user's file that is being run."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            name = frame.f_code.co_filename.rpartition("/")[2]
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def asking_line() -> str:
    """Return the innermost line that is neither TensorFlow's nor ours."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if "tensorflow" not in file and not file.startswith(OWN):
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def training_flag() -> Any:
    """Return the training flag that an outer layer set."""
    from keras.src.backend.common import global_state

    context = global_state.get_global_attribute("current_call_ctx")
    found = getattr(context, "training", None)
    if found is None:
        found = getattr(context, "context_args", {}).get("training")
    return found


def config_of(item: Any) -> dict[str, Any]:
    """Return the configuration of a layer, loss or optimizer."""
    try:
        return {k: _plain(v) for k, v in item.get_config().items()}
    except (NotImplementedError, AttributeError, TypeError, ValueError):
        return {}


def _plain(value: Any) -> Any:
    """Return what can be sent to another process."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        items = [_plain(v) for v in value]
        return tuple(items) if isinstance(value, tuple) else items
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    known = isinstance(value, str | int | float | bool | None)
    return value if known else type(value).__name__


def first_of(value: Any) -> Any:
    """Return the first tensor of a structure; None if it has none."""
    import tensorflow as tf

    flat = tf.nest.flatten(value)
    return flat[0] if flat else None


def array_of(value: Any) -> Any:
    """Copy a tensor; None where it is none, or several."""
    import tensorflow as tf

    if isinstance(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, list | tuple):
        return array_of(value[0]) if len(value) == 1 else None
    try:
        array = np.array(value)
    except (TypeError, ValueError, NotImplementedError):
        return None
    return array if array.dtype.kind in "fiub" else None


def slices_of(gradient: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Copy the rows of a gradient and their numbers, if it is given so."""
    import tensorflow as tf

    if not isinstance(gradient, tf.IndexedSlices):
        return None
    return np.array(gradient.values), np.array(gradient.indices)


def arrays_of(value: Any) -> Any:
    """Copy tensors, in lists as they are."""
    if isinstance(value, list | tuple):
        return [arrays_of(item) for item in value]
    return array_of(value)


def is_eager(value: Any) -> bool:
    """Whether a layer is called on numbers, not on symbols."""
    import keras
    import tensorflow as tf

    return not tf.inside_function() and not any(
        isinstance(item, keras.KerasTensor) for item in tf.nest.flatten(value)
    )


def is_number(tensor: Any) -> bool:
    """Whether a tensor holds an array of numbers."""
    return bool(
        hasattr(tensor, "numpy")
        and (tensor.dtype.is_floating or tensor.dtype.is_integer)
        and tensor.shape.rank
    )


def is_float(tensor: Any) -> bool:
    """Whether a gradient can be taken with respect to a tensor."""
    return bool(tensor.dtype.is_floating)

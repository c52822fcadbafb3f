"""What Keras computes with, where that is not TensorFlow."""

from __future__ import annotations

from typing import Any

from compare.records import Dtype


def set_dtype(dtype: Dtype) -> None:
    """Give new layers this dtype, whatever the user's keras.json says."""
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)


def prepare_keras(backend: str, dtype: Dtype) -> None:
    """Set the dtype of new layers; let observers see every update.

    On JAX and PyTorch Keras takes float64 down to float32 wherever it
    promotes types, which would hide what a run in float64 is to show; JAX
    itself does so unless it is told otherwise.

    On JAX `fit` takes the parameters out of the model while an epoch runs.
    Whoever looks at them after a batch has to ask for them first.
    """
    set_dtype(dtype)
    if backend == "tensorflow":
        return
    import keras
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    if backend != "jax":
        return
    import jax

    jax.config.update("jax_enable_x64", dtype == "float64")
    after_batch = keras.callbacks.CallbackList.on_train_batch_end

    def on_train_batch_end(self: Any, *given: Any) -> None:
        self.model.jax_state_sync()
        after_batch(self, *given)

    keras.callbacks.CallbackList.on_train_batch_end = on_train_batch_end

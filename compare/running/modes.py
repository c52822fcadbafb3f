"""Turn the mode in which a training's updates run, from outside.

An exhibit is what a textbook would print: it knows nothing of modes. So the
process that runs it replaces a few functions of TensorFlow and Keras, for as
long as the exhibit runs, by such as add an argument.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from compare.records import Mode


@contextlib.contextmanager
def turned(mode: Mode) -> Iterator[None]:
    """Run every update in one mode, by hand and in Keras.

    Eager is TensorFlow's own switch. For XLA a stand-in for `tf.function`
    asks for it, unless Keras calls: Keras is asked in `compile`. Whatever the
    code says itself is left as it is.
    """
    import keras

    def compiled(own: Any, model: Any, *args: Any, **given: Any) -> Any:
        given.setdefault("run_eagerly", mode == "eager")
        given.setdefault("jit_compile", mode == "xla")
        return own(model, *args, **given)

    with wrapped(keras.Model, "compile", compiled):
        if keras.backend.backend() != "tensorflow":
            yield
            return
        with _tensorflow_turned(mode):
            yield


@contextlib.contextmanager
def _tensorflow_turned(mode: Mode) -> Iterator[None]:
    import tensorflow as tf

    function = tf.function

    def with_xla(func: Any = None, **given: Any) -> Any:
        own = sys._getframe(1).f_globals.get("__name__", "")
        if not own.startswith("keras."):
            given.setdefault("jit_compile", True)
        return function(func, **given)

    tf.config.run_functions_eagerly(mode == "eager")
    if mode == "xla":
        tf.function = with_xla
    try:
        yield
    finally:
        tf.function = function
        tf.config.run_functions_eagerly(False)


@contextlib.contextmanager
def wrapped(
    kind: type, name: str, instead: Callable[..., Any]
) -> Iterator[None]:
    """Have instead(original, *arguments) called in place of a method.

    It is replaced in the class that defines it: Keras asks whether a model
    has a `compile` of its own.
    """
    owner = next(base for base in kind.__mro__ if name in vars(base))
    original = getattr(owner, name)

    @functools.wraps(original)
    def method(*args: Any, **given: Any) -> Any:
        return instead(original, *args, **given)

    with replaced(owner, name, method):
        yield


@contextlib.contextmanager
def replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Put another attribute in the place of one, for a while."""
    old = getattr(owner, name)
    setattr(owner, name, new)
    try:
        yield
    finally:
        setattr(owner, name, old)


def function_type() -> Any:
    """Return the class of what `tf.function` makes."""
    import tensorflow as tf

    return type(tf.function(lambda: None))

"""Timers inside a running `fit`, which never count a second twice."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from compare.records.fit import Part
from compare.running.modes import function_type, replaced

HELD = 4
"""How many iterators are kept open: more than Keras still holds."""

HOOKS = (
    "on_epoch_begin",
    "on_epoch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
)

NOTHING = Part(calls=0, seconds=0.0)


class Stopwatch:
    """Adds up time by part; of nested parts the inner one gets its time.

    Only the thread that made it is timed. Keras runs the hooks of batches in
    other threads if no callback forbids it: that is work beside the epoch,
    and what the epoch waits for it is timed in `on_epoch_end`.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._thread = threading.get_ident()
        self._parts: dict[str, Part] = {}
        self._inner: list[float] = []  # seconds in parts inside each part
        self._marks: list[tuple[float, dict[str, Part]]] = []

    def timed(
        self, name: str, function: Callable[..., Any]
    ) -> Callable[..., Any]:
        """Return the function with a timer around it."""

        def wrapper(*arguments: Any, **options: Any) -> Any:
            if threading.get_ident() != self._thread:
                return function(*arguments, **options)
            self._inner.append(0.0)
            start = self._clock()
            try:
                return function(*arguments, **options)
            finally:
                spent = self._clock() - start
                own = spent - self._inner.pop()
                part = self._parts.get(name, NOTHING)
                self._parts[name] = Part(part.calls + 1, part.seconds + own)
                if self._inner:
                    self._inner[-1] += spent

        return wrapper

    def mark(self) -> None:
        """Note that an epoch begins."""
        self._marks.append((self._clock(), self._parts.copy()))

    @property
    def epochs(self) -> int:
        """How many epochs have begun."""
        return len(self._marks)

    def per_epoch(self, skip: int) -> tuple[float, dict[str, Part]]:
        """Return the mean epoch after the first few, whole and in parts.

        An epoch goes from one mark to the next. The first ones trace and
        compile; after the last there is no mark.
        """
        (start, before), (end, after) = self._marks[skip], self._marks[-1]
        epochs = len(self._marks) - 1 - skip
        return (end - start) / epochs, {
            name: Part(
                calls=(part.calls - first.calls) / epochs,
                seconds=(part.seconds - first.seconds) / epochs,
            )
            for name, part in after.items()
            for first in [before.get(name, NOTHING)]
        }


@contextlib.contextmanager
def watching(stopwatch: Stopwatch, parts: bool) -> Iterator[None]:
    """Mark every epoch of `fit`, and time its parts where asked."""
    import keras

    hooks = keras.callbacks.CallbackList
    with contextlib.ExitStack() as changes:
        for owner, name, timer in _timers(stopwatch) if parts else ():
            changes.enter_context(replaced(owner, name, timer))
        begin = hooks.on_epoch_begin

        def marked(*arguments: Any, **options: Any) -> None:
            stopwatch.mark()
            begin(*arguments, **options)

        changes.enter_context(replaced(hooks, "on_epoch_begin", marked))
        yield


def _timers(stopwatch: Stopwatch) -> Iterator[tuple[Any, str, Any]]:
    """Yield owner, name and timed stand-in of each function of a part."""
    import keras
    import tensorflow as tf
    from keras.src.utils import python_utils  # the hooks' logs pass here

    for part, owner, *names in (
        ("program", function_type(), "__call__"),
        ("callbacks", keras.callbacks.CallbackList, *HOOKS),
        ("metrics", keras.Model, "reset_metrics", "get_metrics_result"),
        ("metrics", python_utils, "pythonify_logs"),
    ):
        for name in names:
            yield owner, name, stopwatch.timed(part, getattr(owner, name))
    yield tf.data.Dataset, "__iter__", _timed_iter(stopwatch)
    make = _timed_train_function(stopwatch)
    yield keras.Model, "make_train_function", make


def _timed_iter(stopwatch: Stopwatch) -> Callable[[Any], Any]:
    """Return an `__iter__` of datasets that times opening and closing.

    Keras drops an iterator, which closes it, in a bare assignment. Here it is
    held a little longer, so that the last one to drop it is timed.
    """
    import tensorflow as tf

    held: deque[Any] = deque()

    def drop() -> None:
        held.popleft()

    opened = stopwatch.timed("opening", tf.data.Dataset.__iter__)
    closed = stopwatch.timed("closing", drop)

    def iterate(dataset: Any) -> Any:
        if len(held) == HELD:
            closed()
        held.append(opened(dataset))
        return held[-1]

    return iterate


def _timed_train_function(stopwatch: Stopwatch) -> Callable[..., None]:
    """Return a `make_train_function` that times what it makes."""
    import keras

    make = keras.Model.make_train_function

    def timed(model: Any, *arguments: Any, **options: Any) -> None:
        before = model.train_function
        make(model, *arguments, **options)
        if model.train_function is not before:
            model.train_function = stopwatch.timed(
                "train_function", model.train_function
            )

    return timed

"""A training that goes on only when it is told, up to an update.

So two that are built, traced and warm can take turns in one process. It runs
in a thread of its own, and stands still between two updates.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from compare.running.modes import function_type, wrapped
from compare.running.processes import RunError
from compare.running.slope import timed

RUN_IN = 2
"""Updates before a long block that are not timed: what was read ahead while
the others ran is used up in them."""

ENDLESS = 10**9
"""Epochs of a training that is stopped from outside."""

_here = threading.local()


class _Stopped(BaseException):
    """Ends a training from within: no training handles it."""


class EndedError(RunError):
    """A training has come to its end."""


class Paced:
    """A training in a thread of its own that goes on only when it is told.

    An update is a batch of `fit`, and outside of it a call of a `tf.function`
    in which a gradient is taken, one of `train_on_batch`, or a gradient
    outside of any. Only while `pacing` is it seen.

    Attributes:
        openings: per update of each block: tf.data iterators that were
            opened, and the seconds that this took.
        opened, opening: the same of the present block, in all.
        fitting: whether `fit` runs.
        inside, took_gradient: of a call that may be an update.
        settle: called before the clock is read: where updates are seen
            before they are over, it waits for them.
    """

    def __init__(self, training: Callable[[], Any]) -> None:
        self._training = training
        self._go, self._stands = (threading.Semaphore(0) for _ in range(2))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._left = self._counted = 0
        self._start = self._seconds = self.opening = 0.0
        self.opened = 0
        self.openings: list[tuple[float, float]] = []
        self._ended: BaseException | None = None
        self._stopping = False
        self.fitting = False
        self.inside = False
        self.took_gradient = False
        self.settle: Callable[[], None] = lambda: None

    def seconds(self, updates: int) -> float:
        """Return what so many updates take, after a run-in if they are many.

        Raises:
            EndedError: it ended, or makes no updates that can be seen.
            Exception: whatever the training raised.
        """
        self._left = self._counted = updates
        if updates > RUN_IN**3:
            self._left += RUN_IN
        if not self._thread.ident:
            self._thread.start()
        self._go.release()
        self._stands.acquire()
        if self._ended:
            raise self._ended
        return self._seconds

    def whole(self) -> int:
        """Train to the end; return how many updates were seen.

        Raises:
            Exception: whatever the training raised.
        """
        with contextlib.suppress(EndedError):
            self.seconds(0)
        return -self._left

    def stop(self) -> None:
        """End it, wherever it stands."""
        self._stopping = True
        self._go.release()
        if self._thread.ident:
            self._thread.join()

    def seen(self) -> None:
        """Count an update; stand still after the last one."""
        self._left -= 1
        if self._left in (self._counted, 0):
            self.settle()
        if self._left == self._counted:
            self._begin()
        elif self._left == 0:
            self._seconds = time.perf_counter() - self._start
            made = self._counted
            self.openings.append((self.opened / made, self.opening / made))
            self._stands.release()
            self._wait()

    def _wait(self) -> None:
        self._go.acquire()
        if self._stopping:
            raise _Stopped
        self._begin()  # a block without a run-in

    def _begin(self) -> None:
        self.opened, self.opening = 0, 0.0
        self._start = time.perf_counter()

    def _run(self) -> None:
        _here.paced = self
        try:
            self._wait()
            self._training()
            self._ended = EndedError("it ended before it was timed")
        except _Stopped:
            return
        except BaseException as error:
            self._ended = error
        self._stands.release()


@contextlib.contextmanager
def pacing() -> Iterator[None]:
    """See the updates of paced trainings."""
    import keras
    import tensorflow as tf

    steps: weakref.WeakSet[Any] = weakref.WeakSet()

    def called(call: Any, owner: Any, *args: Any, **given: Any) -> Any:
        paced = getattr(_here, "paced", None)
        if paced is None or paced.inside or paced.fitting:
            return call(owner, *args, **given)
        paced.inside, paced.took_gradient = True, False
        try:
            result = call(owner, *args, **given)
        finally:
            paced.inside = False
        if paced.took_gradient:
            steps.add(owner)  # only its first call traces the gradient
        if owner in steps:
            paced.seen()
        return result

    def gradient(own: Any, tape: Any, *args: Any, **given: Any) -> Any:
        result = own(tape, *args, **given)
        paced = getattr(_here, "paced", None)
        if paced and paced.inside:
            paced.took_gradient = True
        elif paced and not paced.fitting:
            paced.seen()
        return result

    def fitted(fit: Any, model: Any, *args: Any, **given: Any) -> Any:
        paced = getattr(_here, "paced", None)
        if paced is None:
            return fit(model, *args, **given)
        paced.fitting = True
        paced.settle = functools.partial(_wait_for, model)
        try:
            return fit(model, *args, **given)
        finally:
            paced.fitting = False

    def iterated(iterate: Any, data: Any) -> Any:
        seconds, iterator = timed(iterate, data)
        if paced := getattr(_here, "paced", None):
            paced.opened += 1
            paced.opening += seconds
        return iterator

    def batch(call: Any, callbacks: Any, *args: Any, **given: Any) -> None:
        call(callbacks, *args, **given)
        if paced := getattr(_here, "paced", None):
            paced.seen()

    with contextlib.ExitStack() as stack:
        stack.enter_context(wrapped(function_type(), "__call__", called))
        stack.enter_context(wrapped(keras.Model, "train_on_batch", called))
        stack.enter_context(wrapped(tf.GradientTape, "gradient", gradient))
        stack.enter_context(wrapped(keras.Model, "fit", fitted))
        stack.enter_context(wrapped(tf.data.Dataset, "__iter__", iterated))
        kind = keras.callbacks.CallbackList
        stack.enter_context(wrapped(kind, "on_train_batch_end", batch))
        yield


def _wait_for(model: Any) -> None:
    """Wait for a model's parameters, which JAX hands out beforehand."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        model.jax_state_sync()
        jax.block_until_ready([v.value for v in model.weights])


@contextlib.contextmanager
def stopping(paced: Sequence[Paced]) -> Iterator[None]:
    """End trainings when the context ends."""
    try:
        yield
    finally:
        for each in paced:
            each.stop()

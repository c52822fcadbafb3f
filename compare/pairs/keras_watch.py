"""Watch what a user's Keras code asks of `fit`, and what it then does."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from compare.records.pairs import FitFacts
from compare.running.modes import wrapped
from compare.running.watch import add_callback

SETTINGS = (
    "momentum",
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
)
"""Attributes of optimizers that change the update where they are set."""


@contextlib.contextmanager
def watch_fit(
    instead: Mapping[str, Any] | None = None,
) -> Iterator[list[FitFacts]]:
    """Note every call of `keras.Model.fit` in this process.

    Args:
        instead: arguments of fit that are given other values where it has
            arrays; "learning_rate" and `SETTINGS` are set on the
            optimizer.
    """
    import keras

    facts: list[FitFacts] = []

    def watched(fit: Any, model: Any, *args: Any, **kwargs: Any) -> Any:
        given = inspect.signature(fit).bind(model, *args, **kwargs).arguments
        counter = _counter()
        add_callback(given, counter)
        other = dict(instead or {})
        for name in ("learning_rate", *SETTINGS):
            if name in other:
                setattr(model.optimizer, name, other.pop(name))
        if hasattr(given.get("x"), "shape"):  # Keras refuses it elsewhere
            given |= other
        del given["self"]
        rate = _learning_rate(model.optimizer)
        try:
            return fit(model, **_flat(given))
        finally:  # a diagnosis ends it early
            facts.append(_facts(model, given, counter, rate))

    with wrapped(keras.Model, "fit", watched):
        yield facts


def _flat(given: dict[str, Any]) -> dict[str, Any]:
    rest: dict[str, Any] = given.get("kwargs", {})
    return {k: v for k, v in given.items() if k != "kwargs"} | rest


def _counter() -> Any:
    import keras

    class Counter(keras.callbacks.Callback):  # type: ignore[misc]
        """Counts updates; `optimizer.iterations` can be off by one."""

        def __init__(self) -> None:
            super().__init__()
            self.updates = self.last_epoch = 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.last_epoch = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.last_epoch = batch + 1  # several updates may be one call

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.updates += self.last_epoch

    return Counter()


def _learning_rate(optimizer: Any) -> float | None:
    """Read the optimizer's rate; None where a schedule gives it."""
    import keras

    schedule = keras.optimizers.schedules.LearningRateSchedule
    if isinstance(getattr(optimizer, "_learning_rate", None), schedule):
        return None
    return float(optimizer.learning_rate)


def _facts(
    model: Any, given: dict[str, Any], counter: Any, rate: float | None
) -> FitFacts:
    x = given.get("x")
    source = (
        "arrays"
        if hasattr(x, "shape")
        else "generator"
        if inspect.isgenerator(x)
        else "dataset"
        if hasattr(x, "element_spec")
        else type(x).__name__
    )
    return FitFacts(
        source=source,
        rows=int(x.shape[0]) if source == "arrays" and x is not None else None,
        batch_size=given.get("batch_size"),
        shuffle=bool(given.get("shuffle", True)) and source == "arrays",
        epochs=int(given.get("epochs", 1)),
        updates=counter.updates,
        validation_split=float(given.get("validation_split", 0.0)),
        run_eagerly=bool(model.run_eagerly),
        optimizer=type(model.optimizer).__name__,
        learning_rate=rate,
        settings={
            name: float(value)
            for name in SETTINGS
            if (value := getattr(model.optimizer, name, None))
        },
    )

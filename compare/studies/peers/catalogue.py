"""Which implementations there are, and which of them can run here."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util

from compare.lessons.exhibits import exhibit
from compare.records import Mode
from compare.records.peers import Backend, Kind
from compare.records.problem import Problem

FIRST = "linear_regression"
FUSED = "fused_steps"

AGAINST = "manual (graph)"
"""The implementation that all others are compared with."""

AGAIN = "manual (graph), again"
"""The same timed as if it were another: what chance alone makes of a ratio."""

SECOND_ORDER = "manual (graph), second order"
"""The same on the second order of a shuffled dataset. On JAX and PyTorch `fit`
draws a batch to build the model and opens the dataset anew to train."""

BACKENDS: dict[Backend, tuple[str, Mode]] = {
    "tensorflow": ("TensorFlow", "graph"),
    "jax": ("JAX", "xla"),
    "torch": ("PyTorch", "graph"),
}
"""Keras's backends: what people call them, and the mode that Keras chooses if
the user says nothing: it compiles with XLA on JAX, not on the others."""

INSTALL = "pip install -e '.[peers]'"

COMPILER = "cc"

PACKAGES = {
    "sklearn": ("scikit-learn", "scikit-learn"),
    "torch": ("PyTorch", "torch"),
    "jax": ("JAX", "jax"),
}
"""Module -> what people call it, and the distribution that has it."""


@dataclass(frozen=True)
class Peer:
    """One implementation.

    Attributes:
        lesson: whose problem it gets.
        needs: module or program that must be installed, or "".
        note: why it is known to be another training, or "".
        against: name of what it is compared with.

    The other attributes are those of `PeerResult`.
    """

    name: str
    kind: Kind
    reference: str
    mode: Mode
    lesson: str
    backend: Backend | None = None
    needs: str = ""
    note: str = ""
    against: str = AGAINST

    @property
    def on_tensorflow(self) -> bool:
        """Whether TensorFlow does the arithmetic."""
        return self.kind == "manual" or self.backend == "tensorflow"


def peers_of(problem: Problem) -> tuple[Peer, ...]:
    """Return every implementation of a lesson, installed or not.

    Each lesson is there by hand and in Keras on every backend; the first one
    also as others write it.
    """
    lesson = problem.lesson
    peers = [
        Peer(f"manual ({mode})", "manual", exhibit("manual", lesson), mode,
             lesson)
        for mode in problem.modes
    ]  # fmt: skip
    for backend, (name, mode) in BACKENDS.items():
        reopens = backend != "tensorflow" and "files" in problem.hyper
        peers.append(
            Peer(
                f"Keras on {name}",
                "keras",
                exhibit("keras", lesson),
                mode,
                lesson,
                backend,
                needs="" if backend == "tensorflow" else backend,
                against=SECOND_ORDER if reopens else AGAINST,
            )
        )
    return (*peers, *(_others() if lesson == FIRST else ()))


def _others() -> Iterator[Peer]:
    """Yield the first training with many updates a call, and elsewhere."""
    yield Peer(
        "manual, fused (xla)", "manual", exhibit("manual", FUSED), "xla", FUSED
    )
    yield Peer(
        "Keras, fused (xla)",
        "keras",
        exhibit("keras", FUSED),
        "xla",
        FUSED,
        "tensorflow",
    )
    for name in ("train_function", "train_step"):
        yield Peer(
            f"Keras, fused, {name} (xla)",
            "keras",
            f"compare.studies.peers.keras_{name}",
            "xla",
            FUSED,
            "tensorflow",
        )
    yield _other("NumPy", "numpy_loop", "eager")
    yield _other(
        "scikit-learn",
        "sklearn_sgd",
        "eager",
        needs="sklearn",
        note="SGDRegressor updates after every row, never after all of them",
    )
    yield _other("PyTorch", "torch_loop", "eager", needs="torch")
    yield _other("JAX (jit)", "jax_loop", "xla", needs="jax")
    yield _other(
        "JAX (fori_loop)", "jax_fused", "xla", needs="jax", lesson=FUSED
    )
    yield _other("C", "c_loop", "eager", kind="limit", needs=COMPILER)


def _other(
    name: str,
    module: str,
    mode: Mode,
    kind: Kind = "other",
    lesson: str = FIRST,
    needs: str = "",
    note: str = "",
) -> Peer:
    reference = f"compare.studies.peers.{module}"
    return Peer(name, kind, reference, mode, lesson, None, needs, note)


def why_missing(needs: str) -> str:
    """Say why something cannot be used here and what to do, or return "".

    Nothing is imported to find out.
    """
    if needs == COMPILER:
        if shutil.which(COMPILER):
            return ""
        return (
            f"there is no C compiler called {COMPILER} here: install gcc or "
            "clang"
        )
    if needs not in PACKAGES or util.find_spec(needs):
        return ""
    return f"{PACKAGES[needs][0]} is not installed: {INSTALL}"


def versions() -> dict[str, str]:
    """Return the version of everything that is installed for peers."""
    by_name = {
        name: metadata.version(distribution)
        for module, (name, distribution) in PACKAGES.items()
        if util.find_spec(module)
    }
    if shutil.which(COMPILER):
        said = subprocess.run(
            [COMPILER, "--version"], capture_output=True, text=True
        ).stdout
        by_name["C compiler"] = said.partition("\n")[0]
    return by_name

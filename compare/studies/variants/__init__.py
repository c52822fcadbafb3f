"""The ways to write the same training that `fit` and `grow` compare.

`manual`, `keras` and `numpy` hold a function for each variant. Adding one is
a function there and a row here.
"""

from __future__ import annotations

from compare.records import Mode, Side
from compare.records.variants import Variant

NUMPY = Variant(
    name="numpy formula",
    side="manual",
    mode="eager",
    function=f"{__name__}.numpy:formula",
    base=None,
    against="numpy formula",
)
"""What the textbook loop is checked against; not timed."""

ROWS: tuple[tuple[Side, str, Mode, str | None, str | None, bool], ...] = (
    # side, name, mode, base, by hand compiled alike, whether calls make many
    ("manual", "eager", "eager", None, None, False),
    ("manual", "graph", "graph", "eager", "eager", False),
    ("manual", "graph_loop", "graph", "graph", "graph", True),
    ("manual", "xla", "xla", "graph", "graph", False),
    ("manual", "xla_loop", "xla", "xla", "xla", True),
    ("keras", "textbook", "graph", None, "graph", False),
    ("keras", "no_graph_optimiser", "graph", "textbook", "graph", False),
    ("keras", "dataset", "graph", "textbook", "graph", False),
    ("keras", "repeat", "graph", "dataset", "graph", False),
    ("keras", "steps_per_execution", "graph", "repeat", "graph", True),
    ("keras", "jit_compile", "xla", "steps_per_execution", "xla", True),
    ("keras", "plain_pipeline", "xla", "jit_compile", "xla", True),
    ("keras", "many_steps", "xla", "plain_pipeline", "xla_loop", True),
    ("keras", "train_on_batch", "xla", "many_steps", "xla_loop", True),
    ("keras", "no_metrics", "xla", "train_on_batch", "xla_loop", True),
)  # fmt: skip

VARIANTS = tuple(
    Variant(
        name=f"{side} {name}",
        side=side,
        mode=mode,
        function=f"{__name__}.{side}:{name}",
        base=base and f"{side} {base}",
        against=f"manual {alike}" if alike else NUMPY.name,
        fused=fused,
    )
    for side, name, mode, base, alike, fused in ROWS
)
"""From the textbook to the fastest, each side by itself."""


def named(*names: str) -> tuple[Variant, ...]:
    """Return some of the variants, in their order."""
    return tuple(variant for variant in VARIANTS if variant.name in names)

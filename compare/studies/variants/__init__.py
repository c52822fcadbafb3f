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

Row = tuple[str, Mode, str | None, str, bool]

MANUAL: tuple[Row, ...] = (
    # name, mode, base, compiled alike, whether a call makes many updates
    ("eager", "eager", None, NUMPY.name, False),
    ("graph", "graph", "eager", "manual eager", False),
    ("graph_loop", "graph", "graph", "manual graph", True),
    ("xla", "xla", "graph", "manual graph", False),
    ("xla_loop", "xla", "xla", "manual xla", True),
)

KERAS: tuple[Row, ...] = (
    ("textbook", "graph", None, "manual graph", False),
    ("no_graph_optimiser", "graph", "textbook", "manual graph", False),
    ("dataset", "graph", "textbook", "manual graph", False),
    ("repeat", "graph", "dataset", "manual graph", False),
    ("steps_per_execution", "graph", "repeat", "manual graph", True),
    ("jit_compile", "xla", "steps_per_execution", "manual xla", True),
    ("plain_pipeline", "xla", "jit_compile", "manual xla", True),
    ("many_steps", "xla", "plain_pipeline", "manual xla_loop", True),
    ("train_on_batch", "xla", "many_steps", "manual xla_loop", True),
    ("no_metrics", "xla", "train_on_batch", "manual xla_loop", True),
)


def _variant(side: Side, row: Row) -> Variant:
    name, mode, base, against, fused = row
    return Variant(
        name=f"{side} {name}",
        side=side,
        mode=mode,
        function=f"{__name__}.{side}:{name}",
        base=base and f"{side} {base}",
        against=against,
        fused=fused,
    )


VARIANTS = (
    *(_variant("manual", row) for row in MANUAL),
    *(_variant("keras", row) for row in KERAS),
)
"""From the textbook to the fastest, each side by itself."""


def named(*names: str) -> tuple[Variant, ...]:
    """Return some of the variants, in their order."""
    return tuple(variant for variant in VARIANTS if variant.name in names)

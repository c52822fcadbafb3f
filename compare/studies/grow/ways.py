"""The ways to write the training that `grow` times, and its tables."""

from __future__ import annotations

from compare.records import Mode, Side
from compare.records.growth import Size, Way


def _way(
    name: str,
    mode: Mode,
    function: str,
    against: str = "manual graph",
    grouped: bool = False,
) -> Way:
    side: Side = "keras" if name.startswith("keras") else "manual"
    place = f"compare.studies.grow.{side}_ways:{function}"
    return Way(name, side, mode, place, against, grouped)


WAYS = (
    _way("manual eager", "eager", "eager"),
    _way("manual graph", "graph", "graph", against="numpy"),
    _way("manual xla", "xla", "xla"),
    _way("manual graph loop", "graph", "graph_loop"),
    _way("manual xla loop", "xla", "xla_loop", against="manual xla"),
    _way("keras fit(arrays)", "graph", "arrays"),
    _way("keras fit(dataset)", "graph", "dataset"),
    _way("keras + steps_per_execution", "graph", "executions", grouped=True),
    _way(
        "keras + jit_compile",
        "xla",
        "executions_xla",
        against="manual xla",
        grouped=True,
    ),
)

NUMPY = Way(
    name="numpy",
    side="manual",
    mode="graph",
    function="compare.studies.grow.numpy_way:formula",
    against="numpy",
)
"""What "manual graph" is checked against; not timed."""

SIZES = (
    Size(5, 1),
    *(Size(10**power, 1) for power in range(2, 7)),
    *(Size(10_000, features) for features in (8, 64, 256, 1024)),
    *(Size(100_000, features) for features in (64, 1024)),
    Size(1_000_000, 64),
)

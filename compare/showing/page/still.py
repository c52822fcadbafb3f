"""A small picture of a lesson that stands still, for its card."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from markupsafe import Markup

from compare.records.report import LessonReport, first_pair

WIDTH, HEIGHT, RIM = 240, 84, 8
"""In the units of the drawing."""


def still(lesson: LessonReport) -> Markup:
    """Draw the fitted line, or else how the loss fell; both sides."""
    runs = first_pair(lesson.trajectories)
    if not runs:
        return Markup("")
    points = lesson.points
    if points is not None and points.hessian is not None:
        x, y = points.x.ravel().astype(float), points.y.ravel().astype(float)
        ends = np.array([x.min(), x.max()])
        curves = [
            (ends, ends * run.parameters["kernel"][-1].ravel()[0]
             + run.parameters["bias"][-1].ravel()[0])
            for run in runs
        ]  # fmt: skip
        return _drawn(curves, np.stack([x, y]))
    curves = []
    for run in runs:
        losses = np.asarray(run.losses, float)
        updates = lesson.recorded_updates[: len(losses)].astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            curves.append((updates, np.log10(losses)))
    return _drawn(curves, np.empty((2, 0)))


def _drawn(
    curves: list[tuple[np.ndarray, np.ndarray]], dots: np.ndarray
) -> Markup:
    """Draw both sides over each other, and dots behind them."""
    everything = np.concatenate([dots, *map(np.stack, curves)], axis=1)
    finite = everything[:, np.isfinite(everything).all(axis=0)]
    if not finite.size:
        return Markup("")
    low, span = finite.min(axis=1), np.ptp(finite, axis=1)
    span[span == 0] = 1

    def places(x: np.ndarray, y: np.ndarray) -> Iterable[tuple[float, float]]:
        across = RIM + (x - low[0]) / span[0] * (WIDTH - 2 * RIM)
        down = HEIGHT - RIM - (y - low[1]) / span[1] * (HEIGHT - 2 * RIM)
        return [(a, d) for a, d in zip(across, down, strict=True)
                if np.isfinite(a) and np.isfinite(d)]  # fmt: skip

    shapes = [
        f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'
        for x, y in places(*dots)
    ]
    for kinds, curve in zip((("manual",), ("keras casing", "keras")), curves,
                            strict=True):  # fmt: skip
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in places(*curve))
        shapes += [
            f'<polyline class="run {kind}" points="{steps}"/>'
            for kind in kinds
        ]
    return Markup(
        f'<svg class="still" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-hidden="true">{"".join(shapes)}</svg>'
    )

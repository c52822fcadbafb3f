"""A report -> every chart that it has data for, as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from compare.judging.soundness import check_lesson_name
from compare.records.files import write_atomically
from compare.records.report import LessonReport, Report
from compare.showing.figures.animation import learning_gif
from compare.showing.figures.break_even import break_even_chart
from compare.showing.figures.fit import fit_charts
from compare.showing.figures.growth import growth_chart
from compare.showing.figures.ladder import ladder_chart
from compare.showing.figures.learning import learning_chart
from compare.showing.figures.loss import loss_chart
from compare.showing.figures.parameters import parameters_chart
from compare.showing.figures.peers import peers_chart
from compare.showing.figures.size import size_chart
from compare.showing.figures.speed import speed_chart
from compare.showing.figures.style import write_chart

CHARTS: dict[str, Callable[[LessonReport], Figure | None]] = {
    "learning": learning_chart,
    "loss": loss_chart,
    "parameters": parameters_chart,
    "size": size_chart,
    "speed": speed_chart,
    "break-even": break_even_chart,
}
"""Chart -> what draws it; None where the report lacks its data."""


def charts_of(report: Report) -> dict[str, Figure]:
    """Draw what a report holds besides its lessons; by the file's name."""
    found: dict[str, Figure] = {}
    if report.ladder:
        found["ladder"] = ladder_chart(report.ladder, "statements")
    if report.growth:
        found["growth"] = growth_chart(report.growth)
    if report.fit:
        found |= fit_charts(report.fit)
    if report.peers and any(peer.samples for peer in report.peers.results):
        found["peers"] = peers_chart(report.peers)
    return found


def write_figures(report: Report, folder: Path) -> list[Path]:
    """Write every chart as PNG and SVG, and the learning as a GIF.

    Args:
        report: as made, or read from its JSON.
        folder: exists; see `compare.records.files.check_writable`.

    Returns:
        The files, named LESSON-CHART.KIND, or CHART.KIND where it is about
        no lesson.

    Raises:
        UsageError: a file cannot be written, or a lesson has a name that no
            file may have.
    """
    paths = []
    for lesson in report.lessons:
        check_lesson_name(lesson.lesson)
        for name, chart in CHARTS.items():
            figure = chart(lesson)
            if figure is not None:
                stem = f"{lesson.lesson}-{name}"
                paths += write_chart(figure, folder, stem)
        moving = learning_gif(lesson)
        if moving is not None:
            paths.append(folder / f"{lesson.lesson}-learning.gif")
            write_atomically(
                paths[-1], moving, "choose another folder with --figures"
            )
    for name, figure in charts_of(report).items():
        paths += write_chart(figure, folder, name)
    return paths

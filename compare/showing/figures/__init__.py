"""A report -> every chart that it has data for, as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from compare.judging.soundness import check_lesson_name
from compare.records import LANGUAGES
from compare.records.files import OTHER_FIGURES, write_atomically
from compare.records.report import LessonReport, Report
from compare.showing.figures import settings  # first: it imports matplotlib
from compare.showing.figures.animation import learning_gif
from compare.showing.figures.growth import growth_chart
from compare.showing.figures.ladder import ladder_chart
from compare.showing.figures.learning import learning_chart
from compare.showing.figures.loss import loss_chart
from compare.showing.figures.parameters import parameters_chart
from compare.showing.figures.picture import picture_charts
from compare.showing.figures.style import chart_speaker, write_chart
from compare.showing.language import Speaker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CHARTS", "charts_of", "settings", "write_figures"]

CHARTS: dict[str, Callable[[LessonReport, Speaker], Figure | None]] = {
    "learning": learning_chart,
    "loss": loss_chart,
    "parameters": parameters_chart,
}
"""Chart -> what draws it; None where the report lacks its data."""


def charts_of(report: Report, who: Speaker) -> dict[str, Figure]:
    """Draw every chart that a report has data for; by the file's name."""
    drawn = {
        f"{lesson.lesson}-{name}": chart(lesson, who)
        for lesson in report.lessons
        for name, chart in CHARTS.items()
    }
    for lesson in report.lessons:
        for name, figure in picture_charts(lesson, who):
            drawn[f"{lesson.lesson}-{name}"] = figure
    if report.ladder:
        drawn["ladder"] = ladder_chart(report.ladder, "statements", who)
    if report.growth:
        drawn["growth"] = growth_chart(report.growth, who)
    return {name: figure for name, figure in drawn.items() if figure}


def write_figures(
    report: Report, folder: Path, language: str = LANGUAGES[0]
) -> list[Path]:
    """Write every chart as PNG and SVG, and the learning as a GIF.

    Args:
        report: as made, or read from its JSON.
        folder: exists; see `compare.records.files.check_writable`.
        language: of the words; English where no font has its letters.

    Returns:
        The files, named LESSON-CHART.KIND, or CHART.KIND where it is about
        no lesson.

    Raises:
        UsageError: a file cannot be written, or a lesson has a name that no
            file may have.
    """
    for lesson in report.lessons:
        check_lesson_name(lesson.lesson)
    paths = []
    who = chart_speaker(language)
    for name, figure in charts_of(report, who).items():
        paths += write_chart(figure, folder, name, OTHER_FIGURES)
    for lesson in report.lessons:
        if moving := learning_gif(lesson, who):
            paths.append(folder / f"{lesson.lesson}-learning.gif")
            write_atomically(paths[-1], moving, OTHER_FIGURES)
    return paths

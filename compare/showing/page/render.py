"""Reports -> one HTML file that needs nothing else."""

from __future__ import annotations

import functools
import importlib.resources
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment as Templates
from jinja2 import PackageLoader, StrictUndefined
from markupsafe import Markup

from compare.judging.soundness import check_report
from compare.records import UsageError
from compare.records.escape import printable
from compare.records.files import read_json, write_atomically
from compare.records.json_form import check_version, from_json
from compare.records.report import LessonReport, Report
from compare.showing.page.answers import hero
from compare.showing.page.language import translations
from compare.showing.page.say import Speaker
from compare.showing.page.sections import LESSON_SECTIONS, REPORT_SECTIONS
from compare.showing.page.texts import SCRIPT_TEXTS

FOLDER = importlib.resources.files("compare.showing.page")
SCRIPTS = (
    "vendor/d3.min.js",
    "static/chart.js",
    "static/learn.js",
    "static/rates.js",
    "static/growth.js",
    "static/code.js",
)


def read_report(path: Path) -> Report:
    """Read a report that a command wrote.

    Raises:
        UsageError: it is not there or not a report; says what to do.
    """
    advice = "give a JSON file that a command of `python -m compare` wrote"
    content = read_json(path, advice)
    try:
        check_version(content)
        report = from_json(Report, content)
        check_report(report)
    except UsageError as error:
        raise UsageError(f"cannot show {path}: {error}; {advice}") from error
    return report


def write_page(reports: Sequence[Report], language: str, folder: Path) -> Path:
    """Write report.html whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written.
    """
    path = folder / "report.html"
    write_atomically(path, page(reports, language).encode())
    return path


def page(reports: Sequence[Report], language: str) -> str:
    """Return the page of one or more reports in a language.

    Args:
        reports: each with sections of its own; shown in this order.
        language: one of `language.LANGUAGES`.
    """
    speaker = _speaker(language)
    lessons = [lesson for report in reports for lesson in report.lessons]
    shown = [_lesson(lesson, speaker, n) for n, lesson in enumerate(lessons)]
    common = [
        {"section": section, "name": section.name, "it": context}
        for section in REPORT_SECTIONS
        if (context := section.context(reports, speaker)) is not None
    ]
    return (
        templates(speaker)
        .get_template("page.html")
        .render(
            language=language,
            lessons=shown,
            common=common,
            reports=reports,
            style=_asset("static/page.css"),
            scripts=[_asset(name) for name in SCRIPTS],
            texts={k: speaker.gettext(v) for k, v in SCRIPT_TEXTS.items()},
        )
    )


def _lesson(
    lesson: LessonReport, speaker: Speaker, number: int
) -> dict[str, Any]:
    sections = [
        {
            "section": section,
            "name": f"{section.name}-{number}" if number else section.name,
            "it": context,
        }
        for section in LESSON_SECTIONS
        if (context := section.context(lesson, speaker)) is not None
    ]
    return {"hero": hero(lesson, speaker), "sections": sections}


@functools.cache
def _speaker(language: str) -> Speaker:
    return Speaker(translations(language))


@functools.cache
def templates(speaker: Speaker) -> Templates:
    """Return the templates, which escape all that is put into them."""
    made = Templates(
        loader=PackageLoader("compare.showing.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(  # type: ignore[attr-defined]
        speaker.translations, newstyle=True
    )
    made.filters["data"] = _data
    made.filters["printable"] = printable
    return made


def _data(value: Any) -> Markup:
    """Return JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))

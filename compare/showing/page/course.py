"""Reports -> a small site: a list, a page per lesson, a page per study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compare.records import LANGUAGES, UsageError
from compare.records.files import write_together
from compare.records.report import Report
from compare.showing.language import speaker
from compare.showing.page.book import Book, book, unique
from compare.showing.page.render import SCRIPTS, STYLE, Sheet, asset, document

HOME = "index.html"
STYLE_FILE, SCRIPT_FILE = "course.css", "course.js"


def write_course(
    reports: Sequence[Report], language: str, folder: Path
) -> list[Path]:
    """Write the site whole or not at all; return the paths of its files.

    Args:
        reports: each with lessons or studies; of a lesson that is in two,
            the later report counts.
        language: the one of LANGUAGES that is shown first.
        folder: where to write; it is there.

    Raises:
        UsageError: it cannot be written, or reports hold nothing to show.
    """
    books = {name: book(reports, speaker(name)) for name in LANGUAGES}
    told = books[language]
    if not told.lessons and not told.studies:
        raise UsageError("the reports hold no lesson and no study to show")
    scripts = ";\n".join(map(asset, SCRIPTS))
    files = {STYLE_FILE: str(asset(STYLE)), SCRIPT_FILE: scripts}
    sheets = {
        name: _sheets(of_language) for name, of_language in books.items()
    }
    for file in sheets[language]:
        of_page = {name: pages[file] for name, pages in sheets.items()}
        files[file] = document(of_page, language, STYLE_FILE, [SCRIPT_FILE])
    contents = {folder / name: text.encode() for name, text in files.items()}
    write_together(contents)
    return list(contents)


def _sheets(told: Book) -> dict[str, Sheet]:
    """Return what stands on each page, by the name of its file."""
    lessons = told.lessons
    names = unique((p.id for p in told.studies), ["index", *_names(told)])
    studies = {
        f"{name}.html": study
        for name, study in zip(names, told.studies, strict=True)
    }
    others = tuple((name, study.title) for name, study in studies.items())
    link = "{}.html"
    index = Sheet((), (told.method,), lessons, others, link, index=True)
    return {
        HOME: index,
        **{
            f"{lesson.name}.html": Sheet(
                (lesson,), (), lessons, link=link, home=HOME
            )
            for lesson in lessons
        },
        **{
            name: Sheet((), (study,), link=link, home=HOME)
            for name, study in studies.items()
        },
    }


def _names(told: Book) -> list[str]:
    return [lesson.name.casefold() for lesson in told.lessons]

"""Reports -> one HTML file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from compare.records import LANGUAGES
from compare.records.files import write_atomically
from compare.records.report import Report
from compare.showing.language import Speaker, speaker
from compare.showing.page.book import Lesson, Part, book
from compare.showing.page.html import FOLDER, templates
from compare.showing.page.terms import with_terms

STYLE = "static/page.css"
SCRIPTS = (
    "static/page.js",
    "vendor/d3.min.js",
    "static/chart.js",
    "static/opening.js",
    "static/learn.js",
    "static/descent.js",
    "static/trials.js",
    "static/laboratory.js",
    "static/growth.js",
    "static/picture.js",
    "static/code.js",
    "static/quiz.js",
)

NAMES = {"en": "English", "ko": "한국어"}
"""Languages, as they are called in them."""

SCENE = re.compile(
    r'<script type="application/json" id="(?!texts")([^"]+)">.*?</script>\n?',
    re.S,
)


@dataclass(frozen=True)
class Sheet:
    """What stands on a page.

    Attributes:
        lessons: in full.
        parts: what stands behind them.
        listed: the lessons that the reader may go to.
        others: addresses and titles of studies on pages of their own.
        link: the address of a lesson; {} is its name.
        index: whether the page begins with the list.
        home: the address of the page that does, or "".
    """

    lessons: tuple[Lesson, ...]
    parts: tuple[Part, ...]
    listed: tuple[Lesson, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    link: str = "#lesson-{}"
    index: bool = False
    home: str = ""

    def address(self, lesson: Lesson) -> str:
        """Return where a lesson is to be found."""
        return self.link.format(lesson.name)

    def beside(self, lesson: Lesson) -> list[Lesson | None]:
        """Return the lessons before and after one, where there are any."""
        names = [each.name for each in self.listed]
        at = names.index(lesson.name) if lesson.name in names else None
        if at is None:
            return [None, None]
        around = [None, *self.listed, None]
        return [around[at], around[at + 2]]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Return addresses and titles of what is no lesson."""
        here = [(f"#{part.id}", part.title) for part in self.parts]
        return [*self.others, *here]

    @property
    def title(self) -> str:
        """Return what the browser calls the page."""
        if len(self.lessons) == 1:
            return str(self.lessons[0].hero["title"])
        return "" if self.index else self.parts[0].title


def compile_templates() -> None:
    """Compile the templates, which takes longer than to fill them."""
    for language in LANGUAGES:
        made = templates(speaker(language))
        for name in made.list_templates():
            made.get_template(name)


def write_page(reports: Sequence[Report], language: str, folder: Path) -> Path:
    """Write report.html whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written.
    """
    path = folder / "report.html"
    write_atomically(path, page(reports, language).encode())
    return path


def page(reports: Sequence[Report], language: str) -> str:
    """Return the page of one or more reports, in all languages.

    Args:
        reports: each with sections of its own; shown in this order.
        language: the one of LANGUAGES that is shown first.
    """
    sheets = {}
    for name in LANGUAGES:
        told = book(reports, speaker(name))
        several = len(told.lessons) > 1
        sheets[name] = Sheet(
            told.lessons,
            (*told.studies, told.method),
            listed=told.lessons if several else (),
            index=several,
        )
    return document(sheets, language)


def document(
    sheets: Mapping[str, Sheet],
    language: str,
    style: str = "",
    scripts: Sequence[str] = (),
) -> str:
    """Return a file of HTML: a page in all languages.

    Args:
        sheets: by language.
        language: the one that is shown first.
        style: its address; without it all stands in the file.
        scripts: their addresses, likewise.
    """
    bodies = {
        name: _body(sheet, speaker(name)) for name, sheet in sheets.items()
    }
    return (
        templates(speaker(language))
        .get_template("page.html")
        .render(
            language=language,
            title=sheets[language].title,
            scenes=_shared(bodies),
            bodies={name: Markup(body) for name, body in bodies.items()},
            style_file=style,
            style="" if style else asset(STYLE),
            script_files=scripts,
            scripts=() if scripts else [asset(name) for name in SCRIPTS],
        )
    )


def _body(sheet: Sheet, speaker: Speaker) -> str:
    """Return all that stands on a page, in one language."""
    made = templates(speaker)
    lessons = []
    several = len(sheet.lessons) > 1
    for lesson in sheet.lessons:
        html = made.get_template("lesson.html").render(
            lesson=lesson, sheet=sheet, several=several
        )
        if several:  # a page has one h1, and this one has it in its list
            html = html.replace("<h1", '<h2 class="title"')
            html = html.replace("</h1>", "</h2>")
        html, words = with_terms(html, speaker, lesson.suffix)
        lessons.append((lesson, html, words))
    return made.get_template("body.html").render(
        language=speaker.language,
        languages={n: NAMES[n] for n in LANGUAGES if n != speaker.language},
        sheet=sheet,
        lessons=lessons,
    )


def _shared(bodies: dict[str, str]) -> Markup:
    """Take the scenes that all languages share out of bodies, and return them.

    Numbers are most of a page: so they stand in it once.
    """
    found = [
        {match[1]: match[0] for match in SCENE.finditer(body)}
        for body in bodies.values()
    ]
    first, *others = found
    shared = {
        key: scene
        for key, scene in first.items()
        if all(other.get(key) == scene for other in others)
    }
    for name, body in bodies.items():
        bodies[name] = SCENE.sub(
            lambda match: "" if match[1] in shared else match[0], body
        )
    return Markup("".join(shared.values()))


def asset(name: str) -> Markup:
    """Return the text of a file that pages need."""
    return Markup((FOLDER / name).read_text(encoding="utf-8"))

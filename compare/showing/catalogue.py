"""The catalogues of translations: finds every text, keeps catalogues whole.

`python -m compare.showing.catalogue` brings the catalogues up to date
with the texts: new ones are added empty, old ones taken out. A test fails
until every entry is translated. Given the code of a language, such as `de`, it
begins that language's catalogue.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from compare.judging.fit import REST
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS, problem_of
from compare.mistakes import CATALOGUE
from compare.mistakes.network_pairs import PAIRS
from compare.records import LANGUAGES, MEASURES, SIDES, Outcome
from compare.records.files import write_atomically
from compare.records.findings import ROLES
from compare.records.fit import PARTS
from compare.records.growth import Axis
from compare.records.mistakes import Level
from compare.records.problem import Settings
from compare.records.streaming import Source
from compare.records.timing import Answer
from compare.showing.language import DOMAIN, LOCALE
from compare.showing.page.code import SECTION
from compare.showing.page.folding import DONE_BY_HAND, TAKEN_OVER
from compare.showing.page.terms import GLOSSARY
from compare.studies.peers.catalogue import peers_of
from compare.studies.variants import VARIANTS
from compare.studies.variants.source import title

PACKAGE = Path(str(LOCALE)).parents[1]

TEMPLATES = (
    "showing/page/templates/*.html",
    "showing/notebook/templates/**.md",
)
OPTIONS = {
    pattern: {
        "newstyle_gettext": "true",
        "trimmed": "false",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
    }
    for pattern in TEMPLATES
}
KEYWORDS = {
    **dict.fromkeys(("gettext", "marked", "note", "Note"), 1),
    **dict.fromkeys(("say", "paragraph"), 1),
    "count": 2,
    "heads": None,
}
"""What translatable texts are given to, and how many: None for all."""

Message = tuple[str, int, str | tuple[str, ...]]


def template() -> Catalog:
    """Return a catalogue of all texts, without translations."""
    catalog = Catalog()
    for file, line, message in (*_in_templates(), *_in_code()):
        catalog.add(message, locations=[(f"compare/{file}", line)])
    places = {
        "lessons/problems.py": _of_lessons(),
        "records": _of_records(),
        "showing/page": _of_tables(),
        "mistakes": _of_mistakes(),
        "studies": map(title, VARIANTS),
    }
    for place, texts in places.items():
        for text in texts:
            catalog.add(text, locations=[(f"compare/{place}", 1)])
    return catalog


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it is committed."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str) -> None:
    """Bring a catalogue up to date with the texts; begin a missing one.

    Raises:
        UnknownLocaleError: there is no such language.
    """
    path = _path(language)
    catalog = (
        read(language)
        if path.exists()
        else Catalog(Locale.parse(language), DOMAIN, project=DOMAIN)
    )
    catalog.update(
        template(), no_fuzzy_matching=True, update_creation_date=False
    )
    catalog.obsolete.clear()
    content = io.BytesIO()
    write_po(content, catalog, 78, sort_output=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.getvalue())


def _in_templates() -> Iterator[Message]:
    """Yield file, line and text of what templates translate."""
    methods = [(pattern, "jinja2.ext:babel_extract") for pattern in TEMPLATES]
    for file, line, message, *_ in extract_from_dir(PACKAGE, methods, OPTIONS):
        yield file, line, message


def _in_code() -> Iterator[Message]:
    """Yield file, line and text of the calls of keywords."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                file = path.relative_to(PACKAGE).as_posix()
                for message in messages(call):
                    yield file, call.lineno, message


def messages(call: ast.Call) -> Iterator[str | tuple[str, ...]]:
    """Yield what a call translates, if it is one of a keyword.

    A text may be one of several: a branch of a condition, an item of a table.
    What is no literal is a value.
    """
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = call.args[: KEYWORDS.get(name, 0)]
    texts = [text for each in given for text in literals(each) if text]
    if name != "count":
        yield from texts
    elif len(texts) == 2:  # else it counts something else
        yield tuple(texts)


def literals(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts that an expression may stand for, or that it holds."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*literals(one), *literals(other))
        case (
            ast.Dict(values=items)
            | ast.Tuple(elts=items)
            | ast.Set(elts=items)
        ):
            yield from (text for item in items for text in literals(item))


def _of_records() -> Iterator[str]:
    """Yield what is shown by its own name, or by another that stands there."""
    for names in (Outcome, Answer, Axis, Level, Source):
        yield from get_args(names)
    yield from (*ROLES, *MEASURES.values(), *PARTS.values(), REST)


def _of_tables() -> Iterator[str]:
    """Yield what the page's tables say."""
    yield from (*GLOSSARY, *GLOSSARY.values())
    yield from (*set(TAKEN_OVER.values()), *DONE_BY_HAND)


def _of_lessons() -> Iterator[str]:
    """Yield what the lessons' problems and exhibits say of themselves."""
    for lesson in LESSONS:
        for side in SIDES:
            yield from SECTION.findall(source_of(exhibit(side, lesson)))
        problem = problem_of(lesson, Settings())
        yield problem.title
        yield problem.data
        if problem.same_as:
            yield problem.same_as.title
        for peer in peers_of(problem):
            yield peer.name
            yield from filter(None, [peer.note])


def _of_mistakes() -> Iterator[str]:
    """Yield what is said of the classic mistakes."""
    for mistake in CATALOGUE:
        texts = mistake.title, mistake.symptom, mistake.why, mistake.keras
        yield from filter(None, texts)
    for pair in PAIRS.values():
        yield from (each.cause.partition(": ")[2] for each in pair.planted)


def _path(language: str) -> Path:
    folder = Path(str(LOCALE)) / language / "LC_MESSAGES"
    return folder / f"{DOMAIN}.po"


if __name__ == "__main__":
    for name in sys.argv[1:] or LANGUAGES[1:]:
        update(name)

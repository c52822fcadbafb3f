"""The catalogues of translations can be begun and brought up to date."""

from __future__ import annotations

import ast

import pytest
from babel import UnknownLocaleError

from compare.showing import catalogue


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Keep the catalogues in an empty folder."""
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)


def entries(language):
    return {m.id: m.string for m in catalogue.read(language) if m.id}


def test_a_new_language_begins_with_every_text():
    """Each stands there once, to be translated."""
    catalogue.update("pl")
    wanted = {m.id for m in catalogue.template() if m.id}
    assert set(entries("pl")) == wanted
    assert not any(map(any, entries("pl").values()))


def test_a_translation_stays_when_texts_come_and_go(monkeypatch):
    """A new text comes in empty, an old one goes."""
    texts = ["old", "both"]
    monkeypatch.setattr(catalogue, "_of_lessons", lambda: iter(texts))
    catalogue.update("de")
    file = catalogue.LOCALE / "de" / "LC_MESSAGES" / "compare.po"
    begun = file.read_text()
    entry = 'msgid "both"\nmsgstr "'
    file.write_text(begun.replace(entry, f"{entry}beide"))
    texts[:] = ["both", "new"]
    catalogue.update("de")
    assert entries("de")["both"] == "beide"
    assert entries("de")["new"] == ""
    assert "old" not in entries("de")


def test_no_text_in_the_code_is_missed():
    """Each is a literal, or a choice of literals, and stands in the list."""
    found = set()
    for message in catalogue.template():
        one = isinstance(message.id, str)
        found |= {message.id} if one else set(message.id)
    for file in catalogue.PACKAGE.rglob("*.py"):
        for text in texts(ast.parse(file.read_text())):
            if isinstance(text, ast.Constant):
                assert text.value in found | {""}, (file, text.lineno)
            if isinstance(text, ast.JoinedStr):
                words = [v for v in text.values if isinstance(v, ast.Constant)]
                assert not words, (file, text.lineno)


def texts(tree):
    """Yield the texts that calls of keywords are given.

    A call with another number of arguments is one of another function.
    """
    several = {"count": 3, "note": 1}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if len(call.args) == several.get(name, len(call.args)):
                for text in call.args[: catalogue.KEYWORDS.get(name, 0)]:
                    choice = isinstance(text, ast.IfExp)
                    yield from [text.body, text.orelse] if choice else [text]


def test_a_text_may_be_one_of_several():
    """Both branches of a condition are found, and all values of a table."""
    code = "say('a' if x else 'b'); marked({'c': ('d', x)}); heads('', 'e')"
    calls = (n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call))
    found = [text for call in calls for text in catalogue.messages(call)]
    assert found == ["a", "b", "d", "e"]


def test_what_is_no_language_begins_nothing(tmp_path):
    """A slip leaves no folder behind."""
    with pytest.raises(UnknownLocaleError):
        catalogue.update("xx")
    assert not list(tmp_path.iterdir())

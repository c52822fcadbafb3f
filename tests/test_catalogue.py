"""The catalogues of translations can be begun and brought up to date."""

from __future__ import annotations

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


def test_what_is_no_language_begins_nothing(tmp_path):
    """A slip leaves no folder behind."""
    with pytest.raises(UnknownLocaleError):
        catalogue.update("xx")
    assert not list(tmp_path.iterdir())

"""The documentation: what it shows, names and links to is there."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import shlex
from functools import partial

import pytest
from test_layout import ROOMS, ROOT

from compare.commands import COMMANDS, module_of
from compare.commands.main import main, options_of
from compare.commands.options import EPILOG
from compare.docs import __main__ as docs
from compare.docs.__main__ import FOLDER, PAGES, filled

EVERY_PAGE = partial(
    pytest.mark.parametrize, "page", PAGES, ids=lambda page: page.name
)
INLINE = re.compile(r"(?<!`)`[^`]+`(?!`)")
ALL = INLINE.sub(  # a command may stand on two lines
    lambda found: found[0].replace("\n", " "),
    "\n".join(page.read_text() for page in PAGES),
)
COMMAND = re.compile(r"python3? -m compare(?![.\w])((?: [^`\n#]*)?)")
OPTION = re.compile(r"`(--[a-z-]+)[^`]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
SHOWN = re.compile(r"<!-- (?:shown|options): ([a-z-]+)(?: .*)?-->")


def anchors(text):
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@EVERY_PAGE()
def test_what_a_page_shows_is_what_there_is(page):
    """Every block has what its report, command or file gives now."""
    text = page.read_text()
    assert filled(text) == text, "run python -m compare.docs"


def test_another_report_makes_another_page(tmp_path, monkeypatch):
    """A number that is not the report's is found."""
    ladder = json.loads((FOLDER / "ladder.json").read_text())
    ladder["ladder"]["first"]["manual"]["statements"] = 12345
    (tmp_path / "ladder.json").write_text(json.dumps(ladder))
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    assert "12345" in filled((FOLDER / "ladder.md").read_text())


@EVERY_PAGE()
def test_output_is_shown_and_never_pasted(page):
    """A block of text stands between the comments that fill it."""
    outside = docs.BLOCK.sub("", page.read_text())
    assert "```text" not in outside
    assert "<!-- " not in outside


def test_every_command_has_a_page():
    """What can be set for it is told there, or what it prints."""
    assert set(SHOWN.findall(ALL)) >= set(COMMANDS)


def test_every_page_can_be_found():
    """The README links to each, directly or from one that it links to."""
    seen, new = set(), {PAGES[0]}
    while new:
        seen |= new
        targets = {
            (page.parent / link.partition("#")[0]).resolve()
            for page in new
            for link in LINK.findall(page.read_text())
        }
        new = (targets & set(PAGES)) - seen
    assert seen == set(PAGES)


@EVERY_PAGE()
def test_no_link_leads_nowhere(page):
    """Files and headings that a page links to are there."""
    for link in LINK.findall(page.read_text()):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target.read_text()), link


def test_the_parser_takes_every_command_line_that_is_shown():
    """No page shows an option that is not there."""
    lines = [line.strip() for line in COMMAND.findall(ALL)]
    assert len(lines) > 20
    for line in lines:
        words = shlex.split(line)
        if not words or words[0] not in (*COMMANDS, "COMMAND"):
            words = ["run", *words]
        if words[0] != "COMMAND":
            assert options_of(words), line


def test_every_option_that_a_text_names_is_there():
    """Of some command, or of the pytest plugin."""
    known = {"--help", "--compare-mode"}
    for module in map(module_of, COMMANDS):
        options = argparse.ArgumentParser()
        module.add_options(options)
        known |= set(options._option_string_actions)
    assert set(OPTION.findall(ALL)) <= known


def test_the_readme_is_short():
    """A reader sees the end of it."""
    assert len(PAGES[0].read_text().splitlines()) <= 250


def test_the_readme_draws_the_rooms_in_their_order():
    """The drawing is the constant beside the test of imports."""
    drawn = re.findall(r"^    (\w+) {2,}\S", PAGES[0].read_text(), re.M)
    assert tuple(drawn[-len(ROOMS) :]) == ROOMS


def test_the_readme_has_every_exit_code():
    """Those of --help, and no other."""
    codes = re.findall(r"^ *(\d+) ", EPILOG, re.M)
    assert re.findall(r"^\| (\d+) \|", PAGES[0].read_text(), re.M) == codes


def test_the_pair_that_is_shown_is_as_shown(tmp_path, monkeypatch):
    """Its file, run now, gives the verdict and the cause of the report."""
    shown = json.loads((FOLDER / "pair.json").read_text())
    monkeypatch.chdir(FOLDER)
    words = shlex.split(shown["command"])[3:]
    with contextlib.chdir(FOLDER):
        assert main([*words, "--out", str(tmp_path)]) == 1
    now = json.loads((tmp_path / "pair.json").read_text())
    now, shown = now["pair"]["verdict"], shown["pair"]["verdict"]
    assert now["outcome"] == shown["outcome"]
    assert now["diagnosis"] == shown["diagnosis"]

"""Fill the documentation anew: `python -m compare.docs [FILE.json ...]`.

What a page shows stands between two comments. It comes from a report beside
the page, from a command that runs nothing, from the command line's parser or
from a file:

    <!-- shown: fit.json -->            what the command that wrote it printed
    <!-- shown: fit.json | HEADING -->  only the parts that begin so
    <!-- shown: mistakes broadcast -->  what this command prints
    <!-- options: fit -->               what can be set for this command
    <!-- source: examples/mine.py -->   this file
    <!-- end -->

The reports named on the command line are made anew first, each by the command
that it holds; without a name nothing is run.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from compare.commands import module_of
from compare.commands.main import main as carry_out
from compare.commands.options import EXIT_AGREE, EXIT_DIFFERENT, Parser
from compare.records.files import read_json
from compare.showing.language import speaker
from compare.showing.reading import read_report
from compare.showing.telling import sections
from compare.showing.telling.mistakes import seen_sections
from compare.showing.telling.overview import overview
from compare.showing.terminal import WIDTH, print_sections
from compare.studies.baseline import read_baseline

FOLDER = Path(__file__).parent
PAGES = [FOLDER.parents[1] / "README.md", *sorted(FOLDER.glob("*.md"))]

BLOCK = re.compile(
    r"(?P<begin><!-- (?P<kind>shown|options|source): (?P<what>.+) -->\n)"
    r"(?:.*\n)*?(?P<end><!-- end -->)"
)


def filled(page: str) -> str:
    """Return the text of a page with all its blocks made anew.

    Raises:
        KeyError: a block asks for what is not there.
    """
    makers = {"shown": _shown, "options": _options, "source": _source}

    def block(found: re.Match[str]) -> str:
        made = makers[found["kind"]](found["what"])
        return f"{found['begin']}{made}\n{found['end']}"

    return BLOCK.sub(block, page)


def _shown(what: str) -> str:
    """Return what a command printed, or the parts that are named."""
    name, *headings = what.split(" | ")
    report = name.endswith(".json")
    command, text = _told(FOLDER / name) if report else _printed(name)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    parts = "\n".join(lines).split("\n\n")
    named = {part.partition("\n")[0]: part for part in parts}
    chosen = [named[heading] for heading in headings] or parts
    return "\n".join(["```text", f"$ {command}", "\n\n".join(chosen), "```"])


def _printed(words: str) -> tuple[str, str]:
    """Return a command that runs nothing, and what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        carry_out(shlex.split(words))
    return f"python -m compare {words}", output.getvalue()


def _told(path: Path) -> tuple[str, str]:
    """Return the command that wrote a report, and what it printed then."""
    content = read_json(path, "make it anew")
    if "request" in content:
        told = overview(read_baseline(path).report, speaker())
    elif content["mistakes"]:
        told = seen_sections(read_report(path), True, speaker())
    else:
        told = sections(read_report(path), speaker())
    output = io.StringIO()
    print_sections(told, Console(file=output, width=WIDTH, color_system=None))
    return _command(content), output.getvalue()


def _options(command: str) -> str:
    """Return what can be set for a command, as a table."""
    parser = Parser()
    module_of(command).add_options(parser)
    said = parser._get_formatter()._expand_help  # with defaults filled in
    rows = ["| option | meaning |", "|---|---|"]
    for action in parser._actions[1:]:  # the first is --help
        words = [*action.option_strings[:1]]
        if action.metavar or action.choices:
            words += [str(action.metavar or "\\|".join(action.choices or ()))]
        words += ["..."] if action.nargs in ("+", "*") else []
        rows.append(f"| `{' '.join(words)}` | {said(action)} |")
    return "\n".join(rows)


def _source(name: str) -> str:
    """Return a file of Python."""
    return f"```python\n{(FOLDER / name).read_text()}```"


def make_anew(report: Path) -> None:
    """Run the command that wrote a report, and keep what it writes now."""
    command = _command(read_json(report, "name a report beside the pages"))
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(FOLDER / "examples", Path(place) / "examples")
        words = [sys.executable, *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=place)
        if done.returncode not in (EXIT_AGREE, EXIT_DIFFERENT):
            sys.exit(f"{command} ended with {done.returncode}")
        (written,) = Path(place).glob("*.json")
        shutil.copy(written, report)


def _command(content: Any) -> str:
    """Return the command in the JSON of a report, a pair or a baseline."""
    return str(content.get("request", content)["command"])


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        make_anew(Path(argument))
    for page in PAGES:
        page.write_text(filled(page.read_text()))

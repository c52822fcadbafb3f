"""The command line: `python -m compare`."""

from __future__ import annotations

import argparse
import errno
import shlex
import sys
import traceback
from collections.abc import Sequence

from compare.commands import COMMANDS, module_of, output
from compare.commands.options import (
    EPILOG,
    EXIT_CLOSED,
    EXIT_FAULT,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    Parser,
    complain,
)
from compare.running import family

STARTS_NOTHING = ("course", "list", "notebook", "render")
"""Commands that train nothing: the others have a keeper."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What is no fault of this program: a full or read-only disk."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with output.lasting() as shown:
        code = _code_of(given)
    if shown.error is None:
        return code
    if shown.error.errno in output.CLOSED:  # `| head` has seen enough
        return EXIT_CLOSED
    complain(
        f"cannot write to standard output: {shown.error.strerror}; send it to "
        "another place"
    )
    return EXIT_USAGE


def _code_of(given: Sequence[str]) -> int:
    try:
        return _carry_out(given)
    except SystemExit as stop:  # --help, or a bad option
        return int(stop.code or 0)
    except KeyboardInterrupt:
        sys.stderr.write("compare: interrupted; nothing was written\n")
        return EXIT_INTERRUPTED
    except Exception as error:  # 1 would say that a pair is different
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            complain(
                f"cannot write {error.filename or 'a file'}: "
                f"{error.strerror}; make room there, or name another folder "
                "in TMPDIR or with --out"
            )
            return EXIT_USAGE
        traceback.print_exc()
        return EXIT_FAULT


def parser() -> Parser:
    """Return the parser of a command line with any command."""
    top = Parser(
        prog="python -m compare",
        description="Train the same job by hand in TensorFlow and with Keras, "
        "prove whether both are the same training, and compare their code "
        "and speed. Without a command: run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsers = top.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        one = parsers.add_parser(name, help=module_of(name).HELP)
        _prepare(one, name)
    return top


def _prepare(one: argparse.ArgumentParser, command: str) -> None:
    module = module_of(command)
    module.add_options(one)
    one.set_defaults(carry_out=module.carry_out)


def options_of(words: Sequence[str]) -> argparse.Namespace:
    """Read a command line; names and options may stand in any order."""
    command, *rest = words
    if command not in COMMANDS:
        return parser().parse_args(words)
    one = Parser(prog=f"python -m compare {command}")
    _prepare(one, command)
    return one.parse_intermixed_args(rest)


def _carry_out(given: Sequence[str]) -> int:
    words = [*given]
    if not words or words[0] not in (*COMMANDS, "-h", "--help"):
        words.insert(0, "run")
    options = options_of(words)
    from compare.records import UsageError, files

    files.WRITTEN.clear()
    command = shlex.join(["python", "-m", "compare", *given])
    try:
        if words[0] in STARTS_NOTHING:
            return int(options.carry_out(options, command))
        with family.keeping_temporary_files():
            return int(options.carry_out(options, command))
    except UsageError as error:
        complain(str(error))
        return EXIT_USAGE
    except KeyboardInterrupt:
        written = ", ".join(map(str, files.WRITTEN)) or "nothing"
        complain(f"interrupted; written so far: {written}")
        return EXIT_INTERRUPTED

"""`notebook`: a lesson as a Jupyter notebook."""

from __future__ import annotations

import argparse

from compare.commands.options import EXIT_AGREE, add

HELP = "write a lesson as a Jupyter notebook, with exercises"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.add_argument("lesson", metavar="LESSON", help="see `list`")
    add(parser, "--lang", "--out")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Write the notebook; it runs in Jupyter and in Colab."""
    import nbformat

    from compare.commands.delivery import say_written
    from compare.records import files
    from compare.showing.notebook.build import notebook_of

    notebook = notebook_of(options.lesson, options.lang)
    files.check_writable(options.out)
    path = options.out / f"{options.lesson}.ipynb"
    files.write_atomically(path, (nbformat.writes(notebook) + "\n").encode())
    say_written([path])
    return EXIT_AGREE

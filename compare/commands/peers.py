"""`peers`: the same training in other frameworks, and how far the limit is."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from compare.commands.options import EPILOG, add_out, exit_code, positive

if TYPE_CHECKING:
    from compare.records.timing import Effort

HELP = "the same training in other frameworks, checked and timed"

BACKENDS = ("tensorflow", "jax", "torch")

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes that each implementation is timed in."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run the first training by hand in TensorFlow, in Keras on each of "
        "its backends, in NumPy, scikit-learn, PyTorch, JAX and C: check that "
        "it is the same training, then time it. What is not installed is left "
        "out. Another lesson runs by hand and in Keras on each backend."
    )
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "lesson",
        nargs="?",
        default="linear_regression",
        metavar="LESSON",
        help="what to train (linear_regression)",
    )
    parser.add_argument(
        "--backend",
        action="append",
        choices=BACKENDS,
        metavar="BACKEND",
        help="only Keras, on tensorflow, jax or torch, beside TensorFlow by "
        "hand; may be given again",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="50 updates, in whole epochs, and one timed process each",
    )
    parser.add_argument(
        "--budget",
        type=positive,
        metavar="SECONDS",
        help="time so long, in at least 5 processes each, for intervals",
    )
    parser.add_argument(
        "--timeout",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="stop a process that takes longer (300)",
    )
    add_out(parser, "peers.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run what is installed; print and write what was found."""
    from compare.records import UsageError, files
    from compare.showing.terminal import live
    from compare.showing.terminal.peers import print_peers
    from compare.studies.peers.study import PeersRequest, make_peers_report

    files.check_writable(options.out)
    request = PeersRequest(
        lesson=options.lesson,
        backends=tuple(options.backend) if options.backend else None,
        effort=_effort(options),
        quick=options.quick,
        timeout=options.timeout,
        command=command,
    )
    with live.progress() as progress:
        report = make_peers_report(request, progress)
    try:
        path = files.write_report(report, options.out, "peers.json")
    except UsageError:
        print_peers(report)  # what could not be written is not lost
        raise
    print_peers(report)
    sys.stdout.write(f"\nWritten: {path}\n")
    sys.stdout.flush()
    assert report.peers is not None
    return exit_code(
        [
            result.verdict.outcome
            for result in report.peers.results
            if not (result.note and result.verdict.outcome == "different")
        ]
    )


def _effort(options: argparse.Namespace) -> Effort:
    from compare.judging.ratios import FEWEST
    from compare.records.timing import Effort

    if options.budget is not None:
        return Effort(FEWEST, options.budget)
    return Effort(QUICK_ROUNDS if options.quick else ROUNDS)

"""`peers`: the same training in other frameworks, and how far the limit is."""

from __future__ import annotations

import argparse

from compare.commands.options import add_budget, add_common, with_exit_codes

HELP = "the same training in other frameworks, checked and timed"

BACKENDS = ("tensorflow", "jax", "torch")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run the first training by hand in TensorFlow, in Keras on each of "
        "its backends, in NumPy, scikit-learn, PyTorch, JAX and C: check that "
        "it is the same training, then time it. What is not installed is left "
        "out. Another lesson runs by hand and in Keras on each backend."
    )
    with_exit_codes(parser)
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
    add_budget(
        parser, "time so long, in at least 5 processes each, for intervals"
    )
    add_common(parser, "peers.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run what is installed; write and tell what was found."""
    from compare.commands.delivery import deliver_study
    from compare.judging.ratios import effort
    from compare.records import files
    from compare.showing.progress import progress
    from compare.studies.peers.study import PeersRequest, make_peers_report

    files.check_writable(options.out)
    request = PeersRequest(
        lesson=options.lesson,
        backends=tuple(options.backend) if options.backend else None,
        effort=effort(options.budget, options.quick),
        quick=options.quick,
        timeout=options.timeout,
        command=command,
    )
    with progress() as watcher:
        report = make_peers_report(request, watcher)
    return deliver_study(report, "peers.json", options)

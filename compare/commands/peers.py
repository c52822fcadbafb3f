"""`peers`: the same training in other frameworks, and how far the limit is."""

from __future__ import annotations

import argparse

from compare.commands.options import COMMON, add

HELP = "the same training in other frameworks, checked and timed"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run the first training by hand in TensorFlow, in Keras on each of "
        "its backends, in NumPy, scikit-learn, PyTorch, JAX and C: check that "
        "it is the same training, then time it. What is not installed is left "
        "out. Another lesson runs by hand and in Keras on each backend."
    )
    parser.add_argument(
        "lesson",
        nargs="?",
        default="linear_regression",
        metavar="LESSON",
        help="what to train (linear_regression)",
    )
    add(parser, "--backend", "--quick", "--budget", *COMMON)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run what is installed; write and tell what was found."""
    from compare.commands.delivery import deliver, exit_code
    from compare.judging.ratios import effort
    from compare.records import files
    from compare.showing.language import speaker
    from compare.showing.progress import progress
    from compare.showing.telling import sections
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
    deliver(
        sections(report, speaker(options.lang)),
        lambda: [files.write_report(report, options.out, "peers.json")],
    )
    return exit_code(report.verdicts)

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
        "out. Another lesson runs by hand and in Keras on each backend. With "
        "--backend it is only Keras, beside TensorFlow by hand."
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
    from compare.commands.delivery import exit_code, report_study
    from compare.judging.ratios import effort
    from compare.studies.peers.catalogue import peers_of
    from compare.studies.peers.study import choose, measure_peers, problem_for

    problem = problem_for(options.lesson, options.quick)
    chosen = choose(peers_of(problem), options.backend)
    time = effort(options.budget, options.quick)
    report = report_study(
        "peers.json",
        options,
        command,
        lambda *given: {
            "peers": measure_peers(
                problem, *chosen, time, options.timeout, *given
            )
        },
    )
    return exit_code(report.verdicts)

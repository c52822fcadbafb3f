"""The commands of `python -m compare`, a file each.

A command is a module with `HELP` (one line), `add_options(parser)` and
`carry_out(options, command) -> exit code`. Heavy imports happen inside
`carry_out`, so that --help is instant.
"""

from compare.commands import ladder, pair, render, run
from compare.commands import list as listing

COMMANDS = {
    "run": run,
    "list": listing,
    "ladder": ladder,
    "pair": pair,
    "render": render,
}

"""The commands of `python -m compare`, a file each.

A command is a module with `HELP` (one line), `add_options(parser)` and
`carry_out(options, command) -> exit code`. Heavy imports happen inside
`carry_out`, so that --help is instant.
"""

from compare.commands import grow, ladder, pair, run, stream
from compare.commands import list as listing

COMMANDS = {
    "run": run,
    "list": listing,
    "ladder": ladder,
    "grow": grow,
    "stream": stream,
    "pair": pair,
}

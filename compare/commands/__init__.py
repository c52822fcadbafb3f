"""The commands of `python -m compare`, a file each.

A command is a module with `HELP` (one line), `add_options(parser)` and
`carry_out(options, command) -> exit code`. Heavy imports happen inside
`carry_out`, so that --help is instant.
"""

from compare.commands import (
    calibrate,
    check,
    fit,
    grow,
    ladder,
    mistakes,
    notebook,
    pair,
    peers,
    render,
    run,
    save_baseline,
    stream,
)
from compare.commands import list as listing

COMMANDS = {
    "run": run,
    "list": listing,
    "pair": pair,
    "mistakes": mistakes,
    "ladder": ladder,
    "fit": fit,
    "grow": grow,
    "stream": stream,
    "peers": peers,
    "calibrate": calibrate,
    "save-baseline": save_baseline,
    "check": check,
    "render": render,
    "notebook": notebook,
}

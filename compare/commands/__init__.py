"""The commands of `python -m compare`, a file each.

A command is a module with `HELP` (one line), `add_options(parser)` and
`carry_out(options, command) -> exit code`. Heavy imports happen inside
`carry_out`, so that --help is instant.
"""

from importlib import import_module
from typing import Any

COMMANDS = (
    "run",
    "list",
    "pair",
    "mistakes",
    "ladder",
    "fit",
    "grow",
    "stream",
    "peers",
    "across",
    "calibrate",
    "save-baseline",
    "check",
    "render",
    "course",
    "notebook",
)


def module_of(command: str) -> Any:
    """Import a command's module: whoever runs one needs no other."""
    return import_module(f"{__name__}.{command.replace('-', '_')}")

"""Start interpreters; know which process stems from which, and end it.

What Linux offers is used where it is there: a process that is killed with the
one that started it, and one to which orphans fall. Elsewhere a group of
processes is all that can be ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.records.peers import Backend

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
"""From <linux/prctl.h>."""


PATHS = ("PYTHONPATH", "PYTHONHOME")
"""Variables that would show another interpreter our packages."""


@dataclass(frozen=True)
class Home:
    """Which interpreter a process runs in, and what that finds first.

    Attributes:
        python: its path; "" for the one that runs this.
        first: folders in which it looks before all others.
        backend: what Keras computes with there.
    """

    python: str = ""
    first: tuple[str, ...] = ()
    backend: Backend = "tensorflow"

    @property
    def path(self) -> list[str] | None:
        """Our search path behind what comes first; None elsewhere."""
        if self.python:
            return None
        return [*self.first, *map(os.fspath, sys.path)]


HERE = Home()
"""The environment that runs this."""


def start_python(
    entry: str,
    arguments: Sequence[Any],
    descriptors: Sequence[int],
    home: Home = HERE,
    **how: Any,
) -> subprocess.Popen[bytes]:
    """Start a fresh interpreter with our search path, or its own elsewhere.

    It is in a session of its own: Ctrl-C is the command's.

    Args:
        entry: a function of ours, as module:function.
        arguments: what it is called with; their repr is code.
        descriptors: which open files it gets, under the same numbers.
        home: where; another interpreter must find us in its first folders.
        **how: further arguments of Popen.
    """
    module, function = entry.split(":")
    path = home.path
    if path is None:
        looks = f"sys.path[:0] = {list(home.first)!r}"
        how["env"] = {k: v for k, v in os.environ.items() if k not in PATHS}
    else:
        looks = f"sys.path[:] = {path!r}"
    code = (
        f"import sys; {looks}; "
        f"from {module} import {function}; {function}(*{list(arguments)!r})"
    )
    return subprocess.Popen(
        [home.python or sys.executable, "-P", "-c", code],
        stdin=subprocess.DEVNULL,
        pass_fds=descriptors,
        start_new_session=True,
        **how,
    )


def end_with_parent(parent: int) -> None:
    """Have this process killed as soon as `parent`, its parent, ends.

    The system does it: a thread of ours could not run while other code holds
    the interpreter's lock. It holds for the thread that has started this
    process, so a main thread must do that.
    """
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before this was asked for
        os._exit(1)


def adopt_orphans() -> None:
    """Make this the parent of what descends from it and is orphaned.

    A process cannot leave this way, whatever its group and session.
    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def children() -> set[int]:
    """Return the processes whose parent is this one."""
    import psutil

    return {child.pid for child in psutil.Process().children()}


def started_with(folder: str) -> list[int]:
    """Return the processes that were started with this folder as TMPDIR.

    A process inherits it, whoever becomes its parent.
    """
    import psutil

    return [
        process.pid
        for process in psutil.process_iter(["environ"])
        if (process.info["environ"] or {}).get("TMPDIR", "").startswith(folder)
    ]


def kill(pid: int) -> None:
    """Kill a process, and its group if it leads one."""
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue  # it has ended, or leads no group

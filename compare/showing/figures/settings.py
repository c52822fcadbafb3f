"""Import matplotlib as it comes, whatever settings the user has.

It reads a `matplotlibrc` (in the working folder, where MATPLOTLIBRC says, or
in the user's folder) and MPLBACKEND when it is imported, and an error in one
of these ends the import. A chart of ours shall look the same everywhere, so
its own defaults are read instead.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hide the user's settings; everything is put back afterwards."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None and found.origin is not None
    home = Path(found.origin).parent
    ours = {
        "MPLBACKEND": "agg",
        "MATPLOTLIBRC": str(home / "mpl-data" / "matplotlibrc"),
    }
    theirs = {name: os.environ[name] for name in ours if name in os.environ}
    here = os.open(".", os.O_RDONLY)  # it may have been deleted: no name
    try:
        os.environ.update(ours)
        os.chdir(home)
        yield
    finally:
        os.fchdir(here)
        os.close(here)
        for name in ours:
            del os.environ[name]
        os.environ.update(theirs)


with _undisturbed():
    importlib.import_module("matplotlib").rcdefaults()  # imported before?

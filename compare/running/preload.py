"""Import TensorFlow once, quietly, for the processes forked from this one.

Importing this module does it. TensorFlow writes notes to stderr while it is
imported; they are shown only if the import fails.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def peak_bytes() -> int:
    """Return the largest memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _import_quietly() -> float:
    """Import tensorflow and keras; return the seconds it took."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            start = time.perf_counter()
            import keras  # noqa: F401
            import tensorflow  # noqa: F401 - the point of this module

            return time.perf_counter() - start
        except BaseException:
            notes.seek(0)
            os.write(terminal, notes.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)


ERROR: Exception | None = None
"""Why the import failed: an error here would end the server of processes."""

IMPORT_SECONDS = 0.0
_before = set(sys.modules)
try:
    IMPORT_SECONDS = _import_quietly()
except Exception as error:
    ERROR = error
IMPORT_BYTES = peak_bytes()
MODULES = frozenset(sys.modules) - _before
"""Names of the thousands of modules that come with TensorFlow and Keras."""

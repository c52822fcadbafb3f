"""Standard output and error that may be closed, full, or end early."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

CLOSED = (errno.EPIPE, errno.EBADF)
"""What a reader who has gone away looks like, or one who never was."""


class Output:
    """A text stream whose failure costs nothing but the text.

    The work goes on, and so its report is written.
    """

    def __init__(self, stream: Any, number: int) -> None:
        self.error: OSError | None = None
        self._number = number
        if stream is None:  # closed before this process began
            self.error = OSError(errno.EBADF, os.strerror(errno.EBADF))
            stream = io.StringIO()
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an ASCII terminal has no µ
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or note why it cannot be done."""
        with self._noting():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or note why it cannot be done."""
        with self._noting():
            self._stream.flush()

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = self.error or error
            _discard(self._number)  # what is still in the stream, too


@contextlib.contextmanager
def lasting() -> Iterator[Output]:
    """Let nothing that is written fail; give standard output."""
    for number in range(3):  # else a file of ours would get such a number
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    standard, errors = Output(sys.stdout, 1), Output(sys.stderr, 2)
    with (
        contextlib.redirect_stdout(standard),
        contextlib.redirect_stderr(errors),
    ):
        try:
            yield standard
        finally:
            standard.flush()
            errors.flush()


def _discard(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)

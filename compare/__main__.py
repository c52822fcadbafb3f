"""Entry of `python -m compare`."""

import signal
import sys

from compare.cli import main

if __name__ == "__main__":
    # Asked to end, tidy up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())

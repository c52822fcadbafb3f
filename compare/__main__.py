"""Entry of `python -m compare`."""

import signal
import sys


def run() -> int:
    """Run the command line; return the exit code."""
    try:
        # Asked to end, tidy up as after Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from compare.commands.main import main

        return main()
    except KeyboardInterrupt:  # before or after main() looks out for it
        sys.stderr.write("compare: interrupted\n")
        return 130
    finally:  # what is left is to tidy up
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(run())

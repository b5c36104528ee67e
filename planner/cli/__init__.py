"""The command ``planner``: the only part that prints or exits."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Starting BLAS threads costs as much CPU as all imports together, and no linear
    # algebra runs here. numpy reads this once, when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from planner.cli.app import app  # noqa: PLC0415  # after the line above

        app()
    except KeyboardInterrupt:
        sys.exit(130)

"""The command ``planner``: the only part that prints or exits."""

import gc
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Starting BLAS threads costs as much CPU as all imports together, and no linear
    # algebra runs here. numpy reads this once, when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A command builds what it needs once and ends: looking for garbage costs a tenth
    # of a short one, and finds next to nothing in a long one.
    gc.disable()
    try:
        from planner.cli.app import app  # noqa: PLC0415  # after the line above

        app()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # The interpreter collects once more as it ends, which frees nothing that the
        # end of the process does not, and costs a fifth of a short command.
        gc.freeze()

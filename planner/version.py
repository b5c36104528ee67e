"""The versions of the package and of the JSON that it writes, for provenance."""

__version__ = "0.1.0"
FORMAT_VERSION = 1
"""Of plans, and of every other document with ``--json``."""

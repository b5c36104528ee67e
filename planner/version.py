"""The version of the package, for provenance."""

__version__ = "0.1.0"

"""The result of a solve, as plain typed rows."""

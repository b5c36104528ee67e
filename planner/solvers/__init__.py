"""Solvers of a program: HiGHS in one bulk hand-over, CBC as second opinion."""

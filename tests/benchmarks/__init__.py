"""What building, solving and starting cost, beside the least they could.

``python -m tests.benchmarks`` from the checkout measures everything and prints
tables; ``--only NAME``, ``--sizes``, ``--rounds`` and ``--smoke`` measure less,
``--json FILE`` keeps all rounds and ``--write`` makes ``RESULTS.md``. The extra
``bench`` installs the libraries that we are compared with; one that is missing is
shown as not installed.

Times are CPU seconds (user and system, finished child processes included), so a
busy machine disturbs them less than wall time. Both sides of a ratio take turns, and
each round gives one ratio: **read the ratio's median**; where minimum and maximum
lie far apart, run it again. Absolute times belong to the machine. Targets are
printed, never asserted: no time fails a test. Both sides reach the same optimum,
which is asserted before any time is printed.

A new benchmark is a module with ``results(rounds) -> list[Result]`` and one line in
``__main__``.
"""

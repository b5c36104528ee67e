"""What starting, building and handing over cost, beside the least they could.

Run ``python -m tests.benchmarks`` from the checkout. It prints one table::

    benchmark | ours | reference | ratio min/median/max | target

``ours`` and ``reference`` are medians of CPU seconds (user and system, finished
child processes included), so a busy machine disturbs them less than wall time. The
two sides take turns, and each round gives one ratio: **read the ratio's median**;
where minimum and maximum lie far apart, run it again. Absolute times belong to the
machine. Targets are printed, never asserted: no time fails a test.

What the references are:

* *quickstart*: a process that imports numpy and highspy and solves the same arrays,
  as anybody would start it, and once more with ``OPENBLAS_NUM_THREADS=1``, the
  least that any planner on numpy and HiGHS can cost.
* *build + hand-over*: numpy sorts the program's coefficients into rows and passes
  them to HiGHS. *hand-over alone* has the rows sorted already.
* The other benchmarks have an absolute target and no reference.

Both sides of a ratio reach the same optimum, which is asserted before any time is
printed. Byte code is cached in a temporary folder and written before the first
round, as an installation would have it.
"""

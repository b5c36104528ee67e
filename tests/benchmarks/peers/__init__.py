"""The same model in each contender's own good idiom, from the same plain arrays.

A module holds ``PACKAGES``, which must be installed for it, and four functions::

    build(data) -> model           what its user writes
    hand_over(model) -> loaded     up to a HiGHS that could be run
    shape(loaded) -> (columns, rows, terms), None where the library does not say
    optimum(loaded) -> float       in MUSD, after solving

Data comes as numpy arrays (:class:`~tests.benchmarks.peers.data.Data`); what is
computed of them is inside every clock.
"""

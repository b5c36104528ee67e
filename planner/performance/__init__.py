"""How much work an accelerator does per second.

Pure functions on floats in named units: no file, no quantity, no solver.  Only
`planner.performance.inputs` and `planner.performance.pairing` know what users write.
"""

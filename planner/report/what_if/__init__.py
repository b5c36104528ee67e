"""The what-if of a page: sliders that solve the same program again in the browser."""

from planner.report.what_if.panel import what_if_of

__all__ = ["what_if_of"]

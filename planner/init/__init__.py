"""Scenarios to begin with: a commented template, or the continuation of a plan."""

from planner.init.continuation import Draft, continuation
from planner.init.template import template_text

__all__ = ["Draft", "continuation", "template_text"]

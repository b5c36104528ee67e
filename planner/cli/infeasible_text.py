"""Why there is no plan and what would make one possible, in words."""

from planner.cli.tables import Screen
from planner.explain.infeasible_words import (
    collisions,
    fix_line,
    no_conflict,
    standing_line,
)
from planner.plan.findings import Infeasibility

FIRST = 3


def print_infeasible(screen: Screen, found: Infeasibility, *, whole: bool) -> None:
    """Print what collides and the first remedies, all of them where ``whole``."""
    if found.standing:
        _print_standing(screen, found)
    _print_collisions(screen, found)
    shown = found.fixes if whole else found.fixes[:FIRST]
    if not shown:
        screen.line("no single change, and no mixture of them, makes a plan possible")
        return
    screen.heading("Each of these makes a plan possible, the cheapest first")
    for number, fix in enumerate(shown, 1):
        screen.line(f"{number}. {fix_line(fix)}")
        for text in fix.set:
            screen.line(f"   --set '{text}'")
    more = len(found.fixes) - len(shown)
    if more > 0:
        screen.line(f"{more} more: planner explain, or -v")


def _print_standing(screen: Screen, found: Infeasibility) -> None:
    """Print what stands above a limit, with more power or the policy as a remedy."""
    screen.line()
    for standing in found.standing:
        screen.line(standing_line(standing))
    for fix in found.fixes:
        if fix.unit == "policy":
            screen.line(f"or, with the policy grandfather: --set '{fix.set[0]}'")


def _print_collisions(screen: Screen, found: Infeasibility) -> None:
    """Print which limits cannot hold together, as far as that is known."""
    collide = list(collisions(found.conflict))
    if collide:
        screen.heading("Cannot hold together")
        for line in collide:
            screen.line(line)
    elif reason := no_conflict(found):
        screen.line(reason)

"""What ``planner explain`` prints: the reasons for a plan, or for its absence."""

from collections import defaultdict
from collections.abc import Sequence

from planner.cli.explain import SHOWN, Answers
from planner.cli.format import count, digits, money, percent, power
from planner.cli.infeasible_text import print_infeasible
from planner.cli.options import Terminal
from planner.cli.plan_text import headline
from planner.cli.price_text import price_table
from planner.cli.tables import Column, Screen, Table
from planner.explain.break_even import BreakEven
from planner.explain.explanation import (
    Binding,
    binding_limits,
    by_period,
    priced_keys,
)
from planner.explain.flexibility import Flexible
from planner.explain.own_or_lease import OWN, HourCost, own_or_lease
from planner.explain.price_words import worth
from planner.explain.why_not import WhyNot
from planner.pipeline import Solved
from planner.plan.words import certificate_line

_SIGN = (
    "A gain is more of the objective in present $ (more profit, or less cost). More of "
    "a limit is never worth less than nothing; a minimum, a commitment or more tokens "
    "cost."
)

_WHOLE = (
    "Whole systems, replicas and runs are kept as they are by these prices: they say "
    "what the rest would do. Two solves with --set say what one more is worth."
)

_TIERS = (
    "A gain is of the first tier that the input changes: percentage points of its "
    "smallest achievement or of its weighted sum; what that costs stands beside it. "
    "Higher tiers lose nothing by it."
)


def explain_text(solved: Solved, answers: Answers, terminal: Terminal) -> None:
    """Print an explanation; with ``-q`` only what was asked."""
    screen, plan = Screen(), solved.plan
    if not terminal.quiet or not answers.asked:
        screen.line(headline(plan, solved.scenario))
        _print_residual(screen, solved)
    if plan.infeasibility is not None:
        print_infeasible(screen, plan.infeasibility, whole=True)
        return
    if not answers.asked:
        _print_prices(screen, solved, terminal)
    if answers.break_even is not None:
        _print_break_even(screen, answers.break_even)
    if answers.flexibility is not None:
        screen.table(_flexibility_table(answers.flexibility))
    if answers.why_not is not None:
        _print_why_not(screen, answers.why_not)
    if plan.certificate is not None and not terminal.quiet:
        screen.line()
        screen.line(certificate_line(plan.certificate))


def _print_residual(screen: Screen, solved: Solved) -> None:
    """Say how much of the objective is residual value."""
    parts = solved.plan.objective.parts
    if parts is not None and parts.residual:
        text = f"of which {money(abs(parts.residual))} is residual value"
        screen.line(f"{text} of what stands at the horizon's end")


def _print_prices(screen: Screen, solved: Solved, terminal: Terminal) -> None:
    most = None if terminal.verbose else SHOWN
    priced = priced_keys(solved, most, far=True)
    shown = priced if most is None else priced[:most]
    title = "What one more unit of each input is worth"
    screen.table(
        price_table(title, [(x.of_a_hundredth, x.price, x.sides) for x in shown])
    )
    if len(shown) < len(priced):
        screen.line(f"{len(priced) - len(shown)} smaller ones: -v")
    if priced:
        screen.line(_TIERS if solved.plan.tiers else _SIGN)
    if priced and solved.scenario.spec.integer:
        screen.line(_WHOLE)
    screen.table(_binding_table(binding_limits(solved.plan)))
    screen.table(_ways_table(own_or_lease(solved.scenario, solved.plan)))


def _ways_table(ways: Sequence[HourCost]) -> Table:
    """Return what an hour costs owned, reserved and on demand."""
    rows = [
        [
            way.accelerator,
            way.terms if way.place == OWN else f"{way.terms}: {way.place}",
            count(way.hours),
            percent(way.utilisation),
            digits(way.held_usd, 3),
            "-" if way.worked_usd is None else digits(way.worked_usd, 3),
            percent(way.owning_pays_above),
        ]
        for way in ways
    ]
    names = ("hours held", "works", "USD held", "USD worked", "owning pays above")
    columns = (
        Column("accelerator"),
        Column("way"),
        *(Column(name, number=True) for name in names),
    )
    title = "Own or lease, USD per accelerator-hour (straight line, not discounted)"
    return Table(title, columns, rows, keys=2)


def _binding_table(limits: Sequence[Binding]) -> Table:
    """Return the limits that are used up, one line for each period."""
    rows = []
    for period, found in by_period(limits).items():
        scopes: dict[str, list[str]] = defaultdict(list)
        for each in found:
            scopes[each.constraint].append(_worth(each))
        texts = [f"{name}: {', '.join(scopes[name])}" for name in scopes]
        rows.append([period, "; ".join(texts)])
    columns = (Column("period"), Column("used up (worth of one more unit)", least=40))
    return Table("Binding limits, period by period", columns, rows)


def _worth(limit: Binding) -> str:
    if limit.price is None:
        return limit.scope
    unit = limit.price.unit.partition(" per ")[2]
    sure, limits = limit.price.unique, limit.price.value > 0
    about = "" if sure else "at most " if limits else "about "
    gain = worth(limit.price.value, limit.price.unit)
    return f"{limit.scope} ({about}{gain} per {unit})"


def _print_break_even(screen: Screen, found: Sequence[BreakEven]) -> None:
    rows = []
    for each in found:
        side = "below" if each.value < each.now else "above"
        unit = f" {each.unit}" if each.unit else ""
        value = f"{digits(each.value, 5)}{unit}"
        rows.append(
            [each.path, f"{digits(each.now, 5)}{unit}", side, value, each.enters]
        )
    if not rows:
        screen.line("no value up to 64 times as large or as small changes the plan")
        return
    names = ("input", "now", "", "at", "what changes")
    screen.table(Table("Break-even (solved again)", tuple(map(Column, names)), rows))


def _flexibility_table(found: Sequence[Flexible]) -> Table:
    """Return least and most, and what the plan has."""
    columns = (
        Column("item"),
        *(Column(name, number=True) for name in ("least", "plan", "most")),
    )
    rows = [
        [each.item, *(_size(number, each.unit) for number in _numbers(each))]
        for each in found
    ]
    return Table("Least and most over plans within that distance", columns, rows)


def _numbers(each: Flexible) -> tuple[float, float, float]:
    return each.least, each.plan, each.most


def _size(number: float, unit: str) -> str:
    if unit == "MW":
        return power(number)
    return percent(number) if unit == "share" else count(number)


def _print_why_not(screen: Screen, found: WhyNot) -> None:
    screen.line()
    screen.line(f"{found.accelerator} for {found.workload} ({found.reason}):")
    screen.line(found.detail)
    if found.enters_below_usd is not None:
        price = money(found.enters_below_usd)
        screen.line(f"it enters at a system price of {price} (solved again)")
    elif found.reason == "price":
        screen.line("no lower system price of it was confirmed to bring it in")

"""What only the whole scenario shows to be wrong: names, dates, prices, shares."""

from collections.abc import Iterable
from dataclasses import dataclass

from planner.documents import find, plain, suggest
from planner.errors import Problem
from planner.periods import Span
from planner.specs.accelerator import Accelerator
from planner.specs.demand import PRIORITY
from planner.specs.fields import shown
from planner.specs.integer_checks import check_integer
from planner.specs.lease_checks import check_leases
from planner.specs.policy_checks import check_policies
from planner.specs.scenario import Scenario
from planner.specs.series import Series
from planner.specs.structure import problem_at
from planner.specs.workload import TrainingRun
from planner.specs.workload_checks import check_workloads

Loc = tuple[str | int, ...]


@dataclass
class Report:
    """Collects what is wrong (problems) and what deserves a look (warnings)."""

    scenario: Scenario
    problems: list[Problem]
    warnings: list[Problem]

    def problem(self, loc: Loc, message: str, expected: str = "") -> None:
        """Add a problem at a place of the resolved document."""
        self.problems.append(problem_at(self.scenario.tree, loc, message, expected))

    def warn(self, loc: Loc, message: str) -> None:
        """Add a warning at a place of the resolved document."""
        self.warnings.append(problem_at(self.scenario.tree, loc, message))

    def written(self, loc: Loc) -> str:
        """Return the value at a place as it was written, for a message."""
        node = find(self.scenario.tree, loc)
        return shown(None if node is None else plain(node))

    def covered(self, loc: Loc, series: Series) -> None:
        """Check that a level holds from the first period on."""
        start = self.scenario.periods[0]
        if series.level(start) is None:
            first = series.steps[0].span
            message = (
                f"begins with {first.label if first else '?'}, after {start.label}"
            )
            self.problem(loc, message, f"add a value for {start.label}")

    def known(self, loc: Loc, name: str, names: Iterable[str], what: str) -> bool:
        """Return whether ``name`` is one of ``names``; else add a problem."""
        options = list(names)
        if name in options:
            return True
        hint = suggest(name, options)
        self.problems.append(
            problem_at(
                self.scenario.tree,
                loc,
                f"{shown(name)} is not one of this scenario's {what}",
                "" if hint else f"known are {', '.join(options)}",
                hint,
            )
        )
        return False


def check(scenario: Scenario, problems: list[Problem]) -> list[Problem]:
    """Add every cross-field problem to ``problems``; return the warnings."""
    report = Report(scenario, problems, [])
    _objective(report)
    _names(report)
    _fleet(report)
    _sites(report)
    _budgets(report)
    _supply(report)
    _purchases(report)
    check_leases(report)
    _revenue(report)
    _transfers(report)
    check_workloads(report)
    check_policies(report)
    check_integer(report)
    return report.warnings


def _objective(report: Report) -> None:
    """Check that the objective can be had with what else is asked for."""
    spec = report.scenario.spec
    if bool(spec.integer) and spec.objective == PRIORITY:
        message = f"is not supported together with {PRIORITY}"
        report.problem(("integer",), message, "write false, or another objective")


def _names(report: Report) -> None:
    spec = report.scenario.spec
    families = ("sites", spec.sites), ("leases", spec.leases)
    for family, items in (*families, ("workloads", spec.workloads)):
        seen: set[str] = set()
        for number, item in enumerate(items):
            if item.name in seen:
                message = f"{item.name!r} is used twice; write another name"
                report.problem((family, number, "name"), message)
            seen.add(item.name)


def _revenue(report: Report) -> None:
    revenue, scenario = report.scenario.spec.revenue, report.scenario
    if revenue is None:
        return
    report.covered(("revenue", "ad_revenue"), revenue.ad_revenue)
    for key, names in (("llama", revenue.llama), ("ads", revenue.ads or ())):
        for number, name in enumerate(names):
            loc: Loc = ("revenue", key, number)
            if not report.known(loc, name, scenario.workloads, "workloads"):
                continue
            if name in names[:number]:
                report.problem(loc, f"{name!r} is listed twice", "write it once")
            if key == "ads" and isinstance(scenario.workloads[name], TrainingRun):
                message = f"{name} is a training run, of which no share is served"
                report.problem(loc, message, "name services")


def _fleet(report: Report) -> None:
    scenario = report.scenario
    start = scenario.periods[0]
    for number, entry in enumerate(scenario.spec.fleet):
        at: Loc = ("fleet", number)
        sites, types = scenario.sites, scenario.accelerators
        site_known = report.known((*at, "site"), entry.site, sites, "sites")
        type_known = report.known(
            (*at, "accelerator"), entry.accelerator, types, "accelerators"
        )
        if entry.installed.first_month > start.first_month:
            message = f"{entry.installed.label} is after the start {start.label}"
            expected = "write what is on order as `committed` under supply"
            report.problem((*at, "installed"), message, expected)
        if not (site_known and type_known):
            continue
        accelerator, site = types[entry.accelerator], sites[entry.site]
        missing = sorted(set(accelerator.requires) - set(site.provides))
        if missing:
            message = f"{entry.accelerator} requires {', '.join(missing)}"
            expected = f"let {entry.site} list it under provides"
            report.problem((*at, "accelerator"), message, expected)
        elif not site.takes(accelerator):
            message = f"{entry.site} does not take {entry.accelerator}"
            report.problem((*at, "accelerator"), message, "add it to the site's list")
        life = accelerator.lifetime_months
        age = start.first_month - entry.installed.first_month
        if life is not None and age >= life:
            message = f"{entry.count:g} {entry.accelerator} at {entry.site} are past"
            report.warn(at, f"{message} their lifetime and retire at the start")


def _sites(report: Report) -> None:
    for number, site in enumerate(report.scenario.spec.sites):
        for name in site.accelerators or ():
            loc: Loc = ("sites", number, "accelerators")
            report.known(loc, name, report.scenario.accelerators, "accelerators")
        for key in ("electricity", "carbon"):
            report.covered(("sites", number, key), getattr(site, key))
        for key in ("cost", "cost_per_it_mw") if site.expansion else ():
            costs = getattr(site.expansion, key)
            if costs is not None:
                report.covered(("sites", number, "expansion", key), costs)


def _budgets(report: Report) -> None:
    budgets = report.scenario.spec.budgets
    if budgets.power is not None:
        report.covered(("budgets", "power"), budgets.power)
    for key in ("capex", "opex", "carbon"):
        series = getattr(budgets, key)
        if series is not None and not series.constant:
            keys = [step.span for step in series.steps if step.span]
            used = [span for span, _ in series.amounts(report.scenario.periods)]
            _amount_spans(report, ("budgets", key), keys, used)
    if budgets.carry_over and budgets.capex is None:
        message = "there is no capex budget to carry over"
        report.problem(("budgets", "carry_over"), message, "write capex, or remove it")


def _amount_spans(report: Report, loc: Loc, keys: list[Span], used: list[Span]) -> None:
    """Check the spans of an amount against the periods and the horizon.

    Args:
        report: Gets what is wrong.
        loc: Place of the amount.
        keys: Spans that it is written for, in order.
        used: Those and the ones they are repeated for, inside the horizon or in part.
    """
    periods = report.scenario.periods
    first, last = periods[0], periods[-1]
    if keys and keys[0].months < first.months:
        for key in keys:
            message = f"{key} is finer than the periods ({first} …)"
            report.problem((*loc, key.label), message, "write it for whole periods")
        return
    for span in used:
        if span.first_month >= first.first_month and span.end_month <= last.end_month:
            continue
        key = max(key for key in keys if key.first_month <= span.first_month)
        message = f"the whole of {span} applies to its part inside the horizon"
        report.warn((*loc, key.label), message)


def _supply(report: Report) -> None:
    scenario = report.scenario
    for name, supply in scenario.spec.supply.items():
        loc: Loc = ("supply", name)
        report.known(loc, name, scenario.accelerators, "accelerators")
        keys = [step.span for step in supply.steps if step.span]
        limited = (
            step
            for step in supply.spans(scenario.periods)
            if step.limit is not None or step.committed > 0
        )
        used = [step.span for step in limited if step.span]
        _amount_spans(report, loc, keys, used)
        accelerator = scenario.accelerators.get(name)
        for step in supply.steps:
            if accelerator and step.committed > 0 and step.span is not None:
                _committed(report, (*loc, step.span.label), accelerator, step.span)


def _committed(report: Report, loc: Loc, accelerator: Accelerator, span: Span) -> None:
    """Check that what is committed can be delivered at all."""
    name, first = accelerator.name, accelerator.available
    if not buyable(report.scenario, accelerator):
        message = f"{name} cannot be bought here, so none can be committed"
        report.problem(loc, message, "let a site take it and keep it orderable")
    elif first is not None and span.end_month <= first.first_month:
        message = f"{name} is available from {first.label}, after {span.label}"
        report.problem(loc, message, "commit it to a later span")


def buyable(scenario: Scenario, accelerator: Accelerator) -> bool:
    """Return whether an accelerator can be bought at all in this scenario."""
    supply = scenario.spec.supply.get(accelerator.name)
    if supply is not None and all(step.limit == 0 for step in supply.steps):
        return False
    taken = any(site.takes(accelerator) for site in scenario.spec.sites)
    return accelerator.orderable and taken


def _transfers(report: Report) -> None:
    offer = report.scenario.spec.transfers
    for name in (offer.accelerators or ()) if offer else ():
        loc: Loc = ("transfers", "accelerators")
        report.known(loc, name, report.scenario.accelerators, "accelerators")


def _purchases(report: Report) -> None:
    scenario = report.scenario
    for name, accelerator in scenario.accelerators.items():
        at: Loc = ("accelerators", name)
        if not buyable(scenario, accelerator):
            continue
        if accelerator.price.system is None:
            report.problem(
                (*at, "price", "system"),
                f"{name} can be bought but has no price",
                "write e.g. 'price: {system: 31 kUSD}', or 'orderable: false'",
            )
        else:
            report.covered((*at, "price", "system"), accelerator.price.system)
        if accelerator.price.network is not None:
            report.covered((*at, "price", "network"), accelerator.price.network)
        if accelerator.lifetime is None:
            report.problem(
                (*at, "lifetime"),
                f"{name} can be bought but has no lifetime",
                "write e.g. 'lifetime: 5.5 year', or 'orderable: false'",
            )
        if name not in scenario.spec.supply:
            report.warn(at, f"{name} has no supply limit; any number can be bought")

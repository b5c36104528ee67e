"""A commitment in words: what is ordered in any case, and how it turns out."""

from collections.abc import Sequence
from itertools import accumulate

from planner.cli.format import count, money, percent, power
from planner.cli.options import Terminal
from planner.cli.tables import Column, Screen, Table
from planner.plan.words import certificate_line
from planner.report.charts import Axis, Chart, Line, scaled
from planner.sweep.robust import LISTED, Outcome, Robust

SHOWN = 12
"""Alternatives that the text shows; -v shows all."""
_REFERENCES = {
    "mean": "the mean of every input",
    "as_it_stands": "the scenario as it stands",
}


def robust_text(found: Robust, terminal: Terminal) -> None:
    """Print a commitment; with ``-q`` its headline alone."""
    screen = Screen()
    screen.line(_headline(found))
    if terminal.quiet:
        return
    columns = Column("figure"), Column("value", number=True), Column("note")
    screen.table(Table("", columns, _facts(found), header=False))
    if found.no_comparison:
        other = _REFERENCES[found.reference]
        screen.line(f"What is best for {other} {found.no_comparison}.")
    committed = _committed(found)
    screen.table(committed)
    if not committed.rows:
        screen.heading("Nothing is committed beforehand")
    shown = _worst(found, None if terminal.verbose else SHOWN)
    screen.table(_outcomes(found, shown))
    if len(shown) < len(found.outcomes):
        screen.line(f"{len(found.outcomes) - len(shown)} better ones: -v")
    screen.line()
    screen.line(certificate_line(found.certificate))
    size = f"{found.columns:,} variables, {found.rows:,} constraints"
    screen.line(f"One program of {len(found.outcomes):,} alternatives: {size}")


def _what(found: Robust) -> str:
    return "profit" if found.objective == "maximize_value" else "cost"


def _headline(found: Robust) -> str:
    what, number = _what(found), len(found.outcomes)
    kind, _, level = found.criterion.partition(":")
    texts = {
        "expected": f"expected {what} {money(found.expected_usd)}",
        "regret": f"regret at most {money(found.value_usd)}",
        "cvar": f"mean {what} of the worst {_tail(level)} {money(found.value_usd)}",
    }
    plural = "" if number == 1 else "s"
    return (
        f"{found.scenario}: one commitment for {number:,} alternative{plural}; "
        + (texts[kind])
    )


def _tail(level: str) -> str:
    return percent(1 - float(level)) if level else ""


def _facts(found: Robust) -> list[list[str]]:
    """Return the figures: name, value, note."""
    what = _what(found)
    sign = 1 if what == "profit" else -1
    worst = min(found.outcomes, key=lambda x: sign * x.value_usd)
    regret = max(found.outcomes, key=lambda x: x.regret_usd)
    criterion = {"expected": "", "regret": " in the largest regret"}.get(
        found.criterion, f" in {found.criterion}"
    )
    known = money(found.perfect_information_usd)
    facts = [
        [f"expected {what}", money(found.expected_usd), ""],
        [f"worst {what}", money(worst.value_usd), f"in {worst.name}"],
        ["largest regret", money(regret.regret_usd), f"in {regret.name}"],
        ["perfect information", known, f"what knowing beforehand gains{criterion}"],
    ]
    if found.stochastic_solution_usd is not None:
        gain = money(found.stochastic_solution_usd)
        other = _REFERENCES[found.reference]
        note = f"what this gains over a plan for {other}{criterion}"
        facts.append(["stochastic solution", gain, note])
    return facts


def _committed(found: Robust) -> Table:
    done = found.committed
    rows = [
        [
            x.period,
            x.accelerator,
            x.site,
            count(x.count),
            f"order by {x.order_by}{' (placed)' if x.placed else ''}",
            _less(x.less_in),
        ]
        for x in done.purchases
    ]
    rows += [
        [x.period, "power", x.site, power(x.mw), "", _less(x.less_in)]
        for x in done.expansions
    ]
    rows += [
        [x.period, x.accelerator, x.offer, count(x.count), "lease", _less(x.less_in)]
        for x in done.leases
    ]
    rows.sort(key=lambda row: row[0])
    columns = [
        Column("period"),
        Column("what"),
        Column("where"),
        Column("count", number=True),
        Column(""),
        Column("less may come in"),
    ]
    if not any(row[-1] for row in rows):
        rows, columns = [row[:-1] for row in rows], columns[:-1]
    return Table("Committed in any case", tuple(columns), rows, keys=2)


def _less(names: Sequence[str]) -> str:
    """Return in which alternatives not all of an order has to come."""
    if len(names) > LISTED:
        return f"{len(names):,} alternatives"
    return ", ".join(names)


def _worst(found: Robust, most: int | None) -> list[Outcome]:
    """Return outcomes as they stand, or so many, the largest regret first."""
    every = list(found.outcomes)
    if most is None or len(every) <= most:
        return every
    return sorted(every, key=lambda x: -x.regret_usd)[:most]


def _outcomes(found: Robust, shown: Sequence[Outcome]) -> Table:
    what = _what(found)
    names = ("probability", what, "planned alone", "regret")
    columns = (
        Column("alternative"),
        *(Column(name, number=True) for name in names),
        Column("serves"),
    )
    rows = [
        [
            x.name,
            percent(x.probability),
            money(x.value_usd),
            money(x.alone_usd),
            money(x.regret_usd),
            _served(x),
        ]
        for x in shown
    ]
    title = "How it turns out"
    if len(shown) < len(found.outcomes):
        title += f" (the {len(shown)} with the largest regret)"
    return Table(title, columns, rows)


def _served(outcome: Outcome) -> str:
    return ", ".join(
        f"{name.partition('.')[2]} {percent(share)}"
        for name, share in outcome.figures.items()
        if name.startswith(("served.", "completed."))
    )


def picture(found: Robust) -> Chart:
    """Return how likely each result is at most, with what is committed and without."""
    outcomes, what = found.outcomes, _what(found)
    both = {
        "with this commitment": [(x.value_usd, x.probability) for x in outcomes],
        "each planned alone": [(x.alone_usd, x.probability) for x in outcomes],
    }
    unit, _ = scaled("USD", [usd for pairs in both.values() for usd, _ in pairs])
    lines = tuple(_at_most(name, pairs, unit) for name, pairs in both.items())
    title = f"{found.scenario}: how one commitment turns out ({found.criterion})"
    return Chart(title, Axis(what, unit), Axis("probability of at most", "%"), lines)


def _at_most(name: str, pairs: Sequence[tuple[float, float]], unit: str) -> Line:
    """Return the probability that amounts are at most so much, as steps."""
    size = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}[unit.removesuffix("USD")]
    ordered = sorted(pairs)
    amounts = [usd / size for usd, _ in ordered]
    reached = [100 * x for x in accumulate(p for _, p in ordered)]
    return Line(name, [amounts[0], *amounts], [0.0, *reached], steps=True)

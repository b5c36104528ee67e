"""What a plan costs and earns: present parts, nominal cash, budgets, metrics."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields

from planner.economics.money import USD_PER_MUSD, discount_factor, residual_value
from planner.economics.ownership import owned_hour_usd
from planner.formulation.coefficients import Coefficients
from planner.plan.equivalents import equivalents
from planner.plan.leases import hourly_usd, hours_of, rents_of
from planner.plan.rows import CostRow, Metrics, Parts, RunRow
from planner.plan.values import Values
from planner.records import dataclass
from planner.specs.scenario import Scenario
from planner.specs.workload import TrainingRun
from planner.units import magnitude

FINISHED = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Ledger:
    """Nominal cash, energy and carbon of one plan.

    Attributes:
        purchases: [USD], keyed by T.
        expansion: [USD], keyed by T.
        transfers: [USD], keyed by T.
        energy: [USD], keyed by T.
        maintenance: [USD], keyed by T.
        energy_mwh: At the meter, keyed by T.
        co2e_t: Keyed by T.
        run_mwh: Energy of each run's accelerators while they run, keyed by R.
        run_energy: The same [USD].
        run_hours: Accelerator-hours on owned sites, keyed by R x A x T.
        leases: [USD], keyed by T.
        run_leased_hours: Accelerator-hours on leases, keyed by R.
        run_leases: The same [USD].
    """

    purchases: dict[int, float]
    expansion: dict[int, float]
    transfers: dict[int, float]
    energy: dict[int, float]
    maintenance: dict[int, float]
    energy_mwh: dict[int, float]
    co2e_t: dict[int, float]
    run_mwh: dict[str, float]
    run_energy: dict[str, float]
    run_hours: dict[tuple[str, str, int], float]
    leases: dict[int, float]
    run_leased_hours: dict[str, float]
    run_leases: dict[str, float]

    @property
    def capex(self) -> dict[int, float]:
        """Return purchases and expansions [USD], keyed by T."""
        both = defaultdict(float, self.purchases)
        for t, usd in self.expansion.items():
            both[t] += usd
        return both


def ledger_of(scenario: Scenario, c: Coefficients, x: Values) -> Ledger:
    """Return what happens in each period, undiscounted."""
    book = Ledger(*(defaultdict(float) for _ in fields(Ledger)))
    idle_mw, extra_mw = _draws(scenario)
    electricity, carbon = _energy_prices(scenario)
    for (a, _, t), count in x.added.items():
        book.purchases[t] += count * c.price_musd[a, t] * USD_PER_MUSD
    for (s, t), mw in x.expanded.items():
        book.expansion[t] += mw * c.expansions.orders[s, t].cost_musd * USD_PER_MUSD
    for (a, _, _, t), count in x.moved.items():
        book.transfers[t] += count * c.leaving.moving_musd[a] * USD_PER_MUSD
    for (a, s, t), count in x.installed.items():
        rate = scenario.accelerators[a].price.yearly_maintenance
        price = c.price_musd.get((a, t), 0.0) * USD_PER_MUSD
        book.maintenance[t] += rate * c.clock.months[t] / 12 * price * count
        mwh = scenario.sites[s].pue * c.clock.hours[t] * idle_mw[a] * count
        _burn(book, t, mwh, electricity[s, t], carbon[s, t])
    runs = set(c.work.runs)
    for (a, s, w, t, block), count in x.assigned.items():
        hours = c.clock.hours[t] * c.clock.blocks[block] * count
        if s in c.leases.at:
            if w in runs:
                book.run_leased_hours[w] += hours
                book.run_leases[w] += hours * hourly_usd(c, c.leases.at[s], t)
            continue
        pue, use = scenario.sites[s].pue, c.work.use[w]
        mwh = pue * hours * use * extra_mw[a]
        _burn(book, t, mwh, electricity[s, t], carbon[s, t])
        if w in runs:
            drawn = mwh + pue * hours * idle_mw[a]
            book.run_mwh[w] += drawn
            book.run_energy[w] += drawn * electricity[s, t]
            book.run_hours[w, a, t] += hours
    for (_, t), usd in rents_of(c, hours_of(c, x)).items():
        book.leases[t] += usd
    return book


def _draws(scenario: Scenario) -> tuple[dict[str, float], dict[str, float]]:
    """Return idle draw, and what load adds to it, of each accelerator [MW]."""
    idle = {
        name: magnitude(a.power.without_load, "MW")
        for name, a in scenario.accelerators.items()
    }
    extra = {
        name: magnitude(a.power.under_load, "MW") - idle[name]
        for name, a in scenario.accelerators.items()
    }
    return idle, extra


def _energy_prices(
    scenario: Scenario,
) -> tuple[dict[tuple[str, int], float], dict[tuple[str, int], float]]:
    """Return price [USD/MWh] and carbon [t/MWh] of energy, keyed by S x T."""
    electricity, carbon = {}, {}
    for site in scenario.spec.sites:
        for t, period in enumerate(scenario.periods):
            price, dirt = site.electricity.level(period), site.carbon.level(period)
            if price is not None and dirt is not None:
                electricity[site.name, t] = magnitude(price, "USD/MWh")
                carbon[site.name, t] = magnitude(dirt, "t/MWh")
    return electricity, carbon


def _burn(
    book: Ledger, t: int, mwh: float, usd_per_mwh: float, t_per_mwh: float
) -> None:
    book.energy_mwh[t] += mwh
    book.energy[t] += mwh * usd_per_mwh
    book.co2e_t[t] += mwh * t_per_mwh


def cost_rows(c: Coefficients, book: Ledger) -> tuple[CostRow, ...]:
    """Return the nominal cash of every period."""
    capex = book.capex
    return tuple(
        CostRow(
            period=label,
            capex_usd=capex.get(t, 0.0),
            energy_usd=book.energy.get(t, 0.0),
            maintenance_usd=book.maintenance.get(t, 0.0),
            lease_usd=book.leases.get(t, 0.0),
            energy_mwh=book.energy_mwh.get(t, 0.0),
            co2e_t=book.co2e_t.get(t, 0.0),
            transfer_usd=book.transfers.get(t, 0.0),
        )
        for t, label in enumerate(c.clock.labels)
    )


def parts_of(scenario: Scenario, c: Coefficients, x: Values, book: Ledger) -> Parts:
    """Return the present $ that add up to the objective."""
    clock, rate = c.clock, c.clock.yearly_rate
    sign = -1.0 if scenario.spec.objective == "maximize_value" else 1.0
    mid = [discount_factor(rate, years) for years in clock.mid_years]
    start = [discount_factor(rate, years) for years in clock.start_years]
    residual = _kept_musd(c, x) - c.leaving.sunk_musd
    for (a, _, t), count in () if c.leaving.early else x.added.items():
        life = scenario.accelerators[a].lifetime_months
        if life is not None:
            residual += count * residual_value(
                c.price_musd[a, t],
                c.price_musd[a, clock.count - 1],
                paid_years=clock.start_years[t],
                end_years=clock.end_years,
                lifetime_years=life / 12,
                yearly_rate=rate,
            )
    residual += sum(
        mw * c.expansions.orders[key].residual_musd for key, mw in x.expanded.items()
    )
    return Parts(
        served_value=sum(
            _filled(c.work.served_pieces[key], share) for key, share in x.served.items()
        )
        * USD_PER_MUSD,
        run_value=sum(run_value(c, x, run) for run in x.completed),
        energy=_present(sign, book.energy, mid),
        maintenance=_present(sign, book.maintenance, mid),
        purchases=_present(sign, book.purchases, start),
        expansion=_present(sign, book.expansion, start),
        leases=_present(sign, book.leases, mid),
        residual=-sign * residual * USD_PER_MUSD + 0.0,
        transfers=_present(sign, book.transfers, start),
    )


def _present(
    sign: float, usd: Mapping[int, float], discounts: Sequence[float]
) -> float:
    """Return amounts by period as one present amount; nothing is 0, never -0."""
    return sign * sum(amount * discounts[t] for t, amount in usd.items()) + 0.0


def _kept_musd(c: Coefficients, x: Values) -> float:
    """Return what is worth something at the end, where some may be scrapped."""
    worth = {
        (*place, each.label): each.residual_musd
        for place, cohorts in c.leaving.cohorts.items()
        for each in cohorts
    }
    return sum(count * worth[key] for key, count in x.kept.items())


def run_value(c: Coefficients, x: Values, run: str) -> float:
    """Return what the objective counts for a run, finished or not [present $]."""
    return _filled(c.work.completed_pieces[run], x.completed[run]) * USD_PER_MUSD


def _filled(pieces: tuple, share: float) -> float:  # type: ignore[type-arg]  # pieces of a value
    """Return the worth of a share that fills the steps in order."""
    worth = 0.0
    for piece in pieces:
        taken = min(share, piece.width)
        worth += taken * piece.value_musd
        share -= taken
    return worth


def run_rows(
    scenario: Scenario, c: Coefficients, x: Values, book: Ledger
) -> tuple[RunRow, ...]:
    """Return every run: how far it comes, where, with what, at what cost."""
    used: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for a, s, w, t, _ in x.assigned:
        used[w].append((a, s, t))
    rows = []
    for name in c.work.runs:
        run = scenario.workloads[name]
        cells = used.get(name, [])
        times = sorted(t for _, _, t in cells)
        hours = {(a, t): h for (w, a, t), h in book.run_hours.items() if w == name}
        tokens = magnitude(run.tokens, "token") if isinstance(run, TrainingRun) else 0.0
        rows.append(
            RunRow(
                workload=name,
                completed_fraction=x.completed[name],
                first_period=c.clock.labels[times[0]] if times else None,
                last_period=c.clock.labels[times[-1]] if times else None,
                sites=tuple(sorted({s for _, s, _ in cells})),
                accelerators=tuple(sorted({a for a, _, _ in cells})),
                accelerator_hours=sum(hours.values())
                + book.run_leased_hours.get(name, 0.0),
                tokens=tokens * x.completed[name],
                energy_mwh=book.run_mwh.get(name, 0.0),
                cost_usd=_run_cost(scenario, hours, book, name),
                value_usd=run_value(c, x, name),
            )
        )
    return tuple(rows)


def _run_cost(
    scenario: Scenario,
    hours: Mapping[tuple[str, int], float],
    book: Ledger,
    run: str,
) -> float | None:
    """Return straight-line capital, maintenance, energy and leases of a run.

    Nominal, at the price of the period that the accelerator-hours fall in.
    """
    total = book.run_energy.get(run, 0.0) + book.run_leases.get(run, 0.0)
    for (a, t), count in hours.items():
        hourly = owned_hour_usd(scenario.accelerators[a], scenario.periods[t])
        if hourly is None:
            return None
        total += count * hourly
    return total


def metrics_of(
    scenario: Scenario,
    c: Coefficients,
    x: Values,
    book: Ledger,
    *,
    value_usd: float,
    h100_flop_s: float | None,
) -> Metrics:
    """Return the figures that plans are compared by."""
    last = c.clock.count - 1
    counts: dict[str, float] = defaultdict(float)
    for (a, _, t), count in x.installed.items():
        if t == last:
            counts[a] += count
    maximize = scenario.spec.objective == "maximize_value"
    power = [0.0] * c.clock.count
    for (a, s, t), count in x.installed.items():
        power[t] += c.facility_mw[a, s] * count
    return Metrics(
        profit_usd=value_usd if maximize else None,
        cost_usd=None if maximize else value_usd,
        capex_usd=sum(book.capex.values()),
        opex_usd=sum(
            sum(cash.values())
            for cash in (book.energy, book.maintenance, book.leases, book.transfers)
        ),
        peak_power_mw=max(power),
        energy_mwh=sum(book.energy_mwh.values()),
        co2e_t=sum(book.co2e_t.values()),
        accelerators=sum(counts.values()),
        h100_equivalents=equivalents(scenario, counts, h100_flop_s),
        unserved_fraction=_unserved(c, x),
        unfinished_runs=sum(share < FINISHED for share in x.completed.values()),
    )


def _unserved(c: Coefficients, x: Values) -> float:
    """Return 1 − the mean over services of their served share, by hours."""
    shares = []
    for name, cells in c.work.live.items():
        hours = [c.clock.blocks[b] * c.clock.hours[t] for t, b in cells]
        if not cells:
            continue
        served = sum(
            x.served[name, t, b] * h for (t, b), h in zip(cells, hours, strict=True)
        )
        shares.append(served / sum(hours))
    return 1 - sum(shares) / len(shares) if shares else 0.0

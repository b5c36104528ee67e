"""From the planner's coefficients to plain arrays."""

import numpy as np

from planner.formulation.clock import ALL_DAY
from planner.formulation.coefficients import Coefficients
from planner.formulation.places import due_keys
from tests.benchmarks.peers.data import Data, Floats, Ints


def data_of(c: Coefficients) -> Data:
    """Return the numbers of a large scenario as arrays, dense in all sets."""
    (block,) = c.clock.blocks
    assert ALL_DAY not in c.blocks_of(c.work.runs[0])
    types, sites = list(c.availability), _second(c.facility_mw)
    services, runs, periods = c.work.services, c.work.runs, range(c.clock.count)
    stands = [types, sites, periods]
    due = due_keys(c)
    return Data(
        scale=c.scale,
        start=_table(lambda a, s: c.fleet.start.get((a, s), 0.0), types, sites),
        expired=_table(lambda *key: c.fleet.expired.get(key, 0.0), *stands),
        due=_table(lambda *key: key in due, *stands) > 0,
        retires=_table(
            lambda a, t: c.fleet.retires.get((a, t), c.clock.count), types, periods
        ).astype(np.int64),
        availability=_table(lambda a: c.availability[a], types),
        facility_mw=_table(lambda *key: c.facility_mw[key], types, sites),
        site_power_mw=_table(lambda *key: c.site_power_mw[key], sites, periods),
        power_budget_mw=_table(lambda t: c.power_budget_mw[t], periods),
        price_musd=_table(lambda *key: c.price_musd[key], types, periods),
        charge_musd=_table(lambda *key: c.charge_musd[key], types, periods),
        capex_span=_spans([span.periods for span in c.capex_spans], c.clock.count),
        capex_limit_musd=np.array([span.limit for span in c.capex_spans]),
        supply_span=_supply_spans(c, types[0]),
        supply_limit=np.array(
            [[x.limit for x in c.fleet.supply if x.accelerator == a] for a in types]
        ),
        installed_musd=_table(lambda *key: c.installed_musd[key], *stands),
        busy_musd=_table(lambda *key: c.busy_musd[key], *stands),
        use=_table(lambda w: c.work.use[w], [*services, *runs]),
        discount=np.array(c.clock.mid_discounts),
        demand_share=_table(
            lambda v, a, t: c.work.demand_share[a, v, t, block],
            services,
            types,
            periods,
        ),
        minimum=_table(lambda v: c.work.minimum[v], services),
        served_width=_steps(c, block, "width"),
        served_musd=_steps(c, block, "value_musd"),
        work_share=_table(
            lambda r, a, t: c.work.work_share[a, r, t, block], runs, types, periods
        ),
        run_weight=_table(lambda r, a: c.work.maximum[r][a], runs, types),
        completed_musd=_table(lambda r: c.work.completed_pieces[r][0].value_musd, runs),
    )


def _table(number, *sets) -> Floats:  # noqa: ANN001, ANN002  # of any sets
    """Return numbers of every combination of sets as an array, an axis each."""
    shape = [len(one) for one in sets]
    found = np.empty(shape)
    for place in np.ndindex(*shape):
        key = (one[i] for one, i in zip(sets, place, strict=True))
        found[place] = number(*key)
    return found


def _second(keyed) -> list[str]:  # noqa: ANN001  # by any pair
    return list(dict.fromkeys(second for _, second in keyed))


def _spans(spans: list[tuple[int, ...]], periods: int) -> Ints:
    """Return the number of the span of every period, each of which has one."""
    found = np.full(periods, -1)
    for number, span in enumerate(spans):
        found[list(span)] = number
    assert found.min() >= 0
    return found


def _supply_spans(c: Coefficients, a: str) -> Ints:
    spans = [x.periods for x in c.fleet.supply if x.accelerator == a]
    return _spans(spans, c.clock.count)


def _steps(c: Coefficients, block: str, field: str) -> Floats:
    return np.array(
        [
            [
                [getattr(step, field) for step in c.work.served_pieces[v, t, block]]
                for t in range(c.clock.count)
            ]
            for v in c.work.services
        ]
    )

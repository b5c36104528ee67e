"""What is minimised: costs less values, in present MUSD."""

from planner.formulation.coefficients import Coefficients
from planner.formulation.rows import Pair
from planner.formulation.variables import Variables


def net_cost(c: Coefficients, v: Variables) -> list[Pair]:
    """Return every column's present cost less its value [MUSD].

        Σ charge·added + Σ (maintenance + idle energy)·installed
          + Σ σ_b·use_w·(active − idle energy)·assigned
          − Σ value·served − Σ value·completed

    Under minimize_cost values are 0.
    """
    pairs: list[Pair] = []
    for (a, _, t), column in v.added.columns.items():
        pairs.append((column, c.charge_musd[a, t] * c.scale))
    for (a, s, t), column in v.installed.columns.items():
        pairs.append((column, c.installed_musd[a, s, t] * c.scale))
    for (a, s, w, t, b), column in v.assigned.columns.items():
        used = c.clock.blocks[b] * c.work.use[w]
        pairs.append((column, c.busy_musd[a, s, t] * used * c.scale))
    for (w, t, b, k), column in v.served.columns.items():
        pairs.append((column, -c.work.served_pieces[w, t, b][k].value_musd))
    for (run, k), column in v.completed.columns.items():
        pairs.append((column, -c.work.completed_pieces[run][k].value_musd))
    return pairs

"""The constraints as they are documented where they are written."""

import inspect
import re

from planner.formulation.constraints import CONSTRAINTS, Constraint
from planner.formulation.objective import net_cost

_FACT = re.compile(r"(Rows|Unit|Price): (.*?)(?:\.(?= [A-Z]|$)|$)", re.DOTALL)


def constraints_text() -> str:
    """Return a table of all constraints, and a section with each one's equation."""
    head = ["| constraint | rows | unit | price |", "|---|---|---|---|"]
    rows = [_row(each) for each in CONSTRAINTS]
    sections = [f"## {each.__name__}\n\n{_doc(each)}" for each in CONSTRAINTS]
    return "\n".join([*head, *rows]) + "\n\n" + "\n\n".join(sections)


def objective_text() -> str:
    """Return what the objective is made of."""
    return inspect.getdoc(net_cost) or ""


def _row(constraint: Constraint) -> str:
    stated = _FACT.findall(_last(constraint))
    facts = {name: " ".join(said.split()) for name, said in stated}
    cells = [facts.get(key, "") for key in ("Rows", "Unit", "Price")]
    return f"| `{constraint.__name__}` | {' | '.join(cells)} |"


def _last(constraint: Constraint) -> str:
    """Return the paragraph that states rows, unit and price."""
    return _doc(constraint).rpartition("\n\n")[2]


def _doc(constraint: Constraint) -> str:
    return inspect.getdoc(constraint) or ""

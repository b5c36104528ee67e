"""What commands fall back on: the defaults of economics.yaml."""

from collections.abc import Sequence

from planner.documents import plain
from planner.errors import InputError, Problem
from planner.specs.catalogue import Catalogue
from planner.specs.economics import Economics
from planner.specs.structure import structure
from planner.units import magnitude


def economics(data_dirs: Sequence[str] = ()) -> Economics:
    """Return the defaults of the first ``scenarios/common/economics.yaml``.

    Raises:
        InputError: It is missing or wrong.
    """
    problems: list[Problem] = []
    document = Catalogue.of(data_dirs).load("scenarios/common", "economics", problems)
    if document is None:
        missing = Problem("economics.yaml", 0, 0, "", "is in no data folder")
        raise InputError(problems or [missing])
    spec = structure(Economics, document.root, plain(document.root), problems)
    if spec is None:
        raise InputError(problems)
    return spec


def facility_usd_per_mw(data_dirs: Sequence[str] = ()) -> float | None:
    """Return the capex of one MW of facility power, PUE taken out [USD]."""
    try:
        defaults = economics(data_dirs)
    except InputError:
        return None
    return magnitude(defaults.facility.cost_per_it_mw, "USD/MW") / defaults.pue

"""A scenario of any size, all of the same make: what everything here is measured on."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

KINDS = 6
"""After so many sites or accelerators their properties come round again."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a scenario is.

    Attributes:
        accelerators: Types of them, A.
        sites: S.
        services: V.
        runs: Training runs, R.
        months: Periods, T.
    """

    accelerators: int
    sites: int
    services: int
    runs: int
    months: int

    @property
    def assignments(self) -> int:
        """Return the columns that assign an accelerator: A x S x (V + R) x T."""
        pairs = self.accelerators * (self.services + self.runs)
        return pairs * self.sites * self.months


SIZES = {
    "1e2": Size(accelerators=3, sites=2, services=3, runs=1, months=5),
    "1e4": Size(accelerators=6, sites=6, services=10, runs=2, months=24),
    "1e5": Size(accelerators=8, sites=12, services=27, runs=3, months=36),
    "1e6": Size(accelerators=12, sites=40, services=54, runs=6, months=40),
}
"""Named by their assignments: 120, 10,368, 103,680 and 1,152,000 of them."""


def large_scenario(size: Size = SIZES["1e4"]) -> Scenario:
    """Return a scenario of a size, read from text as any other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.yaml")
        path.write_text(json.dumps(document(size)))  # JSON is YAML
        return load_scenario(path)


def document(size: Size) -> dict[str, Any]:
    """Return a scenario as its file holds it; budgets grow with the workloads."""
    names = [f"chip_{number}" for number in range(size.accelerators)]
    workloads = size.services + size.runs
    return {
        "name": "large",
        "horizon": {"start": "2026-01", "periods": size.months},
        "discount_rate": "8 %/year",
        "accelerators": [_accelerator(number) for number in range(size.accelerators)],
        "sites": [_site(number) for number in range(size.sites)],
        "fleet": [
            {
                "site": f"site_{number}",
                "accelerator": names[number % size.accelerators],
                "count": 4000 + 500 * (number % KINDS),
                "installed": "2023-06",
            }
            for number in range(size.sites)
        ],
        "budgets": {
            "capex": {"2026": f"{125 * workloads} MUSD"},
            "power": f"{12.5 * workloads} MW",
        },
        "supply": {name: {"2026Q1": 3000, "2026Q3": 5000} for name in names},
        "workloads": [
            *(_service(number, names) for number in range(size.services)),
            *(_run(number, names) for number in range(size.runs)),
        ],
    }


def _accelerator(number: int) -> dict[str, Any]:
    return {
        "name": f"chip_{number}",
        "vendor": "acme",
        "power": {
            "nameplate": f"{900 + 170 * number} W",
            "active": f"{700 + 120 * number} W",
            "idle": f"{200 + 30 * number} W",
        },
        "price": {"system": f"{18 + 5 * number} kUSD", "maintenance": "4 %/year"},
        "lifetime": f"{3 + 0.5 * number} year",
        "reliability": {"availability": f"{95 + 0.5 * (number % KINDS)} %"},
    }


def _site(number: int) -> dict[str, Any]:
    kind = number % KINDS
    return {
        "name": f"site_{number}",
        "power": {
            "2026-01": f"{18 + 3 * kind} MW",
            "2027-01": f"{25 + 4 * kind} MW",
        },
        "pue": 1.08 + 0.03 * kind,
        "electricity": f"{45 + 9 * kind} USD/MWh",
        "carbon": "0.4 kg/kWh",
    }


def _service(number: int, names: list[str]) -> dict[str, Any]:
    return {
        "name": f"service_{number}",
        "kind": "inference",
        "throughput": _throughput(names, number, 20 + 7 * number, "request/s"),
        "demand": {"2026-01": f"{90 + 35 * number} krequest/s", "growth": "2 %/month"},
        "peak_to_average": 1.2 + 0.05 * (number % 4),
        "headroom": "15 %",
        "value": [
            {"up_to": "60 %", "value": f"{4 + 0.7 * number} USD/Mrequest"},
            {"up_to": "100 %", "value": f"{1.5 + 0.3 * number} USD/Mrequest"},
        ],
        "minimum": "10 %",
    }


def _run(number: int, names: list[str]) -> dict[str, Any]:
    return {
        "name": f"run_{number}",
        "kind": "training",
        "throughput": _throughput(names, number, 500 + 40 * number, "token/s"),
        "tokens": f"{60 + 40 * number} Ttoken",
        "accelerators": {"maximum": 6000 + 2000 * number},
        "value": f"{120 + 90 * number} MUSD",
    }


def _throughput(names: list[str], skew: int, base: float, unit: str) -> dict[str, str]:
    """Return rates that order accelerators differently for every workload."""
    factors = [
        1 + 0.35 * number + 0.11 * ((3 * number + skew) % 5)
        for number in range(len(names))
    ]
    rates = [f"{base * factor:.3f} {unit}" for factor in factors]
    return dict(zip(names, rates, strict=True))

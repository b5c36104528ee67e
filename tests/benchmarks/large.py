"""A scenario of about 10,000 assignment columns, and its program."""

import json
import tempfile
from pathlib import Path
from typing import Any

from planner.specs.load import load_scenario
from planner.specs.scenario import Scenario

ACCELERATORS, SITES, SERVICES, RUNS, MONTHS = 6, 6, 10, 2, 24


def large_scenario() -> Scenario:
    """Return 6 accelerators x 6 sites x 12 workloads x 24 months, read from text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.yaml")
        path.write_text(json.dumps(_document()))  # JSON is YAML
        return load_scenario(path)


def _document() -> dict[str, Any]:
    names = [f"chip_{number}" for number in range(ACCELERATORS)]
    return {
        "name": "large",
        "horizon": {"start": "2026-01", "periods": MONTHS},
        "discount_rate": "8 %/year",
        "accelerators": [_accelerator(number) for number in range(ACCELERATORS)],
        "sites": [_site(number) for number in range(SITES)],
        "fleet": [
            {
                "site": f"site_{number}",
                "accelerator": names[number % ACCELERATORS],
                "count": 4000 + 500 * number,
                "installed": "2023-06",
            }
            for number in range(SITES)
        ],
        "budgets": {"capex": {"2026": "1.5 GUSD"}, "power": "150 MW"},
        "supply": {name: {"2026Q1": 3000, "2026Q3": 5000} for name in names},
        "workloads": [
            *(_service(number, names) for number in range(SERVICES)),
            *(_run(number, names) for number in range(RUNS)),
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
        "reliability": {"availability": f"{95 + 0.5 * number} %"},
    }


def _site(number: int) -> dict[str, Any]:
    return {
        "name": f"site_{number}",
        "power": {
            "2026-01": f"{18 + 3 * number} MW",
            "2027-01": f"{25 + 4 * number} MW",
        },
        "pue": 1.08 + 0.03 * number,
        "electricity": f"{45 + 9 * number} USD/MWh",
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

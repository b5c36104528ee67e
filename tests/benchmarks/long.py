"""A scenario of 20,000 lines, as one who writes every key on its own line would."""

from collections.abc import Iterator

LINES = 20_000
SITES, ENTRIES = 400, 1400
TYPES = ("a100", "h100", "h200", "b200")
REGIONS = ("us", "eu", "asia")
HEAD = """name: long
title: A fleet of many sites, written out
currency_year: 2026
horizon: {start: 2026Q1, periods: 8}
objective: maximize_value
discount_rate: 8 %/year
accelerators: [a100, h100, h200, b200]
sources:
  inventory:
    title: Inventory of the operator
    url: https://example.com/inventory
    kind: estimate
    as_of: 2026-01
budgets:
  capex:
    2026: 4 GUSD
    2027: {value: 5 GUSD, source: inventory, note: as guided}
sites:
"""


def long_scenario() -> list[str]:
    """Return its lines: sites and fleet first, then workloads to the last line."""
    lines = HEAD.splitlines()
    for number in range(SITES):
        lines += _site(number)
    lines.append("fleet:")
    for number in range(ENTRIES):
        lines += _entry(number)
    lines.append("workloads:")
    number = 0
    while len(lines) <= LINES - 14:
        lines += _service(number)
        number += 1
    return [*lines, *(f"# line {n + 1}" for n in range(len(lines), LINES))]


def _site(number: int) -> Iterator[str]:
    yield f"  - name: site_{number}"
    yield f"    region: {REGIONS[number % len(REGIONS)]}"
    yield "    power:"
    yield f"      2026Q1: {20 + number % 7} MW"
    yield f"      2027Q1: {{value: {30 + number % 7} MW, source: inventory}}"
    yield f"    pue: {1.1 + number % 5 / 20:.2f}"
    yield "    electricity:"
    yield f"      value: {50 + number % 40} USD/MWh"
    yield "      source: inventory"
    yield f"      note: contract {number}"
    yield "    carbon: 0.35 kg/kWh"


def _entry(number: int) -> Iterator[str]:
    yield f"  - site: site_{number % SITES}"
    yield f"    accelerator: {TYPES[number // SITES % len(TYPES)]}"
    yield f"    count: {64 * (1 + number % 9)}"
    yield f"    installed: {2023 + number % 3}Q{1 + number % 4}"


def _service(number: int) -> Iterator[str]:
    yield f"  - name: service_{number}"
    yield "    kind: inference"
    yield "    demand:"
    yield f"      2026Q1: {100 + number % 50} request/s"
    yield "      growth: 20 %/year"
    yield "    minimum: 0 %"
    yield "    value: 1 USD/Mrequest  # assumed"
    yield "    accelerators:"
    yield "      allowed: [h100, h200, b200]"
    yield "    throughput:"
    yield "      h100: 10 request/s"
    yield "      h200: 12 request/s"
    yield f"      b200: {20 + number % 5} request/s"
    yield f"    sites: [site_{number % SITES}, site_{(number + 1) % SITES}]"

"""The catalogue beside NVIDIA's machine-readable one, where that is installed.

It is the package aiconfigurator-core, which nothing here depends on:
``pip install aiconfigurator-core``.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.documents import plain
from planner.errors import Problem
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.structure import structure
from planner.units import magnitude

pytest.importorskip("aiconfigurator_core")

THEIRS = {
    "a100": "a100_sxm",
    "b200": "b200_sxm",
    "b300": "b300_sxm",
    "gb200": "gb200",
    "gb300": "gb300",
    "h100": "h100_sxm",
    "h100_pcie": "h100_pcie",
    "h200": "h200_sxm",
}
PEAKS = {
    "bf16": "bfloat16_tc_flops",
    "fp8": "fp8_tc_flops",
    "fp4": "fp4_tc_flops",
    "int8": "int8_tc_flops",
}
ROUNDING = 0.001
"""The same number with other digits: 1,978 beside 1,979 TFLOP/s."""
REPORTED = 0.01
"""They print memory as labelled, in GiB; drivers report up to this share less."""

RACK = "NVIDIA's benchmark table rates a GPU of the rack 2 % lower than the sheet"
DIFFERENT = {
    ("b300", "fp4"): "NVIDIA's benchmark table has 13.5 PFLOP/s, the sheet 14",
    ("gb200", "bf16"): RACK,
    ("gb200", "fp8"): RACK,
    ("gb200", "fp4"): RACK,
    ("gb300", "bf16"): RACK,
    ("gb300", "fp8"): RACK,
    ("gb300", "fp4"): RACK,
}
"""Known differences and their reasons."""

each = pytest.mark.parametrize("name", sorted(THEIRS))


@cache
def ours(name: str) -> Accelerator:
    problems: list[Problem] = []
    document = Catalogue.of().load("hardware", name, problems)
    assert document is not None
    root = document.root
    found = structure(Accelerator, root, plain(root), problems)
    assert found is not None
    return found


@cache
def theirs(name: str) -> dict[str, Any]:
    """Return what their file says of one GPU: bytes, FLOP/s and watts."""
    package = find_spec("aiconfigurator_core")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("systems") / f"{THEIRS[name]}.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["gpu"]
    assert isinstance(found, dict)
    return found


@each
@pytest.mark.parametrize("precision", PEAKS)
def test_dense_peaks_are_theirs(name: str, precision: str) -> None:
    peak = ours(name).peak.get(precision)
    other = theirs(name).get(PEAKS[precision])
    assert (peak is None) == (other is None)
    if peak is None:
        return
    same = magnitude(peak, "FLOP/s") == pytest.approx(other, rel=ROUNDING)

    assert same == ((name, precision) not in DIFFERENT)


@pytest.mark.parametrize(("name", "precision"), sorted(DIFFERENT))
def test_where_peaks_differ_ours_is_little_lower(name: str, precision: str) -> None:
    peak_flop_s = magnitude(ours(name).peak[precision], "FLOP/s")

    assert 0.96 < peak_flop_s / theirs(name)[PEAKS[precision]] < 1


@each
def test_memory_is_theirs(name: str) -> None:
    memory = ours(name).memory
    assert memory is not None
    capacity_b = magnitude(memory.capacity, "B")
    bandwidth_b_s = magnitude(memory.bandwidth, "B/s")

    assert bandwidth_b_s == pytest.approx(theirs(name)["mem_bw"], rel=ROUNDING)
    least = 1 - REPORTED
    assert least < capacity_b / theirs(name)["mem_capacity"] < 1 + ROUNDING


@each
def test_wall_power_is_plausible_beside_their_tdp(name: str) -> None:
    # Theirs is the chip alone. Ours has its share of host, fans, NICs and power
    # supplies: a half to once more on the label, a sixth to a half more in use.
    power, tdp_w = ours(name).power, theirs(name)["power"]
    assert power.nameplate is not None
    assert power.active is not None

    assert 1.5 < magnitude(power.nameplate, "W") / tdp_w < 2.1
    assert 1.15 < magnitude(power.active, "W") / tdp_w < 1.5

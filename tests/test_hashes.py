"""Numbers of names: those of many at once are those of each."""

from pathlib import Path
from zlib import crc32

import pytest

from planner.pipeline import program_of
from planner.solvers.hashes import number_of, numbers_of
from planner.specs.load import load_scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def test_number_is_the_checksum_of_the_name() -> None:
    assert number_of("assigned", "h100", 3) == crc32(b"assigned__h100__3") / 2**32


@pytest.mark.parametrize("letters", ["aswtb", "awtb", "b", ""])
@pytest.mark.parametrize("scenario", ["quickstart", "night_shift", "lease_or_own"])
def test_many_numbers_are_those_of_each_name(scenario: str, letters: str) -> None:
    family = program_of(load_scenario(SCENARIOS / f"{scenario}.yaml")).v.assigned
    assert family.count
    places = ["aswtb".index(letter) for letter in letters]
    assert numbers_of(family, letters).tolist() == [
        number_of(family.name, *(key[place] for place in places)) for key in family.keys
    ]

"""``planner show``: the resolved scenario, and where each of its values comes from."""

from collections.abc import Sequence
from typing import Any

import yaml

from planner.cli.errors import print_line
from planner.cli.given import Given
from planner.cli.options import Terminal
from planner.cli.output import print_json, print_warnings
from planner.cli.tables import Column, Screen, Table
from planner.specs.confidential import confidential_paths
from planner.specs.inflation import WRITTEN
from planner.specs.origins import Origin, origins, place_of, resolved, yaml_text

_WARNING = "# Confidential values ({count}) are shown as …: this cannot be read back."


class _Dumper(yaml.SafeDumper):
    """Writes a value that is used twice twice: scenarios have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is PyYAML's
        return True


def run(given: Given, terminal: Terminal, *, sources: bool) -> int:
    """Print a resolved scenario or the origins of its values; return 0."""
    scenario = given.load()
    print_warnings(map(str, scenario.warnings), terminal)
    if sources:
        _print_origins(list(origins(scenario, given.data_dirs)), terminal)
    elif terminal.as_json:
        hidden = confidential_paths(scenario)
        print_json({"scenario": resolved(scenario), "confidential": list(hidden)})
    else:
        if hidden := confidential_paths(scenario):
            print_line(_WARNING.format(count=len(hidden)))
        print_line(_as_yaml(resolved(scenario)).rstrip())
    return 0


def _as_yaml(content: dict[str, Any]) -> str:
    text = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88
    )
    return str(text)


def _print_origins(found: Sequence[Origin], terminal: Terminal) -> None:
    if terminal.as_json:
        names = Origin.__slots__
        values = [{name: getattr(each, name) for name in names} for each in found]
        print_json({"values": values})
        return
    columns = (Column("path"), Column("value"), Column("place"), Column("source"))
    rows = [
        [each.path, yaml_text(each.value), place_of(each), _cited(each)]
        for each in found
    ]
    Screen().table(Table("", columns, rows, stacked=True))


def _cited(origin: Origin) -> str:
    """Return the source of a value, and the money that a price is written in."""
    source = origin.source
    rest = [str(source[key]) for key in ("kind", "as_of") if source and source.get(key)]
    if source is not None and source["key"] == source.get("kind"):
        rest = rest[1:]
    if origin.money_of is not None:
        rest.append(f"money of {origin.money_of}")
    if WRITTEN in origin.notes:
        rest.append(f"written {origin.notes[WRITTEN]}")
    key = "no source" if source is None else source["key"]
    return f"{key} ({', '.join(rest)})" if rest else key

"""``planner hardware``: the catalogue, and where its numbers come from."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from planner.cli.errors import fail
from planner.cli.options import Terminal
from planner.cli.output import print_json
from planner.cli.tables import Column, Screen, Table
from planner.documents import Node, plain, walk_leaves
from planner.errors import InputError, Problem
from planner.specs.accelerator import Accelerator
from planner.specs.catalogue import Catalogue
from planner.specs.confidential import HIDDEN, is_hidden, notes_shown
from planner.specs.origins import source_of, yaml_text
from planner.specs.series import Series
from planner.specs.sources import check_sources, is_number, source_kinds
from planner.specs.structure import structure
from planner.units import Quantity, format_quantity, magnitude

_FOLDER = "hardware"
_ABSENT = "-"


def list_all(data_dirs: Sequence[str], terminal: Terminal) -> int:
    """Print every accelerator of the catalogue; return the exit code."""
    catalogue = Catalogue.of(data_dirs)
    problems: list[Problem] = []
    found = [
        entry
        for name in catalogue.names(_FOLDER)
        if (entry := _read(catalogue, name, problems)) is not None
    ]
    if problems:
        return fail(InputError.exit_code, problems, as_json=terminal.as_json)
    if terminal.as_json:
        print_json({"accelerators": [_as_json(*entry) for entry in found]})
    elif terminal.quiet:
        _print_names(found)
    else:
        _print_list(found)
    return 0


def show_one(name: str, data_dirs: Sequence[str], terminal: Terminal) -> int:
    """Print every value of one accelerator with its source; return the exit code.

    Raises:
        InputError: There is no such accelerator, or its file is wrong.
    """
    catalogue = Catalogue.of(data_dirs)
    problems: list[Problem] = []
    if catalogue.path(_FOLDER, name) is None:
        hint = catalogue.hint(_FOLDER, name)
        known = "" if hint else f"known are {', '.join(catalogue.names(_FOLDER))}"
        message = f"{name!r} is not in the catalogue"
        raise InputError([Problem("", 0, 0, "", message, known, hint)])
    entry = _read(catalogue, name, problems)
    if entry is None or problems:
        raise InputError(problems)
    values = _values(entry[1])
    if terminal.as_json:
        print_json({"name": name, "title": entry[0].title, "values": values})
    else:
        _print_values(entry[0], values, terminal)
    return 0


def _read(
    catalogue: Catalogue, name: str, problems: list[Problem]
) -> tuple[Accelerator, Node] | None:
    """Return an accelerator with its document; None with problems added."""
    document = catalogue.load(_FOLDER, name, problems)
    if document is None:
        return None
    root = document.root
    check_sources(root, problems)
    spec = structure(Accelerator, root, plain(root), problems)
    return None if spec is None else (spec, root)


def _print_names(found: Sequence[tuple[Accelerator, Node]]) -> None:
    screen = Screen()
    for accelerator, _ in found:
        screen.line(accelerator.name)


def _print_list(found: Sequence[tuple[Accelerator, Node]]) -> None:
    columns = (
        Column("name"),
        Column("title"),
        Column("vendor", least=6),
        Column("bf16", number=True),
        Column("fp8", number=True),
        Column("memory", number=True),
        Column("bandwidth", number=True),
        Column("wall power", number=True),
        Column("price", number=True),
        Column("$/PFLOP/s", number=True),
        Column("PFLOP/s per kW", number=True),
        Column("lead time", number=True),
        Column("sources of numbers"),
    )
    Screen().table(Table("", columns, [_list_texts(*entry) for entry in found]))
    totals: Counter[str] = Counter()
    for _, root in found:
        totals += source_kinds(root)
    screen = Screen()
    screen.line()
    screen.line(f"{len(found)} accelerators; numbers: {_kinds(totals)}")
    screen.line("peaks are dense; power per accelerator at the wall, before PUE; price")
    screen.line("is system and network per accelerator ('not sold' no longer is);")
    screen.line("PFLOP/s are of bf16, of fp16 where there is no bf16")


def _list_texts(spec: Accelerator, root: Node) -> list[str]:
    memory = spec.memory
    return [
        spec.name,
        spec.title or _ABSENT,
        spec.vendor,
        _text(spec.peak.get("bf16")),
        _text(spec.peak.get("fp8")),
        _text(memory.capacity if memory else None),
        _text(memory.bandwidth if memory else None),
        _text(spec.power.nameplate),
        _text(_price(spec)) if spec.orderable else "not sold",
        _rounded(_usd_per_pflop_s(spec) if spec.orderable else None, ",.0f"),
        _rounded(_pflop_s_per_kw(spec), ".3f"),
        _text(spec.lead_time),
        _kinds(source_kinds(root)),
    ]


def _as_json(spec: Accelerator, root: Node) -> dict[str, Any]:
    memory = spec.memory
    return {
        "name": spec.name,
        "title": spec.title,
        "vendor": spec.vendor,
        "orderable": spec.orderable,
        "runs": list(spec.runs),
        "bf16_flop_s": _number(spec.peak.get("bf16"), "FLOP/s"),
        "fp8_flop_s": _number(spec.peak.get("fp8"), "FLOP/s"),
        "memory_b": _number(memory.capacity if memory else None, "B"),
        "bandwidth_b_s": _number(memory.bandwidth if memory else None, "B/s"),
        "power_w": _number(spec.power.nameplate, "W"),
        "price_usd": _number(_price(spec), "USD"),
        "usd_per_pflop_s": _usd_per_pflop_s(spec),
        "pflop_s_per_kw": _pflop_s_per_kw(spec),
        "lead_time_months": spec.lead_months,
        "numbers": dict(sorted(source_kinds(root).items())),
    }


def _price(spec: Accelerator) -> Quantity | None:
    """Return system plus network price, the latest where they change."""
    system, network = _latest(spec.price.system), _latest(spec.price.network)
    return system if system is None or network is None else system + network


def _usd_per_pflop_s(spec: Accelerator) -> float | None:
    """Return the price of a dense PFLOP/s, USD; None without a price or a peak."""
    price, peak = _number(_price(spec), "USD"), _peak_pflop_s(spec)
    return None if price is None or peak is None else price / peak


def _pflop_s_per_kw(spec: Accelerator) -> float | None:
    """Return the dense PFLOP/s of a kW at the wall; None where no peak is known."""
    power_w, peak = _number(spec.power.nameplate, "W"), _peak_pflop_s(spec)
    return None if not power_w or peak is None else peak / (power_w / 1e3)


def _peak_pflop_s(spec: Accelerator) -> float | None:
    """Return the dense peak of bf16, else of fp16; None where neither is there."""
    peak_flop_s = _number(spec.peak.get("bf16", spec.peak.get("fp16")), "FLOP/s")
    return peak_flop_s / 1e15 if peak_flop_s else None


def _latest(series: Series | None) -> Quantity | None:
    return None if series is None else series.steps[-1].value


def _text(quantity: Quantity | None) -> str:
    return _ABSENT if quantity is None else format_quantity(quantity)


def _number(quantity: Quantity | None, unit: str) -> float | None:
    return None if quantity is None else magnitude(quantity, unit)


def _rounded(number: float | None, form: str) -> str:
    return _ABSENT if number is None else format(number, form)


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in counts.most_common())


def _values(root: Node) -> list[dict[str, Any]]:
    """Return every value of a file with its place, source and notes."""
    return [
        {
            "path": ".".join(map(str, loc)),
            "value": HIDDEN if is_hidden(loc, leaf) else plain(leaf),
            "number": is_number(loc, leaf.value),
            "file": leaf.mark.file,
            "line": leaf.mark.line,
            "source": source_of(leaf.source, [root]),
            **notes_shown(leaf, hidden=is_hidden(loc, leaf)),
        }
        for loc, leaf in walk_leaves(root)
        if loc[0] != "sources"
    ]


def _print_values(
    spec: Accelerator, values: Sequence[dict[str, Any]], terminal: Terminal
) -> None:
    screen = Screen()
    screen.line(f"{spec.name}: {spec.title or spec.vendor}")
    if terminal.quiet:
        return
    columns = ["value of", "value", "source", "kind, as of, confidence"]
    if terminal.verbose:
        columns += ["low, high", "note"]
    rows = [_value_texts(value)[: len(columns)] for value in values]
    screen.table(Table("", tuple(map(Column, columns)), rows, stacked=True))


def _value_texts(value: dict[str, Any]) -> list[str]:
    source = value["source"] or {}
    confidence = value.get("confidence")
    evidence = [
        source.get("kind"),
        source.get("as_of"),
        f"{confidence} confidence" if confidence else None,
        "fitted" if value.get("fitted") else None,
    ]
    bounds = [str(value[key]) for key in ("low", "high") if key in value]
    return [
        value["path"],
        yaml_text(value["value"]),
        source.get("title") or source.get("key") or "",
        ", ".join(str(part) for part in evidence if part),
        f"between {' and '.join(bounds)}" if len(bounds) > 1 else "".join(bounds),
        value.get("note") or "",
    ]

"""Every file that ships: it loads, its numbers have sources, its scenarios solve."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, get_args

import pytest

from planner import documents
from planner.documents import Document, walk_leaves
from planner.documents.load import parsed
from planner.errors import Problem
from planner.formulation.constraints import CONSTRAINTS
from planner.performance.constants import load_constants
from planner.performance.inputs import transformer
from planner.performance.training import attention_weights
from planner.plan.plan import Plan
from planner.specs.accelerator import Accelerator, SourceKind
from planner.specs.fields import Spec
from planner.specs.load import load_scenario
from planner.specs.model import Model
from planner.specs.sources import ASSUMPTION, check_sources, source_kinds, unsourced
from planner.specs.structure import structure
from planner.units import magnitude

ROOT = Path(__file__).parents[1]
HARDWARE = sorted((ROOT / "hardware").glob("*.yaml"))
MODELS = sorted((ROOT / "scenarios" / "models").glob("*.yaml"))
EFFICIENCY = ROOT / "planner" / "performance" / "efficiency.yaml"
FILES = [*HARDWARE, *sorted((ROOT / "scenarios").rglob("*.yaml")), EFFICIENCY]
KINDS = frozenset(get_args(SourceKind))
SHAPELESS = frozenset({"llama_4_behemoth"})
"""Models whose architecture is not published."""
TIED = frozenset({"bloom_176b", "llama_3_2_1b", "llama_3_2_3b", "palm_540b"})
"""Models whose input and output embeddings are one."""
SELF_CONTAINED = [*HARDWARE, *MODELS, EFFICIENCY]
"""Files that no other file extends."""
COUNT_TOLERANCE = 0.015
"""Between a stated parameter count and the architecture's: norms, biases, rounding."""

ShippedPlan = Callable[[str, str], Plan]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_file = pytest.mark.parametrize("path", FILES, ids=shown)


def test_files_are_found() -> None:
    assert len(HARDWARE) >= 9
    assert len(MODELS) >= 11
    assert len(set(FILES)) == len(FILES)


def test_scenario_loads(shipped: str) -> None:
    scenario = load_scenario(ROOT / "scenarios" / f"{shipped}.yaml")
    assert scenario.spec.name == shipped
    assert scenario.spec.title


def test_loading_changes_nothing_of_what_was_parsed(shipped: str) -> None:
    """The nodes of a text serve every file of the process that it is part of."""
    path = ROOT / "scenarios" / f"{shipped}.yaml"
    load_scenario(path)
    again = load_scenario(path)
    parsed.cache_clear()
    fresh = load_scenario(path)
    found = (
        [(loc, leaf.value, leaf.mark, leaf.source) for loc, leaf in walk_leaves(tree)]
        for tree in (again.tree, fresh.tree)
    )
    assert next(found) == next(found)
    assert again.files == fresh.files


def test_scenario_solves_as_it_expects(shipped: str, shipped_plan: ShippedPlan) -> None:
    scenario = load_scenario(ROOT / "scenarios" / f"{shipped}.yaml")
    assert shipped_plan(shipped, "highs").status == scenario.spec.expect


def test_plan_passes_every_check_of_its_audit(
    shipped: str, shipped_plan: ShippedPlan
) -> None:
    plan = shipped_plan(shipped, "highs")
    if plan.status == "infeasible":
        assert plan.audit is None
        return
    assert plan.audit is not None
    assert plan.audit.passed
    rows = {row.name: row for row in plan.audit.checks}
    assert {constraint.__name__ for constraint in CONSTRAINTS} <= set(rows)
    for row in rows.values():
        assert row.worst <= row.tolerance


@each_file
def test_every_number_has_a_source(path: Path) -> None:
    root = read(path).root
    bare = [
        f"{node.mark.file}:{node.mark.line}: {documents.display_path(root, loc)}"
        for loc, node in unsourced(root)
    ]
    assert not bare


@each_file
def test_every_source_is_defined_with_a_kind(path: Path) -> None:
    root, problems = read(path).root, list[Problem]()
    check_sources(root, problems)
    assert not problems
    assert set(source_kinds(root)) <= KINDS


@pytest.mark.parametrize("path", SELF_CONTAINED, ids=shown)
def test_every_defined_source_is_used(path: Path) -> None:
    root = read(path).root
    used = {leaf.source for _, leaf in walk_leaves(root)}
    defined = documents.plain(root).get("sources", {})
    assert set(defined) - {ASSUMPTION} <= used


def test_a_bare_number_is_found(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(
        "name: b\npower:\n  source: known\n  nameplate: 1 kW\nlifetime: 5 year\n"
        "pue: {value: 1.1, source: unknown}\n"
        "sources: {known: {title: t, kind: press}}\n",
        encoding="utf-8",
    )
    root = read(path).root
    problems: list[Problem] = []
    check_sources(root, problems)
    assert [loc for loc, _ in unsourced(root)] == [("lifetime",)]
    assert [problem.path for problem in problems] == ["pue"]


@pytest.mark.parametrize("path", HARDWARE, ids=shown)
def test_accelerator_loads(path: Path) -> None:
    accelerator = loaded(Accelerator, path)
    assert accelerator.name == path.stem
    assert accelerator.sources
    assert accelerator.memory is not None
    if accelerator.orderable:
        assert accelerator.price.system is not None
        assert accelerator.lifetime is not None


@pytest.mark.parametrize("path", MODELS, ids=shown)
def test_model_loads(path: Path) -> None:
    model = loaded(Model, path)
    assert model.name == path.stem
    if model.kind == "transformer":
        known = transformer(model).architecture is not None
        assert known == (model.name not in SHAPELESS)


@pytest.mark.parametrize("path", MODELS, ids=shown)
def test_parameters_are_those_of_the_architecture(path: Path) -> None:
    model = loaded(Model, path)
    if model.kind == "ranking" or model.name in SHAPELESS:
        return
    assert model.parameters is not None
    stated = magnitude(model.parameters, "param")
    assert parameter_count(model) == pytest.approx(stated, rel=COUNT_TOLERANCE)
    if model.experts is None:
        assert model.active_parameters is None
        return
    assert model.active_parameters is not None
    stated = magnitude(model.active_parameters, "param")
    active = parameter_count(model, experts=model.experts.active)
    assert active == pytest.approx(stated, rel=COUNT_TOLERANCE)


def test_constants_load() -> None:
    constants = load_constants()
    assert constants.inference.weight_bytes["bf16"] == 2


def parameter_count(model: Model, experts: int | None = None) -> float:
    """Return weights of embeddings, attention, feed-forward blocks and routers.

    Args:
        model: A transformer with its whole architecture.
        experts: Routed experts to count; absent: all of them.
    """
    shape = transformer(model).architecture
    assert shape is not None
    embeddings = 1 if model.name in TIED else 2
    attention = attention_weights(shape)
    width = shape.dense_feed_forward or shape.feed_forward
    dense = shape.matrices * shape.hidden * width
    counted = shape.experts if experts is None else experts
    each = shape.matrices * shape.hidden * shape.feed_forward
    mixture = (counted + shape.shared_experts) * each + shape.experts * shape.hidden
    return (
        embeddings * shape.vocabulary * shape.hidden
        + shape.layers * attention
        + shape.expert_layers * mixture
        + (shape.layers - shape.expert_layers) * dense
    )


def read(path: Path) -> Document:
    """Return a file with what it extends."""
    problems: list[Problem] = []
    document = documents.load(path, problems=problems)
    assert not problems
    assert document is not None
    return document


S = TypeVar("S", bound=Spec)


def loaded(cls: type[S], path: Path) -> S:
    """Return the spec that a file holds."""
    root, problems = read(path).root, list[Problem]()
    spec = structure(cls, root, documents.plain(root), problems)
    assert not problems
    assert spec is not None
    return spec

"""Rules of the house: one name everywhere, and what no reviewer should have to say."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.audit import CHECKS
from planner.formulation.build import Program
from planner.formulation.constraints import CONSTRAINTS, Constraint
from planner.specs.scenario import Scenario

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "planner"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 450
HEAVY = frozenset({"dask", "pandas", "plotly", "rich", "scipy"})
NAMES = [constraint.__name__ for constraint in CONSTRAINTS]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
each_constraint = pytest.mark.parametrize(
    "constraint", CONSTRAINTS, ids=lambda constraint: constraint.__name__
)
each_module = pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def test_constraints_have_names_of_their_own() -> None:
    assert len(set(NAMES)) == len(NAMES) == len(set(CONSTRAINTS))


def test_every_constraint_of_the_module_is_in_the_program() -> None:
    public = [
        node.name
        for module in sorted((PACKAGE / "formulation" / "constraints").glob("*.py"))
        for node in parsed(module).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert sorted(public) == sorted(NAMES)


@each_constraint
def test_rows_begin_with_the_constraint(
    constraint: Constraint,
    tiny: Callable[..., Scenario],
    program: Callable[[Scenario], Program],
) -> None:
    made = program(tiny())
    heads = [head for part in constraint(made.c, made.v) for head in part.heads()]
    for row in heads:
        assert row.constraint == row.name.split("__")[0] == constraint.__name__


@each_constraint
def test_constraint_has_a_golden(constraint: Constraint) -> None:
    golden = ROOT / "tests" / "lp" / f"{constraint.__name__}.txt"
    lines = golden.read_text(encoding="utf-8").splitlines()
    without = "Rows: none" in (inspect.getdoc(constraint) or "")
    assert bool(lines) is not without
    for line in lines:
        assert line.startswith(f"{constraint.__name__}__")


@each_constraint
def test_constraint_has_a_check_in_the_audit(constraint: Constraint) -> None:
    names = [check.__name__ for check in CHECKS]
    assert names.count(constraint.__name__) == 1


@each_constraint
def test_constraint_has_a_row_in_the_readme(constraint: Constraint) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first_cells = [
        line.split("|")[1] for line in readme.splitlines() if line.startswith("|")
    ]
    named = [cell for cell in first_cells if f"`{constraint.__name__}`" in cell]
    assert len(named) == 1, f"README.md has {len(named)} table rows of this name"


@each_constraint
def test_constraint_states_equation_rows_and_unit(constraint: Constraint) -> None:
    text = inspect.getdoc(constraint) or ""
    indented = [line for line in text.splitlines() if line.startswith("    ")]
    assert any(re.search("[=≤≥]", line) for line in indented)
    assert "Rows: " in text
    assert "Unit: " in text


@each_module
def test_everything_public_has_a_docstring(module: Path) -> None:
    tree = parsed(module)
    missing = [
        node.name
        for node in public_definitions(tree)
        if not ast.get_docstring(node) and not is_overload(node)
    ]
    assert not missing
    assert ast.get_docstring(tree) or module.name == "__main__.py"


@each_module
def test_module_is_short(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@each_module
def test_heavy_packages_are_imported_where_they_are_used(module: Path) -> None:
    found = {
        name.split(".")[0]
        for node in nodes_at_import(parsed(module))
        for name in imported(node)
    }
    inside = module.relative_to(PACKAGE).parts
    # Tables need rich, and are themselves imported where a table is printed.
    allowed = {"rich"} if inside == ("cli", "tables.py") else set()
    assert not found & HEAVY - allowed


def test_start_imports_nothing_heavy() -> None:
    code = "import sys, planner, planner.cli; print(*sys.modules, sep='\\n')"
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(done.stdout.split()) & HEAVY


@each_module
def test_only_the_command_line_prints_or_exits(module: Path) -> None:
    inside = module.relative_to(PACKAGE).parts
    if inside[0] == "cli" or inside == ("__main__.py",):
        return
    assert not list(prints_and_exits(parsed(module)))


@each_module
def test_no_name_hides_a_factor_of_a_hundred(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert not re.findall(r"\w+_(?:pct|percent)\b", text)


def test_search_finds_prints_and_exits() -> None:
    code = """
print("a")
sys.exit(1)
sys.stdout.write("a")
raise SystemExit
raise typer.Exit(2)
os._exit(1)
exit()
typer.echo("a")
fine.print_rows()
"""
    assert len(list(prints_and_exits(ast.parse(code)))) == 8


def test_search_for_heavy_imports_looks_into_every_block_but_functions() -> None:
    code = """
if TYPE_CHECKING:
    import plotly
try:
    import pandas as pd
except ImportError:
    from rich.table import Table
class A:
    import scipy.optimize
    def method(self):
        import dask
"""
    nodes = nodes_at_import(ast.parse(code))
    found = {name for node in nodes for name in imported(node)}
    assert found == {"pandas", "rich.table", "scipy.optimize"}


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports; import sys; sys.exit({})"
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code.format("lint_imports(no_cache=True)")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), filename=str(module))


def public_definitions(node: ast.AST) -> Iterator[Definition]:
    """Yield public functions and classes, and public methods of public classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Definition):
            continue
        if child.name.startswith("_"):
            continue
        yield child
        if isinstance(child, ast.ClassDef):
            yield from public_definitions(child)


def is_overload(node: Definition) -> bool:
    return any("overload" in ast.unparse(d) for d in node.decorator_list)


def nodes_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: not bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (below for other in child.orelse for below in ast.walk(other))
            continue
        yield child
        yield from nodes_at_import(child)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


EXITS = frozenset({"sys.exit", "os._exit", "exit", "quit", "typer.Exit", "typer.Abort"})
PRINTS = frozenset(
    {
        "print",
        "rich.print",
        "sys.stderr.write",
        "sys.stdout.write",
        "typer.echo",
        "typer.secho",
    }
)


def prints_and_exits(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in EXITS | PRINTS:
                yield name
        elif isinstance(node, ast.Name) and node.id == "SystemExit":
            yield node.id

"""The program as a file that any other solver reads, under readable names."""

import tempfile
from pathlib import Path

import pulp

from planner.errors import UsageError
from planner.formulation.build import Program

LONGEST_NAME = 255
"""Of a name in an LP file."""


def program_text(program: Program, suffix: str) -> str:
    """Return a program as text, free MPS or LP, by its suffix.

    The first lines say how its objective and rows were scaled.

    Raises:
        UsageError: A name is too long for an LP file.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"program{suffix}")
        if suffix == ".mps":
            program.problem.writeMPS(str(path))
        else:
            _write_lp(program, path)
        text = path.read_text(encoding="utf-8")
    sign = "*" if suffix == ".mps" else "\\"
    factor, scale = program.cost_factor, program.c.scale
    turns = [f"{s.name} achievement of tier {s.priority}" for s in program.stages]
    head = [
        *([f"to be maximised before this: {', '.join(turns)}"] if turns else []),
        f"minimise: present MUSD, costs less values, times {factor:.17g}",
        f"counts are in units of {scale:g} accelerators; rows are scaled, too",
        "read MPS as free MPS: glpsol --freemps FILE, cbc FILE solve",
    ]
    return "".join(f"{sign} {line}\n" for line in head) + text


def _write_lp(program: Program, path: Path) -> None:
    try:
        program.problem.writeLP(str(path), max_length=LONGEST_NAME)
    except pulp.PulpError as error:
        msg = f"the program cannot be an LP file ({error}); write .mps"
        raise UsageError(msg) from None

"""``planner solve -o``: a plan as JSON, as a workbook, or as a folder of tables."""

import os
from pathlib import Path
from typing import Literal

from planner.cli.output import check_file, json_text
from planner.documents import shown_path
from planner.errors import InputError, Problem, UsageError
from planner.files import write_folder, write_whole
from planner.plan.plan import Plan

Form = Literal["csv", "parquet"]
_SUFFIXES = (".json", ".xlsx")


def check_output(path: str | None, form: Form | None) -> None:
    """Refuse, before anything is solved, what could not be written afterwards.

    Args:
        path: As ``-o`` takes it; None: nothing is written.
        form: As ``--format`` takes it; None: no folder.

    Raises:
        UsageError: ``-o`` and ``--format`` do not fit, or an extra is not installed.
        InputError: It is nothing that can be written there.
    """
    if form is not None:
        _check_folder(path, form)
    elif path is not None and _is_folder(path):
        msg = f"-o {shown_path(path)}: a folder needs --format csv or --format parquet"
        raise UsageError(msg)
    elif path is not None:
        check_file(path, _SUFFIXES, "plans are written as JSON or as a workbook")
        if Path(path).suffix == ".xlsx":
            from planner.report.workbook import (  # noqa: PLC0415  # seldom used
                check_workbook,
            )

            check_workbook()


def write_plan(path: str, form: Form | None, plan: Plan) -> None:
    """Write a plan to a file or folder that ``check_output`` has let pass.

    Raises:
        InputError: It cannot be written.
        UsageError: A section has more rows than a sheet.
    """
    if form is not None:
        from planner.report.sheet_files import files_of  # noqa: PLC0415  # seldom used

        write_folder(path, files_of(plan, form))
    elif Path(path).suffix == ".xlsx":
        from planner.report.sheets import tables_of  # noqa: PLC0415  # seldom used
        from planner.report.workbook import workbook_of  # noqa: PLC0415  # an extra

        write_whole(path, workbook_of(tables_of(plan)))
    else:
        write_whole(path, json_text(plan.as_dict()) + "\n")


def _is_folder(path: str) -> bool:
    return path.endswith(("/", os.sep)) or Path(path).is_dir()


def _check_folder(path: str | None, form: Form) -> None:
    if path is None or not _is_folder(path):
        given = "" if path is None else f"; {shown_path(path)} is none"
        msg = f"--format {form} writes into a folder{given}; add e.g. -o plan/"
        raise UsageError(msg)
    target, message = Path(path), ""
    if target.exists() and not target.is_dir():
        message = "is a file, not a folder"
    elif not target.resolve().parent.is_dir():
        message = f"the folder {shown_path(target.parent)} does not exist"
    if message:
        raise InputError([Problem(shown_path(path), 0, 0, "", message)])
    if form == "parquet":
        from planner.report.sheet_files import (  # noqa: PLC0415  # seldom used
            check_parquet,
        )

        check_parquet()

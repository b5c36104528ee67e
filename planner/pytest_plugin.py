"""Goldens as tests: one for each group of figures of every ``*.golden.json``.

Imports nothing but pytest until a golden is collected. Off with ``-p no:planner``.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

SUFFIX = ".golden.json"


class GoldenFile(pytest.File):
    """A golden, whose file is computed when the first of its tests runs."""

    @cached_property
    def checked(self) -> Any:
        """Return what checking the file beside the golden found."""
        from planner.cli.check import check_one  # noqa: PLC0415
        from planner.regression.check import Request  # noqa: PLC0415
        from planner.regression.discover import sources_of  # noqa: PLC0415

        beside = sources_of(self.path)
        if not beside:
            pytest.skip("the golden belongs to no file")
        return check_one(str(beside[0]), Request(), is_named=True)

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each group."""
        from planner.regression.compare import GROUPS  # noqa: PLC0415

        name = self.path.name.removesuffix(SUFFIX)
        for group in GROUPS:
            item: GoldenItem = GoldenItem.from_parent(self, name=f"{name}[{group}]")
            item.group = group
            yield item


class GoldenItem(pytest.Item):
    """One group of figures of one scenario."""

    group = ""

    def runtest(self) -> None:
        """Fail where a figure of the group has left its tolerance."""
        from planner.cli.check_text import group_lines  # noqa: PLC0415

        file = self.parent
        checked = file.checked if isinstance(file, GoldenFile) else None
        if checked is None or checked.outcome == "skipped":
            pytest.skip("nothing to check")
        lines = list(group_lines(checked, self.group))
        if lines:
            raise DriftError("\n".join(lines))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """Return the drift alone; of anything else, what pytest says."""
        if isinstance(excinfo.value, DriftError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is, and its name."""
        return self.path, None, self.name


class DriftError(Exception):
    """A figure is outside its tolerance."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GoldenFile | None:
    """Return the collector of a golden, and of nothing else."""
    if not file_path.name.endswith(SUFFIX):
        return None
    golden: GoldenFile = GoldenFile.from_parent(parent, path=file_path)
    return golden

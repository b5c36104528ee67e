"""A bar on stderr: how far a sweep is, how fast, and how long it has to go."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from planner.sweep.sweep import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar
    from rich.progress import TaskID


class Bar:
    """A bar while a command works; none where stderr is no terminal."""

    def __init__(self, points: int, *, shown: bool) -> None:
        """Prepare a bar of so many points; nothing is drawn yet."""
        self.points = points
        self._shown = shown and sys.stderr is not None and sys.stderr.isatty()
        self._bar: RichBar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Draw the bar."""
        if self._shown:
            from rich.console import Console  # noqa: PLC0415  # only on a terminal
            from rich.progress import (  # noqa: PLC0415
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._bar = Progress(
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("", total=self.points, rate="")
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def at(self, progress: Progress) -> None:
        """Show how far the sweep is."""
        if self._bar is None or self._task is None:
            return
        speed = self._bar.tasks[0].speed
        rate = "" if speed is None else f"{speed:,.0f} runs/s"
        if progress.failed:
            rate += f", {progress.failed} failed"
        self._bar.update(self._task, completed=progress.done, rate=rate)

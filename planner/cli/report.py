"""``planner report``: the command; ``planner.report`` makes what it writes."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from planner.cli.errors import print_error, print_line
from planner.cli.options import Terminal
from planner.cli.output import check_file, print_json, print_warnings
from planner.cli.solve import exit_code, reason
from planner.documents import shown_path, suggest
from planner.errors import InputError, Problem, UsageError
from planner.files import write_whole
from planner.records import dataclass
from planner.report.build import report_of
from planner.report.charts import Chart
from planner.report.record import Report, View
from planner.report.studies import studies_of
from planner.report.subject import Subject, subjects_of
from planner.sweep.store import check_store

_NEEDS = {
    ".html": ("jinja2", "plotly"),
    ".md": (),
    ".pdf": ("jinja2", "plotly"),
    ".png": ("matplotlib",),
    ".svg": ("matplotlib",),
    ".xlsx": ("xlsxwriter",),
}
"""Libraries that write each kind of file."""
_PICTURES = (".png", ".svg")
_SIZES = ((1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Attributes:
        subjects: Scenarios, ``-`` and plans as JSON; the last is reported.
        overrides: Texts ``path=value``.
        data_dirs: Folders that are searched first.
        alternative: Name of the alternative that is applied; None: none.
        output: File to write.
        chart: Name of the one chart of a picture; None: the overview.
        store: Of a sweep; None: none.
        what_if: Whether the page solves again.
    """

    subjects: tuple[str, ...]
    overrides: tuple[str, ...]
    data_dirs: tuple[str, ...]
    alternative: str | None
    output: str
    chart: str | None
    store: str | None
    what_if: bool

    @property
    def suffix(self) -> str:
        """Return what kind of file is asked for."""
        return Path(self.output).suffix


def run(request: Request, terminal: Terminal) -> int:
    """Write a report and return the exit code of its plan."""
    _check(request)
    subjects = subjects_of(
        request.subjects, request.overrides, request.data_dirs, request.alternative
    )
    subject = subjects[-1]
    studies = None if request.store is None else studies_of(request.store, subject)
    report = report_of(subjects, studies)
    content = _content(request, report, subject)
    size = len(content.encode() if isinstance(content, str) else content)
    write_whole(request.output, content)
    _say(request, report, size, terminal)
    print_warnings(report.warnings, terminal)
    code = exit_code(subject.plan, subject.expect)
    if code:
        print_error(reason(subject.plan, subject.label))
    return code


def _check(request: Request) -> None:
    """Refuse, before anything is solved, what could not be written afterwards.

    Raises:
        InputError: The file cannot be written, or the store is none.
        UsageError: Something that it takes is missing, or options do not fit.
    """
    what = "reports are written as a page, tables, paper or a picture"
    check_file(request.output, tuple(_NEEDS), what)
    if request.chart is not None and request.suffix not in _PICTURES:
        msg = "--chart is one picture; write a file that ends in .png or .svg"
        raise UsageError(msg)
    if request.what_if and request.suffix != ".html":
        msg = "--what-if is a page; write a file that ends in .html"
        raise UsageError(msg)
    for library in _NEEDS[request.suffix]:
        if importlib.util.find_spec(library) is None:
            msg = (
                f"{request.suffix} needs {library}; pip install 'fleet-planner[report]'"
            )
            raise UsageError(msg)
    if request.store is not None:
        check_store(request.store, None)
    if request.suffix == ".pdf":
        from planner.report.paper import check_browser  # noqa: PLC0415  # seldom

        check_browser()
    if request.what_if:
        from planner.report.what_if.npm import HIGHS, files_of  # noqa: PLC0415  # as above

        files_of(HIGHS, ())


def _content(request: Request, report: Report, subject: Subject) -> str | bytes:
    """Return the file that is asked for."""
    found: str | bytes
    if request.suffix in _PICTURES:
        found = _picture(request, report)
    elif request.suffix == ".md":
        from planner.report.markdown import markdown_of  # noqa: PLC0415  # one of many

        found = markdown_of(report)
    elif request.suffix == ".xlsx":
        from planner.report.workbook import workbook_of  # noqa: PLC0415  # an extra

        found = workbook_of(report.tables)
    else:
        found = _page(request, report, subject)
    return found


def _page(request: Request, report: Report, subject: Subject) -> str | bytes:
    from planner.report.page import page_of  # noqa: PLC0415  # an extra

    if request.suffix == ".pdf":
        from planner.report.paper import pdf_of  # noqa: PLC0415  # seldom

        return pdf_of(page_of(report))
    if not request.what_if:
        return page_of(report)
    from planner.report.what_if import what_if_of  # noqa: PLC0415  # seldom

    return page_of(report, what_if_of(subject))


def _picture(request: Request, report: Report) -> bytes:
    """Return the chart that is asked for, or the overview."""
    form = request.suffix.removeprefix(".")
    if request.chart is None:
        from planner.report.overview import overview  # noqa: PLC0415  # an extra

        return overview(report, form)
    from planner.report.still import picture  # noqa: PLC0415  # an extra

    return picture(_chart(report, request.chart), form)


def _chart(report: Report, name: str) -> Chart:
    """Return a chart by its name, whichever way its words are joined.

    Raises:
        InputError: The report has none of this name.
    """
    views = {_joined(view.name): view for view in _views(report)}
    if _joined(name) in views:
        return views[_joined(name)].chart
    message = f"{name!r} is no chart of this report"
    expected = f"write one of {', '.join(views)}" if views else "it has none"
    hint = suggest(_joined(name), views)
    raise InputError([Problem("", 0, 0, "--chart", message, expected, hint)])


def _views(report: Report) -> Iterator[View]:
    for section in report.sections:
        yield from section.views


def _joined(name: str) -> str:
    return "-".join(name.lower().replace("_", " ").replace("-", " ").split())


def _say(request: Request, report: Report, size: int, terminal: Terminal) -> None:
    """Print what was written."""
    if terminal.as_json:
        print_json(
            {
                "scenario": report.name,
                "status": report.status,
                "baseline": report.baseline,
                "file": shown_path(request.output),
                "bytes": size,
                "charts": [_joined(view.name) for view in _views(report)],
            }
        )
        return
    told = next((f"{size / s:.3g} {u}" for s, u in _SIZES if size >= s), f"{size} B")
    print_line(f"{shown_path(request.output)}: {report.name}, {report.status}; {told}")
    if terminal.verbose:
        for view in _views(report):
            print_line(f"{_joined(view.name)}: {view.words}")

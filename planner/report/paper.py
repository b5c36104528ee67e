"""A page as PDF, printed by a browser that is installed."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from planner.errors import UsageError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""Commands of browsers that print without a screen."""
PATIENCE_S = 120
"""How long a browser may take [s]."""
_BUDGET_MS = 20_000
"""Time of the page's own clock for its programs; it passes as fast as they run [ms]."""
_DATE = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}")
_NO_DATE = rb"\g<1>20000101000000"
"""As long as a date is, for places in the file are counted in bytes."""
_SAID = 200
"""Characters of a browser's own words that are repeated."""
_INSTEAD = "write the .html and print it from your browser"


def find_browser() -> str | None:
    """Return the path of a browser that prints; None: none is on PATH."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def check_browser() -> str:
    """Return the path of a browser that prints, or refuse before anything is computed.

    Raises:
        UsageError: None is installed.
    """
    found = find_browser()
    if found is None:
        msg = f"a PDF is printed by Chromium or Chrome, and none is on PATH; {_INSTEAD}"
        raise UsageError(msg)
    return found


def pdf_of(html: str) -> bytes:
    """Return a page as it is on paper.

    Args:
        html: The page; it needs no other file.

    Raises:
        UsageError: There is no browser, or it gives no PDF.
    """
    command = check_browser()
    with tempfile.TemporaryDirectory(
        prefix="planner-report-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        page, target = folder / "report.html", folder / "report.pdf"
        page.write_text(html, encoding="utf-8")
        said = _print(command, page, target)
        content = target.read_bytes() if target.is_file() else b""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        msg = f"{command} gave no PDF{said}; {_INSTEAD}"
        raise UsageError(msg)
    # The same page gives the same file, whenever it is printed.
    return _DATE.sub(_NO_DATE, content)


def _print(command: str, page: Path, target: Path) -> str:
    """Let a browser print, and return the end of what it says.

    Raises:
        UsageError: It cannot be run, or does not end.
    """
    arguments = [
        "--headless=new",
        "--disable-gpu",
        "--disable-extensions",
        "--no-first-run",
        # The page has all it needs; nothing is fetched, and no name is looked up.
        "--host-resolver-rules=MAP * ~NOTFOUND",
        # Marks of structure make long tables five times as large; the page has them.
        "--disable-pdf-tagging",
        f"--user-data-dir={page.parent / 'profile'}",
        f"--virtual-time-budget={_BUDGET_MS}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={target}",
        page.as_uri(),
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to begin as root otherwise.
        arguments.insert(0, "--no-sandbox")
    try:
        done = subprocess.run(  # noqa: S603 - a browser from PATH, no shell
            [command, *arguments],
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        late = isinstance(error, subprocess.TimeoutExpired)
        why = f"took more than {PATIENCE_S} s" if late else str(error)
        msg = f"{command} gave no PDF: {why}; {_INSTEAD}"
        raise UsageError(msg) from None
    words = done.stderr.decode(errors="replace").split()
    said = " ".join(words)[-_SAID:]
    return f" (exit code {done.returncode}): {said}" if done.returncode else ""

"""A real browser for tests: Chromium, without a window and without a network."""

import base64
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,900",
)
PATIENCE_S = 60
"""How long a page may take to do what is waited for [s]."""


def missing() -> str:
    """Return what is not installed; empty: nothing."""
    try:
        import selenium  # noqa: F401, PLC0415  # only asked for
    except ImportError:
        return "selenium is not installed: pip install selenium"
    programs = {"chromium": _chromium(), "chromedriver": shutil.which("chromedriver")}
    absent = [name for name, path in programs.items() if path is None]
    packages = "apt-get install chromium chromium-driver"
    return f"{' and '.join(absent)} not on PATH: {packages}" if absent else ""


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def started(downloads: Path) -> Iterator["Browser"]:
    """Yield a browser; what it downloads goes to a folder."""
    from selenium.webdriver import Chrome, ChromeOptions  # noqa: PLC0415  # an extra
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415  # an extra

    options = ChromeOptions()
    options.binary_location = _chromium() or ""
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield Browser(driver, downloads)
    finally:
        driver.quit()


class Browser:
    """A page in Chromium, and what is asked of it.

    Attributes:
        driver: Of selenium, for what is not here.
        downloads: Folder of what was downloaded.
    """

    def __init__(self, driver: Any, downloads: Path) -> None:
        self.driver = driver
        self.downloads = downloads
        where = {"behavior": "allow", "downloadPath": str(downloads)}
        self.command("Browser.setDownloadBehavior", **where)

    def open(self, path: Path, *, drawn: bool = True) -> None:
        """Open a file, light and 1280 wide, and wait until its charts are drawn."""
        self.prefer("light")
        self.driver.get(path.as_uri())
        if drawn:
            self.wait("document.documentElement.dataset.drawn === 'yes'")

    def value(self, expression: str) -> Any:
        """Return what an expression is in the page; a promise is waited for."""
        answer = self.command(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + PATIENCE_S
        while not self.value(f"Boolean({condition})"):
            assert time.monotonic() < end, f"never true: {condition}"
            time.sleep(0.02)

    def keys(self, *keys: str) -> None:
        """Press keys where the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def errors(self) -> list[str]:
        """Return what the page said on its console since this was asked last."""
        said = self.driver.get_log("browser")
        return [entry["message"] for entry in said if entry["level"] != "INFO"]

    def prefer(self, scheme: str) -> None:
        """Let the reader prefer a ``light`` or a ``dark`` page."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def picture(self, selector: str) -> bytes:
        """Return an element as it is seen, as a PNG, once what changed is painted."""
        element = self.driver.find_element("css selector", selector)
        self.driver.execute_script(
            "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})",
            element,
        )
        self.value(
            "new Promise((done) =>"
            " requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        found: bytes = element.screenshot_as_png
        return found

    def paper(self) -> bytes:
        """Return the page as it is printed, as a PDF."""
        found = self.command("Page.printToPDF", preferCSSPageSize=True)
        return base64.b64decode(found["data"])

    def downloaded(self, name: str) -> bytes:
        """Return a file that the page hands out, once it is there."""
        path, end = self.downloads / name, time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < end, [x.name for x in self.downloads.iterdir()]
            time.sleep(0.02)
        return path.read_bytes()

    def violations(self, axe: str, rules: Sequence[str]) -> list[str]:
        """Return what axe-core finds wrong in the page, by rule and element.

        Args:
            axe: Its program.
            rules: Tags of the rules.
        """
        self.value(f"{axe}; 0")
        options = {"runOnly": list(rules), "resultTypes": ["violations"]}
        found = self.value(f"axe.run(document, {json.dumps(options)})")
        return [
            f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command of the DevTools protocol; return its answer."""
        return self.driver.execute_cdp_cmd(name, parameters)

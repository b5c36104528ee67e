"""Packages of npm: fetched once, checked every time, refused in one clear line."""

import base64
import hashlib
import io
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from planner.errors import UsageError
from planner.report.what_if import npm
from planner.report.what_if.npm import Package, files_of

FAKE = """#!{python}
import shutil, sys
with open({log!r}, "a") as log:
    print(*sys.argv[1:], file=log)
{action}
"""


def packed(text: bytes) -> bytes:
    """Return a tarball as npm makes them, with one file."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/build/a.js")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    return made.getvalue()


class World:
    """A fake npm on an otherwise empty PATH, and a cache of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.log = folder, folder / "log"
        self.served = folder / "served.tgz"
        self.served.write_bytes(packed(b"let a = 1"))
        digest = hashlib.sha512(self.served.read_bytes()).digest()
        integrity = f"sha512-{base64.b64encode(digest).decode()}"
        self.package = Package("a", "1.2.3", integrity)
        (folder / "bin").mkdir()
        patch.setenv("PATH", str(folder / "bin"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        self.cached = folder / "cache/fleet-planner/npm/a-1.2.3.tgz"
        self.npm(f"shutil.copy({str(self.served)!r}, 'a-1.2.3.tgz')")

    def npm(self, action: str) -> None:
        fake = self.folder / "bin" / "npm"
        text = FAKE.format(python=sys.executable, log=str(self.log), action=action)
        fake.write_text(text, encoding="utf-8")
        fake.chmod(0o755)

    def calls(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []

    def read(self) -> bytes:
        return files_of(self.package, ["build/a.js"])["build/a.js"]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_package_is_fetched_once_and_then_read_from_the_cache(world: World) -> None:
    assert world.read() == b"let a = 1"
    assert world.calls() == ["pack a@1.2.3 --ignore-scripts --fetch-retries=1"]
    (world.folder / "bin" / "npm").unlink()  # no longer needed
    assert world.read() == b"let a = 1"


def test_a_cached_file_that_was_changed_is_fetched_again(world: World) -> None:
    world.read()
    world.cached.write_bytes(packed(b"let a = evil"))
    assert world.read() == b"let a = 1"
    assert len(world.calls()) == 2
    assert world.cached.read_bytes() == world.served.read_bytes()


def test_a_package_other_than_the_pinned_one_is_not_kept(world: World) -> None:
    world.served.write_bytes(packed(b"let a = evil"))
    with pytest.raises(UsageError, match=r"another a 1\.2\.3 .* checksum is sha512-"):
        world.read()
    assert not world.cached.exists()


def test_without_npm_the_message_says_what_to_do(world: World) -> None:
    (world.folder / "bin" / "npm").unlink()
    expected = (
        r"--what-if needs npm once, to fetch a 1\.2\.3 \(it is not on PATH\); "
        r"install Node\.js, or run it on a machine with a network"
    )
    with pytest.raises(UsageError, match=expected) as caught:
        world.read()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("sys.exit('npm warn old\\nnpm error code ENOTFOUND')", "(npm error code EN"),
        ("sys.exit('Segmentation fault')", "(Segmentation fault)"),
        ("sys.exit(1)", "(it failed without a word)"),
        ("pass", "(it brought no tarball)"),
    ],
)
def test_what_npm_says_is_told_on_one_line(
    world: World, action: str, said: str
) -> None:
    world.npm(action)
    with pytest.raises(UsageError) as caught:
        world.read()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_npm_that_hangs_is_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npm, "PATIENCE_S", 1)
    world.npm("import time; time.sleep(60)")
    with pytest.raises(UsageError, match="took more than 1 s"):
        world.read()


def test_a_cache_that_cannot_be_written_costs_only_the_next_fetch(world: World) -> None:
    (world.folder / "cache").write_text("a file, not a folder", encoding="utf-8")
    assert world.read() == b"let a = 1"
    assert world.read() == b"let a = 1"
    assert len(world.calls()) == 2


def test_a_file_that_is_not_in_the_package_is_named(world: World) -> None:
    with pytest.raises(UsageError, match=r"a 1\.2\.3 has no file build/b\.js"):
        files_of(world.package, ["build/b.js"])


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_the_solver_of_the_page_is_the_pinned_one() -> None:
    try:
        found = files_of(npm.HIGHS, ["LICENSE", "build/highs.wasm"])
    except UsageError as error:
        if "its checksum" in str(error):
            raise
        pytest.skip(str(error))
    assert found["LICENSE"].startswith(b"MIT License")
    assert found["build/highs.wasm"].startswith(b"\0asm")

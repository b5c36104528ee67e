"""Files are written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.files import write_whole


def test_writes_text_and_bytes(tmp_path: Path) -> None:
    """Text is UTF-8, bytes are themselves, nothing else is left behind."""
    write_whole(tmp_path / "a.json", "µ\n")
    write_whole(tmp_path / "a.json", b"\x00")
    assert (tmp_path / "a.json").read_bytes() == b"\x00"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]


def test_interrupt_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt before the swap changes nothing."""
    target = tmp_path / "a.json"
    target.write_text("old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]


def test_permissions_follow_the_old_file_or_the_mask(tmp_path: Path) -> None:
    """A new file is not private to its owner, as temporary files are."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("")
    old.chmod(0o640)
    plain = tmp_path / "plain"
    plain.write_text("")
    write_whole(old, "x")
    write_whole(new, "x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == plain.stat().st_mode


def test_links_stay_links(tmp_path: Path) -> None:
    """The file behind a link is replaced."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_devices_are_written_directly() -> None:
    """A device is never replaced by a file."""
    write_whole(os.devnull, "x")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["missing/a.json", ".", "nul\0"])
def test_impossible_targets_are_input_errors(tmp_path: Path, name: str) -> None:
    """A folder, or a file in a folder that is not there, is the user's mistake."""
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(f"{tmp_path}/{name}", "x")

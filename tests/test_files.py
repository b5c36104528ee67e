"""Files are written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.files import write_folder, write_whole


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


OLD = {"a.csv": b"old a", "b.csv": b"old b", "mine.txt": b"mine"}
NEW = {"a.csv": b"new a", "b.csv": b"new b", "c.csv": b"new c"}


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def folder_of(path: Path, files: dict[str, bytes]) -> Path:
    path.mkdir()
    for name, data in files.items():
        (path / name).write_bytes(data)
    return path


def test_a_folder_is_made_and_its_other_files_stay(tmp_path: Path) -> None:
    made, old = tmp_path / "made", folder_of(tmp_path / "old", OLD)
    plain = folder_of(tmp_path / "plain", {"a.csv": b""})

    write_folder(made, NEW)
    write_folder(old, NEW)

    assert contents(made) == NEW
    assert contents(old) == {**NEW, "mine.txt": b"mine"}
    assert {each.name for each in tmp_path.iterdir()} == {"made", "old", "plain"}
    assert made.stat().st_mode == plain.stat().st_mode
    assert (made / "a.csv").stat().st_mode == (plain / "a.csv").stat().st_mode


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "folder", OLD)
    link = tmp_path / "link"
    link.symlink_to(folder)

    write_folder(link, NEW)

    assert link.is_symlink()
    assert contents(folder) == {**NEW, "mine.txt": b"mine"}


@pytest.mark.parametrize("refused", range(1, 7))
@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_an_error_in_between_leaves_the_folder_as_it_was(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refused: int,
    error: BaseException,
) -> None:
    """Each of three files takes two renames: the old one away, the new one in."""
    folder = folder_of(tmp_path / "folder", OLD)
    rename, done = Path.rename, []

    def failing(source: Path, target: Path) -> Path:
        done.append(source)
        if len(done) == refused:
            raise error
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", failing)
    expected = InputError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_folder(folder, NEW)

    assert contents(folder) == OLD
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_no_half_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    folder = folder_of(tmp_path / "a", OLD) if there else tmp_path / "a"
    written = []

    def full(number: int) -> None:
        written.append(number)
        if len(written) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_folder(folder, NEW)

    assert [each.name for each in tmp_path.iterdir()] == (["a"] if there else [])
    assert not there or contents(folder) == OLD


def test_a_folder_in_the_place_of_a_file_stays(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "a", OLD)
    inner = folder_of(folder / "c.csv", {"kept": b"kept"})

    with pytest.raises(InputError, match=r"c\.csv: is a folder"):
        write_folder(folder, NEW)

    assert contents(inner) == {"kept": b"kept"}
    assert (folder / "a.csv").read_bytes() == b"old a"

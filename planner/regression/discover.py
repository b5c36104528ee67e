"""Files that have goldens, and goldens that have lost their file."""

from collections.abc import Iterable
from pathlib import Path

from planner.documents import shown_path
from planner.errors import InputError, Problem
from planner.regression.golden import SUFFIX

ENDINGS = (".yaml", ".yml")


def sources_of(golden: Path) -> list[Path]:
    """Return the file beside a golden that it belongs to, if it is there."""
    stem = golden.name.removesuffix(SUFFIX)
    places = (golden.with_name(stem + ending) for ending in ENDINGS)
    return [place for place in places if place.is_file()]


def goldens_in(paths: Iterable[str]) -> list[Path]:
    """Return every golden under the paths, sorted."""
    found: set[Path] = set()
    for path in paths:
        place = Path(path)
        if place.is_dir():
            found.update(
                file for file in place.rglob(f"*{SUFFIX}") if _seen(file, place)
            )
        elif path.endswith(SUFFIX):
            found.add(place)
    return sorted(found)


def orphans_in(paths: Iterable[str]) -> list[Path]:
    """Return the goldens under the paths that belong to no file."""
    return [golden for golden in goldens_in(paths) if not sources_of(golden)]


def source_of(path: str) -> str:
    """Return the file to check: for a golden, the one that it belongs to.

    Raises:
        InputError: The golden belongs to none.
    """
    if not path.endswith(SUFFIX):
        return path
    found = sources_of(Path(path))
    if not found:
        message = "belongs to no file"
        problem = Problem(shown_path(path), 0, 0, "", message, "delete it")
        raise InputError([problem])
    return str(found[0])


def _seen(file: Path, folder: Path) -> bool:
    """Return whether no folder on the way is hidden."""
    return not any(part.startswith(".") for part in file.relative_to(folder).parts)

"""The standard library's ``dataclass``, made in a quarter of the time.

Every start of the planner makes some 150 record types, and the standard decorator
compiles six methods for each of them: a seventh of the CPU time of a small plan. The
type checker sees the standard decorator, and refuses to write to what is frozen; when
the program runs, records share their methods and are not guarded again.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # so others may import it
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter

    def dataclass(
        cls: type | None = None,
        *,
        frozen: bool = False,
        slots: bool = False,
        **how: Any,
    ) -> Any:
        """Return a class as a record: shared methods where it is frozen with slots."""

        def made(plain: type) -> type:
            if not (frozen and slots) or how:
                standard = dataclasses.dataclass(frozen=frozen, slots=slots, **how)
                return standard(plain)
            plain.__eq__, plain.__hash__, plain.__repr__ = _equal, _hash, _shown
            return dataclasses.dataclass(slots=True, eq=False, repr=False)(plain)

        return made if cls is None else made(cls)

    @cache
    def _values(cls: type) -> Any:
        """Return what gets the compared fields of a record, as one value."""
        names = [each.name for each in dataclasses.fields(cls) if each.compare]
        return attrgetter(*names) if names else str

    def _equal(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = _values(self.__class__)
        return values(self) == values(other)

    def _hash(self: Any) -> int:
        return hash(_values(self.__class__)(self))

    def _shown(self: Any) -> str:
        parts = (
            f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self)
        )
        return f"{self.__class__.__qualname__}({', '.join(parts)})"

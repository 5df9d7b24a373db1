"""Which fields of a record name another record, a body or a law. Knows no storage and follows no link itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final, Literal, get_args, get_type_hints

from bot.domain import records
from bot.domain.records import Kind, Ref

Path = tuple[str | int, ...]
Target = Kind | Literal["law"]

_TARGETS: Final[Mapping[type, Mapping[str, Target]]] = {
    records.Header: {"owner": Kind.BODY},
    records.Marks: {"owner": Kind.BODY},
    records.Procedure: {"authority_body": Kind.BODY, "prerequisites": Kind.PROCEDURE},
    records.Body: {"parent": Kind.BODY, "laws": "law"},
    records.Support: {"body": Kind.BODY},
    records.Matter: {"lead": Kind.BODY, "laws": "law", "candidates": Kind.BODY, "counterpart": Kind.MATTER},
    records.Allocation: {"lead": Kind.BODY, "laws": "law", "candidates": Kind.BODY},
    records.Mechanism: {"run_by": Kind.BODY},
    records.Step: {"procedure": Kind.PROCEDURE},
}


@dataclass(frozen=True, slots=True)
class Link:
    """One id inside a record: where it stands (field names and list positions) and what it names."""

    path: Path
    target: Target
    id: str

    @property
    def ref(self) -> Ref | None:
        """The record that is named, or None for a law."""
        return Ref(self.target, self.id) if isinstance(self.target, Kind) else None


@cache
def link_fields(cls: type) -> Mapping[str, Target]:
    """The fields of a dataclass that hold ids, its parents' included, with what they name."""
    return {name: target for ancestor in cls.__mro__ for name, target in _TARGETS.get(ancestor, {}).items()}


@cache
def field_names(cls: type) -> tuple[str, ...]:
    """The names of a dataclass's fields; cached, because a catalogue asks it for every value in it."""
    return tuple(item.name for item in fields(cls))


@cache
def parts(cls: type) -> Mapping[str, frozenset[type]]:
    """The dataclasses that each field of a dataclass can hold, read off its type: tuples, mappings and unions included."""
    hints = get_type_hints(cls)
    return {name: frozenset(_dataclasses(hints[name])) for name in field_names(cls)}


def _dataclasses(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from _dataclasses(argument)


@cache
def linked_fields(cls: type) -> tuple[str, ...]:
    """The fields in which ids can stand, at any depth. Most of a record is text, and need not be walked."""
    return tuple(
        name
        for name, inner in parts(cls).items()
        if name in link_fields(cls) or any(linked_fields(part) for part in inner)
    )


def links(value: Any, path: Path = ()) -> Iterator[Link]:
    """Every id that a record, or a part of one, names. Order: as the fields stand."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from links(item, (*path, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from links(item, (*path, key))
    elif is_dataclass(value):
        cls: type = type(value)
        for name in linked_fields(cls):
            target = link_fields(cls).get(name)
            item = getattr(value, name)
            if target is None:
                yield from links(item, (*path, name))
            elif isinstance(item, str):
                yield Link((*path, name), target, item)
            elif item is not None:
                yield from (Link((*path, name, index), target, one) for index, one in enumerate(item))

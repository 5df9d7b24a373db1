"""What the public may see of a record. Pure: a value in, the same value with the staff's part taken out."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from bot.domain.links import link_fields, linked_fields, parts
from bot.domain.records import Header, Ref
from bot.domain.text import Audience

RecordT = TypeVar("RecordT", bound=Header)


@cache
def _fields(cls: type) -> Mapping[str, Field[Any]]:
    return {item.name: item for item in fields(cls)}


@cache
def staff_fields(cls: type) -> frozenset[str]:
    """The fields of a dataclass that only staff see."""
    return frozenset(name for name, item in _fields(cls).items() if item.metadata.get("audience") == "staff")


@cache
def guarded_fields(cls: type) -> tuple[str, ...]:
    """The fields that are for staff or hold a part that has such fields, at any depth."""
    return tuple(
        name
        for name, inner in parts(cls).items()
        if name in staff_fields(cls) or any(guarded_fields(part) for part in inner)
    )


def is_required(cls: type, name: str) -> bool:
    """True for a field that has no default, and so cannot be emptied."""
    item = _fields(cls)[name]
    return item.default is MISSING and item.default_factory is MISSING


def _empty(cls: type, name: str) -> Any:
    item = _fields(cls)[name]
    if item.default_factory is not MISSING:
        return item.default_factory()
    return item.default


def without_staff_fields(value: Any) -> Any:
    """The value with every staff field emptied, at any depth."""
    if isinstance(value, tuple):
        return tuple(without_staff_fields(item) for item in value)
    if isinstance(value, Mapping):
        return {key: without_staff_fields(item) for key, item in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    cls = type(value)
    changes: dict[str, Any] = {}
    for name in guarded_fields(cls):
        before = getattr(value, name)
        after = _empty(cls, name) if name in staff_fields(cls) else without_staff_fields(before)
        if after != before:
            changes[name] = after
    return replace(value, **changes) if changes else value


def public_record(record: RecordT) -> RecordT | None:
    """The record as the public sees it, or None when nothing of it may be seen.

    A field whose mark says staff is emptied; when it cannot be emptied (it is required), the whole record is held back.
    """
    if record.audience is Audience.STAFF:
        return None
    hidden = {name for name, mark in record.marks.items() if mark.audience is Audience.STAFF}
    cls: type = type(record)
    if any(name not in _fields(cls) or is_required(cls, name) for name in hidden):
        return None
    if hidden:
        marks = {name: mark for name, mark in record.marks.items() if name not in hidden}
        record = replace(record, marks=marks, **{name: _empty(cls, name) for name in hidden})
    public: RecordT = without_staff_fields(record)
    return public


def without_links(value: Any, gone: AbstractSet[Ref]) -> Any:
    """The value without any id of ``gone``; None for a part that is nothing without it (a step, a support).

    A record itself is never lost here: its ``owner`` becomes empty.
    """
    if isinstance(value, tuple):
        kept = (without_links(item, gone) for item in value)
        return tuple(item for item in kept if item is not None)
    if isinstance(value, Mapping):
        return {key: without_links(item, gone) for key, item in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {}
    cls = type(value)
    for name in linked_fields(cls):
        before = getattr(value, name)
        after = _linked(cls, name, before, gone)
        if after is None and before is not None and is_required(cls, name):
            if not isinstance(value, Header):
                return None
            after = ""
        if after != before:
            changes[name] = after
    return replace(value, **changes) if changes else value


def _linked(cls: type, name: str, value: Any, gone: AbstractSet[Ref]) -> Any:
    target = link_fields(cls).get(name)
    if target is None:
        return without_links(value, gone)
    if target == "law":
        return value
    if isinstance(value, tuple):
        return tuple(item for item in value if Ref(target, item) not in gone)
    return None if value is not None and Ref(target, value) in gone else value

"""What is different between two states of the knowledge, record by record and field by field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.domain.catalogue import KnowledgeSet, ref_of
from bot.domain.records import Record
from bot.domain.shapes import Value, identifier, plain, section_of, values_of


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field; ``before`` or ``after`` is None where there was or is nothing. Plain data."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is new, gone or changed. ``name`` is KIND/ID for a record, SECTION/ID for the rest."""

    what: Literal["added", "removed", "changed"]
    name: str
    fields: tuple[FieldChange, ...] = ()

    def __str__(self) -> str:
        return "\n".join((f"{self.what} {self.name}", *(f"    {field}" for field in self.fields)))


def changes(before: KnowledgeSet, after: KnowledgeSet) -> tuple[Change, ...]:
    """All differences; none for equal sets, whatever the order of what they were read from."""
    old, new = _by_name(before), _by_name(after)
    found: list[Change] = [Change("added", name) for name in new if name not in old]
    found += [Change("removed", name) for name in old if name not in new]
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            fields = tuple(_fields(plain(old[name]), plain(new[name]), ""))
            found.append(Change("changed", name, fields))
    return tuple(sorted(found, key=lambda change: change.name))


def _by_name(knowledge: KnowledgeSet) -> dict[str, Value]:
    return {
        str(ref_of(value)) if isinstance(value, Record) else f"{section_of(value)}/{identifier(value)}": value
        for value in values_of(knowledge)
    }


def _fields(before: Any, after: Any, path: str) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _fields(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(before, after, path)
    else:
        yield FieldChange(path, before, after)


def _items(before: list[Any], after: list[Any], path: str) -> Iterator[FieldChange]:
    """Lists of one length change place by place; else items come and go, and nothing but order may be left."""
    if len(before) == len(after) and all(isinstance(item, Mapping) for item in (*before, *after)):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _fields(old, new, f"{path}[{place}]")
        return
    gone = Counter(map(_key, before)) - Counter(map(_key, after))
    come = Counter(map(_key, after)) - Counter(map(_key, before))
    if not gone and not come:
        yield FieldChange(f"{path} (order)", before, after)
    yield from (FieldChange(f"{path}[]", json.loads(item), None) for item in gone.elements())
    yield from (FieldChange(f"{path}[]", None, json.loads(item)) for item in come.elements())


def _key(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False, sort_keys=True)


def _shown(value: Any) -> str:
    return "nothing" if value is None else _key(value)

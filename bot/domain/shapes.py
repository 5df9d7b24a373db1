"""The knowledge base's values as plain data and back, with every departure from the shape named by its place.

Plain data is what JSON can hold. Reading is strict: unknown keys, missing languages and near types (``"3"`` for 3)
are errors. Writing leaves out what is empty, so that reading it again gives an equal value.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from bot.domain.catalogue import KnowledgeSet
from bot.domain.links import Path
from bot.domain.records import Record
from bot.domain.references import AmbiguousName, Caution, ContactPoint, Law, LawChange, Subject
from bot.domain.rules import CalendarYear, Fact, Milestone, PathwayRule, PlanningRules, PlanNotice, Rule

PlanningValue = Fact | Rule | Milestone | PathwayRule | CalendarYear | PlanNotice
Value = Record | Law | ContactPoint | AmbiguousName | Subject | Caution | LawChange | PlanningValue

_ADAPTERS: Final[Mapping[str, TypeAdapter[Any]]] = MappingProxyType(
    {
        "records": TypeAdapter(Annotated[Record, Field(discriminator="kind")]),
        "laws": TypeAdapter(Law),
        "contact_points": TypeAdapter(ContactPoint),
        "ambiguous_names": TypeAdapter(AmbiguousName),
        "subjects": TypeAdapter(Subject),
        "cautions": TypeAdapter(Caution),
        "law_changes": TypeAdapter(LawChange),
        "facts": TypeAdapter(Fact),
        "applicability": TypeAdapter(Rule),
        "milestones": TypeAdapter(Milestone),
        "pathway_rules": TypeAdapter(PathwayRule),
        "calendar_years": TypeAdapter(CalendarYear),
        "plan_notices": TypeAdapter(PlanNotice),
    }
)
SECTIONS: Final = tuple(_ADAPTERS)
SAFE_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # fits an address and a file's name


@dataclass(frozen=True, slots=True)
class ShapeError:
    """One departure: ``code`` is pydantic's error type, ``message`` its text, ``path`` the place in the data."""

    code: str
    path: Path
    message: str


class ShapeErrors(ValueError):
    """The data has not the shape of its section; ``errors`` names every departure."""

    def __init__(self, errors: Iterable[ShapeError]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            "; ".join(f"{'.'.join(map(str, item.path))}: {item.message}" for item in self.errors)
        )


def read_value(section: str, data: Mapping[str, Any]) -> Value:
    """Plain data → the value of a section. Raises ShapeErrors."""
    return read_json(section, json.dumps(data))


def read_json(section: str, text: str | bytes) -> Value:
    """JSON → the value of a section. Raises ShapeErrors."""
    try:
        value: Value = _ADAPTERS[section].validate_json(text, strict=True)
    except ValidationError as error:
        tagged = section == "records"
        raise ShapeErrors(
            ShapeError(item["type"], item["loc"][1:] if tagged else item["loc"], item["msg"])
            for item in error.errors(include_url=False, include_input=False)
        ) from None
    return value


def plain(value: Any) -> Any:
    """A value as plain data, without what is empty (None, no items) and not required."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        named = ((item, plain(getattr(value, item.name))) for item in fields(value))
        return {item.name: data for item, data in named if _is_needed(item, data)}
    return value


def _is_needed(item: Any, data: Any) -> bool:
    if item.name == "kind":
        return True
    optional = item.default is not item.default_factory  # both are MISSING for a required field
    return not (optional and data in (None, [], {}))


def section_of(value: Value) -> str:
    """The section that a value belongs to."""
    return _SECTION_OF.get(type(value), "records")


_SECTION_OF: Final[Mapping[type, str]] = {
    Law: "laws", ContactPoint: "contact_points", AmbiguousName: "ambiguous_names", Subject: "subjects",
    Caution: "cautions", LawChange: "law_changes", Fact: "facts", Rule: "applicability", Milestone: "milestones",
    PathwayRule: "pathway_rules", CalendarYear: "calendar_years", PlanNotice: "plan_notices",
}  # fmt: skip


def identifier(value: Value) -> str:
    """What names a value in its section: an ambiguous name by itself, all else by id."""
    return value.name if isinstance(value, AmbiguousName) else value.id


def values_of(knowledge: KnowledgeSet) -> Iterable[Value]:
    """Every value of a set, section by section."""
    yield from knowledge.records.values()
    yield from knowledge.laws.values()
    yield from knowledge.contact_points.values()
    yield from knowledge.ambiguous_names
    yield from knowledge.subjects
    yield from knowledge.cautions
    yield from knowledge.law_changes
    planning = knowledge.planning
    yield from planning.facts
    yield from planning.rules
    yield from planning.milestones
    yield from planning.pathways
    yield from planning.calendar
    yield from planning.notices


def knowledge_of(values: Iterable[Value]) -> KnowledgeSet:
    """The set of all ``values``. Inside a section other than records they keep their order."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for value in values:
        found[section_of(value)].append(value)
    return KnowledgeSet.of(
        found["records"],
        laws={law.id: law for law in found["laws"]},
        contact_points={point.id: point for point in found["contact_points"]},
        ambiguous_names=tuple(found["ambiguous_names"]),
        subjects=tuple(found["subjects"]),
        cautions=tuple(found["cautions"]),
        law_changes=tuple(found["law_changes"]),
        planning=PlanningRules(
            facts=tuple(found["facts"]),
            rules=tuple(found["applicability"]),
            milestones=tuple(found["milestones"]),
            pathways=tuple(found["pathway_rules"]),
            calendar=tuple(found["calendar_years"]),
            notices=tuple(found["plan_notices"]),
        ),
    )


def digest_of(knowledge: KnowledgeSet) -> str:
    """64 hexadecimal digits that are equal for equal knowledge, wherever it was stored."""
    digest = hashlib.sha256()
    for value in values_of(knowledge):
        data = [section_of(value), plain(value)]
        digest.update(json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()

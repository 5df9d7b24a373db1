"""Small records for tests: right in every way until a test makes them wrong."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from bot.domain.shapes import read_value


def both(text: str) -> dict[str, str]:
    """The same words in both languages."""
    return {"zh": f"{text}（中）", "en": text}


HEADER: dict[str, Any] = {
    "owner": "committee",
    "as_of": "2026-11",
    "review_by": "2027-05-24",
    "confidence": "high",
    "sources": [{"title": both("the report"), "date": "2022"}],
}


def body(identifier: str = "committee", **changes: Any) -> dict[str, Any]:
    """A body as plain data."""
    return _record(
        "body", identifier, category="office", functions=[both("plans")], in_report=True, **changes
    )


def matter(identifier: str = "street-lights", **changes: Any) -> dict[str, Any]:
    """A settled matter as plain data, led by the committee."""
    given = {
        "category": "urban",
        "scope": "zone-wide",
        "status": "settled",
        "settled_by": "report",
        "lead": "committee",
    }
    return _record("matter", identifier, **{**given, **changes})


def procedure(identifier: str = "permit", **changes: Any) -> dict[str, Any]:
    """A procedure as plain data."""
    given: dict[str, Any] = {
        "stage": "construction",
        "legal_kind": both("licence"),
        "authority": both("the city"),
        "applies_when": both("before building"),
        "time_limit": {"value": 7, "unit": "working_days", "basis": both("the act"), "checked": True},
        "documents": [both("a form")],
        "fee": both("none"),
        "legal_basis": [{"law": both("the act"), "summary": both("a permit first"), "checked": True}],
        "result": both("a permit"),
        "validity": both("until it ends"),
    }
    return _record("procedure", identifier, **{**given, **changes})


def park(identifier: str = "area", **changes: Any) -> dict[str, Any]:
    """A fact as plain data."""
    given = {"answerable": True, "answer": both("It is large"), "time_note": both("as the report has it")}
    return _record("park", identifier, **{**given, **changes})


def mechanism(identifier: str = "whistle", **changes: Any) -> dict[str, Any]:
    """A mechanism as plain data."""
    given = {
        "what": both("calls all"),
        "run_by": ["committee"],
        "serves": both("firms"),
        "status": "in-place",
    }
    return _record("mechanism", identifier, **{**given, **changes})


def concept(identifier: str = "term", **changes: Any) -> dict[str, Any]:
    """A concept as plain data."""
    return _record("concept", identifier, **{"explanation": both("what it means"), **changes})


def pathway(identifier: str = "new-plant", **changes: Any) -> dict[str, Any]:
    """A pathway of one step as plain data."""
    given = {"applies_when": both("a new plant"), "steps": [{"procedure": "permit", "group": 1}]}
    return _record("pathway", identifier, **{**given, **changes})


def _record(kind: str, identifier: str, **fields: Any) -> dict[str, Any]:
    data = {
        "kind": kind,
        "id": identifier,
        "name": both(f"{kind} {identifier}"),
        **deepcopy(HEADER),
        **fields,
    }
    return {key: value for key, value in data.items() if value is not None}


def value(data: dict[str, Any], section: str = "records") -> Any:
    """Plain data → the domain's value."""
    return read_value(section, data)

"""The facts as JSON: their schema, and reading them from data that somebody sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from bot.domain.errors import InvalidInput
from bot.domain.plan import FactValue, ProjectFacts
from bot.domain.rules import Band, Fact, Option
from bot.domain.text import Bilingual
from bot.planning.book import PlanningBook

UNKNOWN: Final = "unknown"  # as JSON null: asked, and not known


def schema(book: PlanningBook) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a facts object. Labels and questions stand in both languages under ``x-label`` and ``x-question``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Project facts",
        "description": f'All are optional; null or "{UNKNOWN}" says that a fact is not known.',
        "type": "object",
        "additionalProperties": False,
        "properties": {fact.id: _property(fact) for fact in book.facts.values()},
    }


def _property(fact: Fact) -> dict[str, Any]:
    described: dict[str, Any] = {
        "title": fact.label.en,
        "description": fact.question.en,
        "x-label": _both(fact.label),
        "x-question": _both(fact.question),
        "x-essential": fact.essential,
        "anyOf": [*_types(fact), {"const": UNKNOWN}, {"type": "null"}],
    }
    if fact.hint is not None:
        described["x-hint"] = _both(fact.hint)
    if fact.unit is not None:
        described["x-unit"] = _both(fact.unit)
    return described


def _types(fact: Fact) -> list[dict[str, Any]]:
    match fact.kind:
        case "yes_no":
            return [{"type": "boolean"}]
        case "date":
            return [{"type": "string", "format": "date"}]
        case "choice":
            return [_named(item) for item in fact.options]
        case "amount":
            number = {"type": "number", "minimum": 0, "maximum": fact.largest}
            return [number, *(_named(item) for item in fact.bands)]


def _named(item: Option | Band) -> dict[str, Any]:
    return {"const": item.id, "title": item.label.en, "x-label": _both(item.label)}


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def read_facts(book: PlanningBook, data: object) -> ProjectFacts:
    """A facts object → the facts. Raises InvalidInput that names the first fact that is wrong, and what it may be."""
    if not isinstance(data, Mapping):
        raise InvalidInput("facts: must be a JSON object")
    values: dict[str, FactValue] = {}
    unknown: list[str] = []
    for name, value in data.items():
        fact = book.facts.get(name) if isinstance(name, str) else None
        if fact is None:
            raise InvalidInput(f"{str(name)[:60]}: there is no such fact; 'yuanwen plan --fields' lists them")
        if value is None or value == UNKNOWN:
            unknown.append(fact.id)
        else:
            values[fact.id] = _value(fact, value)
    return ProjectFacts(values, tuple(sorted(unknown)))


def facts_to_json(facts: ProjectFacts) -> dict[str, Any]:
    """The facts as the object that ``read_facts`` reads."""
    return {**facts.values, **dict.fromkeys(facts.unknown)}


def _value(fact: Fact, value: object) -> FactValue:
    match fact.kind:
        case "yes_no" if isinstance(value, bool):
            return value
        case "date" if isinstance(value, str):
            return _date(fact, value)
        case "choice" if isinstance(value, str) and any(item.id == value for item in fact.options):
            return value
        case "amount" if isinstance(value, str) and any(item.id == value for item in fact.bands):
            return value
        case "amount" if isinstance(value, int | float) and not isinstance(value, bool):
            return _amount(fact, value)
    raise InvalidInput(f"{fact.id}: must be {_expected(fact)}, or null when it is not known")


def _amount(fact: Fact, value: int | float) -> int | float:
    if not 0 <= value <= fact.largest:  # also false for NaN
        raise InvalidInput(f"{fact.id}: must be a number from 0 to {fact.largest:g}")
    return int(value) if float(value).is_integer() else value


def _date(fact: Fact, value: str) -> str:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value or not 2000 <= found.year <= 2100:
        raise InvalidInput(f"{fact.id}: must be a date YYYY-MM-DD from 2000 to 2100")
    return value


def _expected(fact: Fact) -> str:
    match fact.kind:
        case "yes_no":
            return "true or false"
        case "date":
            return "a date YYYY-MM-DD"
        case "choice":
            return "one of " + ", ".join(item.id for item in fact.options)
        case "amount":
            unit = f" ({fact.unit.en})" if fact.unit else ""
            bands = "".join(f", {item.id}" for item in fact.bands)
            return f"a number{unit}{bands and ' or one of' + bands[1:]}"

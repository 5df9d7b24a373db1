"""Checks calls against the description of the Bot API in ``spec.json``: method, parameters, required ones, types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_SPEC = json.loads(Path(__file__).with_name("spec.json").read_text("utf-8"))
METHODS: Mapping[str, Mapping[str, Any]] = _SPEC["methods"]
TYPES: Mapping[str, Mapping[str, Any]] = _SPEC["types"]
_SIMPLE: Mapping[str, Any] = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}


def decode(method: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Form fields as values: what is no plain string in the description is JSON. A field that is not JSON stays text."""
    fields = METHODS.get(method, {})
    return {name: _decode(value, fields.get(name, [["String"]])[0]) for name, value in given.items()}


def _decode(value: str, types: list[str]) -> Any:
    if types == ["String"]:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def problems(method: str, params: Mapping[str, Any]) -> list[str]:
    """What is wrong with a call; empty for a valid one."""
    if method not in METHODS:
        return [f"{method}: no such method"]
    return list(_check_fields(method, params, METHODS[method]))


def _check_fields(where: str, given: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[str]:
    for name in given:
        if name not in fields:
            yield f"{where}: unknown parameter {name}"
    for name, (types, required) in fields.items():
        if name in given:
            yield from _check_value(f"{where}.{name}", given[name], types)
        elif required:
            yield f"{where}: {name} is missing"


def _check_value(where: str, value: Any, types: list[str]) -> Iterator[str]:
    found = [list(_check_type(where, value, each)) for each in types]
    if all(found):
        yield from found[0]


def _check_type(where: str, value: Any, kind: str) -> Iterator[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where}: not an array"
            return
        for place, each in enumerate(value):
            yield from _check_type(f"{where}[{place}]", each, kind.removeprefix("Array of "))
    elif kind in _SIMPLE:
        if not isinstance(value, _SIMPLE[kind]) or (isinstance(value, bool) and kind != "Boolean"):
            yield f"{where}: {value!r} is no {kind}"
    elif not isinstance(value, dict):
        yield f"{where}: not a {kind}"
    elif "any_of" in TYPES[kind]:
        yield from _check_value(where, value, TYPES[kind]["any_of"])
    else:
        yield from _check_fields(where, value, TYPES[kind])

"""Walks the texts of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

from bot.domain.links import Path, field_names
from bot.domain.text import Bilingual, Forms


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, Bilingual]]:
    """Every bilingual text in a value, with its place."""
    if isinstance(value, Bilingual):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))
    elif is_dataclass(value) and not isinstance(value, Forms):
        cls: type = type(value)
        for name in field_names(cls):
            yield from texts(getattr(value, name), (*path, name))


def strings(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every string in plain data, with its place: also in data that is no valid record."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, item in data.items():
            yield from strings(item, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from strings(item, (*path, index))

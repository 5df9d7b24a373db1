"""YAML text → plain data with the line of every key and item. Knows nothing of records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from bot.domain.links import Path

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times as fast
_INTEGER: Final = re.compile(r"[-+]?\d+")
_TRUE: Final = frozenset({"true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data. ``lines`` (from 1) by path; ``repeated``: keys that stand twice in one mapping, with their line."""

    data: Any
    lines: Mapping[Path, int]
    repeated: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Reading:
    lines: dict[Path, int] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in data:
                self.repeated.append((key, line))
            self.lines[*path, key] = line
            data[key] = self.value(value_node, (*path, key))
        return data


def read_document(text: str) -> Document:
    """Raises yaml.YAMLError for text that is not YAML. Dates stay text, so that ``2022-05`` and ``2022-05-27`` are alike."""
    node = yaml.compose(text, Loader=_LOADER)
    if node is None:
        return Document(None, {})
    reading = _Reading()
    data = reading.value(node, ())
    return Document(data, reading.lines, tuple(reading.repeated))


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.rpartition(":")[2]
    text: str = node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in _TRUE
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            return text
    return text

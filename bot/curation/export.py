"""Writes knowledge out as YAML files that read back as the same knowledge."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput
from bot.domain.records import Body, Matter, Mechanism, Pathway, Procedure, Record
from bot.domain.shapes import SAFE_ID, Value, identifier, plain, section_of, values_of

_WIDTH: Final = 130


class _Dumper(yaml.SafeDumper):
    """Lists are indented, as in the files edited by hand; nothing is written by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, words: str) -> yaml.ScalarNode:
    """Quoted where it holds a line break that only Unicode knows: unquoted, YAML reads it as an ordinary one."""
    style = '"' if _UNICODE_BREAKS.search(words) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style)


_UNICODE_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
_Dumper.add_representer(str, _text)


def export_knowledge(knowledge: KnowledgeSet, folder: Path, title: str) -> list[Path]:
    """Writes a new folder; ``title`` says in every file where it comes from. Returns the files.

    Raises InvalidInput for a folder with something in it, and for an id that cannot be a file's name.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"{folder} is not empty: export into a new folder")
    files: defaultdict[str, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    single: dict[str, Any] = {}
    for value in values_of(knowledge):
        name = _file_of(value)
        if isinstance(value, Procedure | Pathway):
            single[name] = _tidy(plain(value))
        else:
            files[name][section_of(value)].append(_tidy(plain(value)))
    return [
        _write(folder / name, title, data)
        for name, data in sorted({**single, **{name: dict(data) for name, data in files.items()}}.items())
    ]


def _write(path: Path, title: str, data: Mapping[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    path.write_text(f"# {title}\n{text}", encoding="utf-8")
    return path


def _file_of(value: Value) -> str:
    """Where an entry goes: procedures and pathways each have a file, the smaller kinds one a category."""
    if not isinstance(value, Record):
        return f"{section_of(value)}.yaml"
    name = identifier(value)
    if not SAFE_ID.fullmatch(name):
        raise InvalidInput(f"{value.kind} {name!r}: an id is lower-case letters, digits and single hyphens")
    match value:
        case Procedure():
            return f"procedures/{name}.yaml"
        case Pathway():
            return f"pathways/{name}.yaml"
        case Body():
            return f"bodies/{_slug(value.category)}.yaml"
        case Matter():
            return f"matters/{value.category}.yaml"
        case Mechanism():
            return f"mechanisms/{value.status}.yaml"
        case _:
            return f"{value.kind}.yaml"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "other"


def _tidy(data: Any) -> Any:
    """The kind stands first; 35.0 is written 35."""
    if isinstance(data, dict):
        data = {"kind": data["kind"], **data} if "kind" in data else data
        return {key: _tidy(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_tidy(item) for item in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data

"""Reads ``knowledge/**/*.yaml`` into records, each with its file and lines. Judges shapes only; the rest is ``checks``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bot.curation.problems import Problem
from bot.curation.yaml_nodes import Document, read_document
from bot.domain.catalogue import KnowledgeSet
from bot.domain.links import Path as FieldPath
from bot.domain.records import Record
from bot.domain.shapes import SECTIONS, ShapeError, ShapeErrors, Value, knowledge_of, read_value

NOT_RECORDS: Final = frozenset({"language", "templates", "desk"})  # the assistant's own words, read by others


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One entry as written. ``file`` is relative to the folder read; ``lines`` (from 1) by field names and positions."""

    section: str
    file: str
    line: int
    data: Mapping[str, Any]
    lines: Mapping[FieldPath, int]

    def line_of(self, path: FieldPath) -> int:
        """The line of a field, or of the nearest thing that holds it."""
        for length in range(len(path), 0, -1):
            if (line := self.lines.get(path[:length])) is not None:
                return line
        return self.line


@dataclass(frozen=True, slots=True)
class Entry:
    """A raw record and the value it stands for."""

    raw: RawRecord
    value: Value

    def problem(self, code: str, message: str, path: FieldPath = ()) -> Problem:
        """A problem at a field of this entry, or at its beginning."""
        return Problem(self.raw.file, self.raw.line_of(path), code, message)


@dataclass(frozen=True, slots=True)
class KnowledgeFiles:
    """Everything read from one folder. ``knowledge`` holds what was well-formed; ``problems`` says what was not."""

    root: Path
    raw: tuple[RawRecord, ...]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    knowledge: KnowledgeSet

    def records(self) -> Iterator[tuple[Entry, Record]]:
        """The entries that are records."""
        for entry in self.entries:
            if isinstance(entry.value, Record):
                yield entry, entry.value


def read_knowledge(root: Path) -> KnowledgeFiles:
    """Every record file under ``root``, in the order of their paths. Never raises for what a file contains."""
    raw: list[RawRecord] = []
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path in sorted(root.rglob("*.yaml")):
        name = path.relative_to(root)
        if name.parts[0] not in NOT_RECORDS:
            raw.extend(_read_file(path, name.as_posix(), problems))
    for item in raw:
        try:
            entries.append(Entry(item, read_value(item.section, item.data)))
        except ShapeErrors as found:
            problems.extend(_explain(item, error) for error in found.errors)
    knowledge = knowledge_of(entry.value for entry in entries)
    return KnowledgeFiles(root, tuple(raw), tuple(entries), tuple(problems), knowledge)


def _read_file(path: Path, name: str, problems: list[Problem]) -> Iterator[RawRecord]:
    try:
        document = read_document(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 1, "not-yaml", f"save the file as UTF-8 ({error.reason})"))
        return
    except yaml.YAMLError as error:
        line = (
            error.problem_mark.line + 1
            if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark
            else 1
        )
        problems.append(
            Problem(name, line, "not-yaml", f"correct the YAML: {getattr(error, 'problem', error)}")
        )
        return
    for key, line in document.repeated:
        problems.append(
            Problem(name, line, "repeated-key", f"{key!r} stands twice in one place: keep one of them")
        )
    yield from _raw_records(document, name, problems)


def _raw_records(document: Document, name: str, problems: list[Problem]) -> Iterator[RawRecord]:
    data = document.data
    if not isinstance(data, dict):
        problems.append(
            Problem(name, 1, "wrong-type", f"start with 'kind:' or with one of {_listed(SECTIONS)}")
        )
        return
    if "kind" in data:
        yield RawRecord("records", name, document.lines[("kind",)], data, document.lines)
        return
    for section, items in data.items():
        line = document.lines[section,]
        if section not in SECTIONS:
            message = f"{section!r} is not a section: use one of {_listed(SECTIONS)}, or 'kind:' for a single record"
            problems.append(Problem(name, line, "unknown-key", message))
        elif not isinstance(items, list):
            problems.append(Problem(name, line, "wrong-type", f"write {section!r} as a list"))
        else:
            yield from _listed_records(document, section, items, (name, problems))


def _listed_records(
    document: Document, section: str, items: list[Any], report: tuple[str, list[Problem]]
) -> Iterator[RawRecord]:
    """The entries of one section; ``report`` is the file's name and where its problems go."""
    name, problems = report
    lines: list[dict[FieldPath, int]] = [{} for _ in items]
    for path, line in document.lines.items():
        if len(path) > 1 and path[0] == section and isinstance(path[1], int):
            lines[path[1]][path[2:]] = line
    for item, of_item in zip(items, lines, strict=True):
        line = of_item[()]
        if isinstance(item, dict):
            yield RawRecord(section, name, line, item, of_item)
        else:
            problems.append(
                Problem(name, line, "wrong-type", f"write each of {section!r} as a mapping with keys")
            )


def _explain(raw: RawRecord, error: ShapeError) -> Problem:
    path = error.path
    where = ".".join(map(str, path)) or "the record"
    line = raw.line_of(path)
    who = f"{raw.data.get('id') or raw.data.get('name')!s}"
    if path and path[-1] in ("zh", "en") and error.code in ("missing", "string_too_short"):
        code, what = "missing-language", f"write the text in {'Chinese' if path[-1] == 'zh' else 'English'}"
    elif error.code == "unexpected_keyword_argument":
        code, what = "unknown-key", "no such key here: correct its name or remove it"
    elif error.code in ("missing", "missing_argument", "string_too_short"):
        code, what = "missing-key", "this key must be there and not be empty: add it"
    elif error.code == "union_tag_invalid":
        code, what = "unknown-kind", error.message
    else:
        code, what = "wrong-type", error.message
    return Problem(raw.file, line, code, f"{who}: {where}: {what}")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in names)

"""Lookup tables: which names of each kind are known. Reads, checks and writes ``lookup_<kind>.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.kinds import KINDS
from components.normalisation import is_chinese, normalise

HEADER = "# Generated from the knowledge base. Do not edit: change the record, then run `yuanwen train`.\n"
LANGUAGES = ("zh", "en")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUESTION = re.compile(
    r"[?？吗呢谁啥几]|哪[里些个家]?|多少|多久|怎么|怎样|如何|什么|是否|是不是|能不能|要不要"
    r"|^(?:who|what|how|where|when|which|why|do|does|is|are|can|could|should|may|will)\b",
    re.IGNORECASE,
)

Names = dict[str, list[str]]


class DatasetError(ValueError):
    """The training data cannot be used as it is; the message names the file and what to change."""


def read_lookups(paths: Iterable[Path]) -> Names:
    """Names by kind from all ``lookup`` blocks of some Rasa data files, in the order of the files."""
    names: Names = {}
    for path in paths:
        for block in read_blocks(path, "nlu"):
            if "lookup" in block:
                kind = block["lookup"]
                if kind not in KINDS:
                    raise DatasetError(f"{path}: unknown kind {kind!r}; known are {', '.join(KINDS)}")
                names.setdefault(kind, []).extend(examples_of(block, path))
    return names


def read_blocks(path: Path, key: str) -> list[dict[str, Any]]:
    """The list under ``key`` of a YAML file (empty when the key is absent)."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        raise DatasetError(f"{path}: not readable as YAML: {error}") from error
    blocks = (content or {}).get(key) or []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise DatasetError(f"{path}: `{key}` has to be a list of blocks")
    return blocks


def examples_of(block: dict[str, Any], path: Path) -> list[str]:
    """The lines of a block's ``examples: |``, without their dash."""
    label = ", ".join(f"{key}: {value}" for key, value in block.items() if key != "examples")
    text = block.get("examples")
    if not isinstance(text, str):
        raise DatasetError(
            f"{path}: {label}: `examples` has to be a text block (`|`) with a `- ` before each line"
        )
    examples = []
    for line in text.splitlines():
        if not line.startswith("- ") or not line[2:].strip():
            raise DatasetError(f"{path}: {label}: a line of `examples` does not start with `- `: {line!r}")
        examples.append(line[2:].strip())
    return examples


def render_lookup(kind: str, names: Sequence[str]) -> str:
    """One lookup file: sorted, each name once (names that are equal after normalisation count as one)."""
    unique: dict[str, str] = {}
    for name in sorted(names):
        unique.setdefault(normalise(name).text, name)
    lines = "".join(f"    - {name}\n" for name in sorted(unique.values()))
    return f'{HEADER}version: "3.1"\nnlu:\n- lookup: {kind}\n  examples: |\n{lines}'


def language_of(name: str) -> str:
    """``zh`` for a name with a Chinese character in it, else ``en``."""
    return "zh" if any(is_chinese(character) for character in name) else "en"


def is_question(name: str) -> bool:
    """True for an alias that is a question rather than a name ("招商找谁", "who handles …").

    Such an alias belongs to the linking in the bot. In a lookup it would hide what is asked from the classifier,
    because a mention is replaced by its kind before an intent is learnt.
    """
    return _QUESTION.search(name) is not None


def problems_of(names: Names) -> list[str]:
    """What is wrong with lookup tables, one line each."""
    found: list[tuple[str, str]] = []
    for kind, kind_names in names.items():
        for name in kind_names:
            if is_question(name):
                found.append((kind, f"{name!r} is a question, not a name"))
            if "[" in name or "]" in name or "\n" in name:
                found.append((kind, f"{name!r} has a bracket, which Rasa reads as markup"))
            if len(normalise(name).text) < 2:
                found.append((kind, f"{name!r} is too short"))
    return [f"lookup {kind}: {problem}" for kind, problem in found]

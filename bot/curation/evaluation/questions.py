"""The evaluation questions of ``tests/questions`` as values. Reads them, judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from bot.curation.evaluation.plain_yaml import read_yaml
from bot.domain.errors import InvalidInput
from bot.domain.text import Audience, Language

Split = Literal["dev", "test"]
SPLITS: Final[tuple[Split, ...]] = ("dev", "test")
KINDS: Final = (
    "direct", "colloquial", "follow_up", "multi", "out_of_scope", "near_domain", "staff_only", "unsettled", "traps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Right:
    """What counts as a right reply. Only ``outcome`` is always set; the keys are those of the questions' README."""

    outcome: tuple[str, ...]
    records_any: tuple[str, ...] = ()
    records_all: tuple[str, ...] = ()
    records_each: tuple[tuple[str, ...], ...] = ()
    says_any: tuple[str, ...] = ()
    says_all: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @property
    def records(self) -> frozenset[str]:
        """Every record that a right answer may rest on, as KIND/ID."""
        return frozenset(
            (*self.records_any, *self.records_all, *(r for group in self.records_each for r in group))
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a question and what must come back."""

    text: str
    language: Language
    right: Right


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a conversation of several turns. ``ask`` is the free label of the file, ``kind`` the file."""

    id: str
    kind: str
    language: Language
    audience: Audience
    split: Split
    ask: str
    turns: tuple[Turn, ...]


def read_questions(folder: Path) -> tuple[Question, ...]:
    """All questions of all kinds, in the order of the kinds and files. Raises InvalidInput, naming file and question."""
    found: list[Question] = []
    paths = sorted(folder.glob("*.yaml"))
    for path in sorted((p for p in paths if p.name != "gate.yaml"), key=lambda path: _place(path.stem)):
        try:
            document = read_yaml(path.read_text(encoding="utf-8"))
            found += _questions(document, path)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not found:
        raise InvalidInput(f"no questions under {folder}: say where they are with --questions")
    return tuple(found)


def chosen(
    questions: Iterable[Question], kinds: Sequence[str] = (), split: str | None = None
) -> tuple[Question, ...]:
    """The questions of some kinds and of one split. Raises InvalidInput for a kind or split that there is none of."""
    questions = tuple(questions)
    known = {question.kind for question in questions}
    if unknown := [kind for kind in kinds if kind not in known]:
        raise InvalidInput(f"no questions of the kind {unknown[0]!r}: kinds are {', '.join(sorted(known))}")
    if split not in (None, *SPLITS):
        raise InvalidInput(f"no split {split!r}: splits are {' and '.join(SPLITS)}")
    return tuple(
        question
        for question in questions
        if (not kinds or question.kind in kinds) and (split is None or question.split == split)
    )


def _place(kind: str) -> tuple[int, str]:
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind)


def _questions(document: Mapping[str, Any], path: Path) -> Iterable[Question]:
    for number, raw in enumerate(document["questions"], start=1):
        try:
            yield _question(raw, document["kind"])
        except (KeyError, TypeError, ValueError) as error:
            name = raw.get("id", f"number {number}") if isinstance(raw, dict) else f"number {number}"
            raise InvalidInput(f"{path}: question {name}: {type(error).__name__} {error}") from None


def _question(raw: Mapping[str, Any], kind: str) -> Question:
    language = Language(raw["lang"])
    turns = [
        Turn(turn["text"], Language(turn.get("lang", language)), _right(turn["right"]))
        for turn in raw.get("turns") or [raw]
    ]
    if raw["split"] not in SPLITS:
        raise ValueError(f"split is dev or test, not {raw['split']!r}")
    audience = Audience(raw.get("audience", "public"))
    return Question(raw["id"], kind, language, audience, raw["split"], raw["ask"], tuple(turns))


def _right(raw: Mapping[str, Any]) -> Right:
    each = tuple(tuple(group) for group in raw.get("records_each", ()))
    lists = {key: tuple(value) for key, value in raw.items() if key != "records_each"}
    return Right(**lists, records_each=each)

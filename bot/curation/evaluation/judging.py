"""Whether a reply is right, by the rules of the questions' README. Pure; the reasons are for reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.curation.evaluation.questions import Right, Turn
from bot.domain.messages import Outcome
from bot.ports import TurnResult

_SPACES = re.compile(r"\s+")
_BESIDE_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")


def comparable(text: str) -> str:
    """The form in which replies and expectations are compared: case, width and spaces beside Chinese do not count."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return _BESIDE_CHINESE.sub("", text)


def said(result: TurnResult) -> str:
    """The text that is judged: all replies, one after another, without buttons and sources."""
    return "\n".join(reply.text for reply in result.replies)


def faults(turn: Turn, result: TurnResult) -> list[str]:
    """Everything that is not as it must be; empty for a right reply."""
    found = list(_wrong(turn.right, result.outcome, result.records, comparable(said(result))))
    if result.language is not turn.language:
        found.append(f"replied in {result.language.value}")
    return found


def _wrong(right: Right, outcome: Outcome, records: Sequence[str], text: str) -> Iterator[str]:
    if outcome.value not in right.outcome:
        yield f"outcome {outcome.value}, not {' or '.join(right.outcome)}"
    for words in _said(right.never, text):
        yield f"must never say {words!r}"
    if outcome is not Outcome.ANSWERED:
        return
    used = set(records)
    if right.records_any and not used.intersection(right.records_any):
        yield f"rests on {_listed(records)}, not on any of {_listed(right.records_any)}"
    for record in right.records_all:
        if record not in used:
            yield f"rests on {_listed(records)}, not on {record}"
    for group in right.records_each:
        if not used.intersection(group):
            yield f"rests on {_listed(records)}, not on any of {_listed(group)}"
    if right.says_any and not _said(right.says_any, text):
        yield f"says none of {_listed(right.says_any)}"
    for words in right.says_all:
        if comparable(words) not in text:
            yield f"does not say {words!r}"


def _said(words: Iterable[str], text: str) -> list[str]:
    return [each for each in words if comparable(each) in text]


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "nothing"

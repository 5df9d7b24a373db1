"""Which single statements of a record a question is about: its details, found by their words. Pure; chooses, never writes."""

from __future__ import annotations

from bot.dialogue.linking import LinkIndex
from bot.dialogue.statements import statements_of
from bot.domain.records import Record
from bot.domain.text import Bilingual, Language

_AT_MOST = 2
_ENOUGH = 0.34  # share of the question's own words (beside the record's name) that a statement must hold


def statements_in_focus(
    record: Record, question: str, index: LinkIndex, language: Language
) -> list[Bilingual]:
    """The statements that hold what the question asks for beyond naming the record, the closest first."""
    own = _own_features(record, question, index)
    total = sum(own.values())
    if total <= 0:
        return []
    scored = []
    for place, statement in enumerate(statements_of(record)):
        held = index.read_curated(statement.zh) | index.read_curated(statement.en)
        share = sum(weight for feature, weight in own.items() if feature in held) / total
        if share >= _ENOUGH:
            scored.append((-share, place, statement))
    best = [statement for _, _, statement in sorted(scored, key=lambda each: each[:2])]
    return list(dict.fromkeys(best))[:_AT_MOST]


def _own_features(record: Record, question: str, index: LinkIndex) -> dict[str, float]:
    """The weighed features of the question that the record's names do not already hold."""
    names: set[str] = set()
    for text in (record.name.zh, record.name.en, *record.aliases):
        names |= index.read_curated(text)
    weights = index.query(question).weights
    return {
        feature: weight
        for feature, weight in weights.items()
        if feature not in names and not feature.startswith(("c1:", "t:", "y:"))
    }

"""Which single statements of a record a question is about: its details, found by their words. Pure; chooses, never writes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue.linking import LinkIndex
from bot.dialogue.statements import statements_of
from bot.domain.records import Record
from bot.domain.text import Bilingual, Language

_AT_MOST = 2
_WRITTEN = ("c2", "c3", "w:")  # features that are a piece of the text itself
_ENOUGH = 0.34  # share of the question's own words (beside the record's name) that a statement must hold


def statements_in_focus(
    record: Record, question: str, index: LinkIndex, language: Language
) -> list[Bilingual]:
    """The statements that hold what the question asks for beyond naming the record, the closest first."""
    own = _own_features(record, question, index)
    enough = _ENOUGH * sum(own.values())
    if enough <= 0:
        return []
    scored = []
    for place, statement in enumerate(statements_of(record)):
        if _at_most(own, statement) < enough:
            continue  # most statements: reading one costs far more than seeing that it cannot be meant
        held = index.read_curated(statement.zh) | index.read_curated(statement.en)
        weight = sum(weight for feature, weight in own.items() if feature in held)
        if weight >= enough:
            scored.append((-weight, place, statement))
    best = [statement for _, _, statement in sorted(scored, key=lambda each: each[:2])]
    return list(dict.fromkeys(best))[:_AT_MOST]


def _at_most(own: Mapping[str, float], statement: Bilingual) -> float:
    """A bound on the weight of the features that a statement can hold: words and characters must stand in it."""
    said = f"{statement.zh} {statement.en}".lower()
    return sum(
        weight for feature, weight in own.items() if feature[:2] not in _WRITTEN or _written(feature) in said
    )


def _written(feature: str) -> str:
    """What of a feature stands in a text as it is: a stem may lose its last letter (``facil`` … ``facility``)."""
    text = feature[feature.index(":") + 1 :]
    return text if text > "~" else text.rstrip("iey")


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

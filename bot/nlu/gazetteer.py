"""Understands what is asked from word lists alone: answers while Rasa is loading or away. No I/O; never fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.domain.lexicon import Lexicon
from bot.domain.text import Forms
from bot.domain.understanding import Source, Understanding

_CONFIDENT = 0.6  # word lists are right often enough to act on, and never as sure as a trained model
_UNSURE = 0.2


class Gazetteer:
    """Word lists as an Nlu. The longest word in the text decides; of equally long ones the first listed."""

    def __init__(self, lexicon: Lexicon) -> None:
        asks = _words({f"ask_{ask}": forms for ask, forms in lexicon.asks.items()})
        intents = _words(lexicon.intents)
        self._words = sorted([*intents, *asks], key=lambda entry: len(entry[0]), reverse=True)

    async def parse(self, text: str) -> Understanding:
        """What a normalised text asks; ``ask_overview`` with low confidence when no word tells."""
        return self.understand(text)

    def understand(self, text: str) -> Understanding:
        """The same, without waiting."""
        found: dict[str, None] = {}
        for word, pattern, intent in self._words:
            if pattern.search(text) if pattern else word in text:
                found.setdefault(intent)
        if not found:
            return Understanding("ask_overview", _UNSURE, Source.GAZETTEER)
        ranking = tuple((intent, _CONFIDENT / (place + 1)) for place, intent in enumerate(list(found)[:5]))
        return Understanding(ranking[0][0], _CONFIDENT, Source.GAZETTEER, ranking=ranking)


def _words(lists: Mapping[str, Forms]) -> Iterable[tuple[str, re.Pattern[str] | None, str]]:
    for intent, forms in lists.items():
        for word in forms.zh:
            yield word, None, intent
        for word in forms.en:
            yield word, re.compile(rf"\b{re.escape(word)}(?!\w)"), intent

"""Masks the words that say how something is asked, so that only what it is about is compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ahocorasick_rs

from bot.dialogue.linking.features import on_word_border
from bot.dialogue.linking.values import Named


class NeutralWords:
    """Words that say how something is asked, not what about: masked before comparing."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words), key=len, reverse=True)
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def mask(self, text: str, keep: Sequence[Named] = ()) -> str:
        """``text`` with every neutral word that is not inside a kept name replaced by a bar."""
        spans = [
            (start, end)
            for _, start, end in self._automaton.find_matches_as_indexes(text)
            if on_word_border(text, start, end) and not any(n.start < end and start < n.end for n in keep)
        ]
        for start, end in reversed(spans):
            text = text[:start] + "|" + text[end:]
        return text

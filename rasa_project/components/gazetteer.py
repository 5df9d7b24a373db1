"""Known names in a text: all of them in one pass (Aho-Corasick), then the leftmost longest that do not overlap.

Pure: built from (kind, name) pairs, asked with a normalised text. What a name refers to is not decided here; one
name may belong to several records, and which one is meant is the bot's question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from components.kinds import KINDS, TOKENS
from components.normalisation import is_chinese, normalise

_SHORTEST_NAME = 2


@dataclass(frozen=True)
class Mention:
    """A known name found at ``start:end`` of the normalised text; ``name`` is spelt as in the lookup table."""

    start: int
    end: int
    kind: str
    name: str


class Gazetteer:
    """Finds names of kinds. A name of two kinds counts as the first of them in the order of ``KINDS``."""

    def __init__(self, entries: Mapping[str, tuple[str, str]]) -> None:
        """``entries``: normalised name → (kind, name). See ``from_names``."""
        self.entries = dict(entries)
        self._patterns = list(self.entries)
        self._automaton: ahocorasick_rs.AhoCorasick | None = (
            ahocorasick_rs.AhoCorasick(self._patterns, matchkind=ahocorasick_rs.MatchKind.Standard)
            if self._patterns
            else None
        )

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, str]]) -> Gazetteer:
        """Take ``(kind, name)`` pairs. Raises ``ValueError`` for a name of one character and for an unknown kind."""
        return cls(_by_pattern(names))

    def __len__(self) -> int:
        """Number of different names after normalisation."""
        return len(self._patterns)

    def find(self, text: str) -> list[Mention]:
        """Mentions in a *normalised* text, in order, never overlapping."""
        mentions: list[Mention] = []
        position = 0
        for start, end, pattern in sorted(self._candidates(text), key=lambda found: (found[0], -found[1])):
            if start >= position:
                kind, name = self.entries[pattern]
                mentions.append(Mention(start, end, kind, name))
                position = end
        return mentions

    def _candidates(self, text: str) -> Iterator[tuple[int, int, str]]:
        if self._automaton is None:
            return
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            whole = _whole_words(text, start, end)
            if whole is not None:
                yield start, whole, self._patterns[index]


def delexicalise(text: str, mentions: Sequence[Mention]) -> str:
    """``text`` with each mention replaced by the token of its kind. Mentions are in order and apart."""
    parts: list[str] = []
    position = 0
    for mention in mentions:
        parts += [text[position : mention.start], TOKENS[mention.kind]]
        position = mention.end
    return "".join([*parts, text[position:]])


def _by_pattern(names: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Normalised name → (kind, name), the kinds in order of precedence."""
    ranked = sorted(names, key=lambda pair: KINDS.index(pair[0]))
    entries: dict[str, tuple[str, str]] = {}
    for kind, name in ranked:
        pattern = normalise(name).text
        if len(pattern) < _SHORTEST_NAME:
            raise ValueError(
                f"a name in a lookup needs at least {_SHORTEST_NAME} characters: {name!r} ({kind})"
            )
        entries.setdefault(pattern, (kind, name))
    return entries


def _whole_words(text: str, start: int, end: int) -> int | None:
    """The end of the match if it does not cut a word of letters or digits in two (a plural s belongs to it)."""
    if start > 0 and _joined(text[start - 1], text[start]):
        return None
    if end < len(text) and text[end] == "s" and _joined(text[end - 1], "s"):
        end += 1
    if end < len(text) and _joined(text[end - 1], text[end]):
        return None
    return end


def _joined(left: str, right: str) -> bool:
    return all(character.isalnum() and not is_chinese(character) for character in (left, right))

"""Finds the names of records inside an utterance: as written, by their sound, or typed as pinyin in Latin letters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

import ahocorasick_rs

from bot.dialogue.linking.features import on_word_border, stem, syllable, typed_sounds
from bot.dialogue.linking.values import Form, Named
from bot.domain.records import Ref

LATIN_WORD: Final = re.compile(r"[a-z]{4,}")
_LONGEST_SOUND: Final = 6  # characters of a name that is recognised by its sound


class NameFinder:
    """Immutable. ``knows`` says whether any form has a feature: a known English word is no pinyin."""

    def __init__(self, forms: Sequence[Form], knows: Callable[[str], bool]) -> None:
        owners: defaultdict[str, list[Ref]] = defaultdict(list)
        titles: defaultdict[str, list[Ref]] = defaultdict(list)
        for form in forms:
            if form.name and len(form.text) > 1 and form.ref not in owners[form.text]:
                owners[form.text].append(form.ref)
            if form.sort == "title":
                titles[form.text].append(form.ref)
        self._knows = knows
        self._names = list(owners)
        self._owners = [tuple(refs) for refs in owners.values()]
        self._titled = [tuple(titles.get(name, ())) for name in owners]
        self._automaton = ahocorasick_rs.AhoCorasick(self._names) if self._names else None
        self._sounds: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            if 2 <= len(name) <= _LONGEST_SOUND and all("\u3400" <= ch <= "\u9fff" for ch in name):
                self._sounds[tuple(map(syllable, name))].append(number)

    def find(self, text: str) -> tuple[Named, ...]:
        """The longest names in a normalised text that do not overlap, left to right."""
        found = self._written(text)
        found += self._sounding(text, found)
        found += self._typed(text)
        return tuple(sorted(found, key=lambda name: name.start))

    def _written(self, text: str) -> list[Named]:
        if self._automaton is None:
            return []
        spans = [
            (start, end, which)
            for which, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if on_word_border(text, start, end)
        ]
        spans.sort(key=lambda span: (span[0] - span[1], span[0]))
        taken: list[Named] = []
        for start, end, which in spans:
            if not _overlaps(start, end, taken):
                taken.append(Named(start, end, self._owners[which], self._titled[which]))
        return taken

    def _sounding(self, text: str, taken: Sequence[Named]) -> list[Named]:
        """Names that the text only sounds like (环平 for 环评): half their characters at least are written right."""
        sounds = [syllable(ch) if "\u3400" <= ch <= "\u9fff" else "" for ch in text]
        found: list[Named] = []
        for length in range(_LONGEST_SOUND, 1, -1):
            for start in range(len(text) - length + 1):
                end = start + length
                alike = self._sounds.get(tuple(sounds[start:end]), ())
                if alike and not _overlaps(start, end, (*taken, *found)):
                    found += self._half_right(text, start, end, alike)
        return found

    def _half_right(self, text: str, start: int, end: int, alike: Sequence[int]) -> list[Named]:
        for which in alike:
            name = self._names[which]
            right = sum(a == b for a, b in zip(name, text[start:end], strict=True))
            if 2 * right >= end - start:
                return [Named(start, end, self._owners[which], heard=name)]
        return []

    def _typed(self, text: str) -> list[Named]:
        return [
            Named(*word.span(), self._owners[which], heard=self._names[which])
            for word in LATIN_WORD.finditer(text)
            if not self._knows("w:" + stem(word[0]))
            for which in self._sounds.get(typed_sounds(word[0]), ())[:1]
        ]


def _overlaps(start: int, end: int, names: Sequence[Named]) -> bool:
    return any(name.start < end and start < name.end for name in names)

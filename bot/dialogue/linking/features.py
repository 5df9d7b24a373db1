"""The features that texts are compared by: character and word n-grams, English stems, Chinese syllables. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import ahocorasick_rs
import Stemmer  # type: ignore[import-not-found]

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # single characters suffice, and half the memory
from pypinyin import pinyin_dict
from pypinyin.contrib.tone_convert import to_normal

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+(?:['’][a-z]+)?|\d+(?:\.\d+)?|\+")
_BRITISH = {
    "license": "licence", "licenses": "licences", "center": "centre", "centers": "centres", "labor": "labour",
    "odor": "odour", "odors": "odours", "program": "programme", "neighbor": "neighbour", "neighbors": "neighbours",
    "trash": "rubbish", "garbage": "rubbish",
}  # fmt: skip
_STEM = Stemmer.Stemmer("english")

# How much a feature of each sort says by itself, before its rarity is counted in.
SORT_WEIGHT = {"s": 2.0, "c1": 0.25, "c2": 1.0, "c3": 1.2, "w": 1.6, "w2": 1.0, "t": 0.3, "d": 1.5, "y": 0.35}
_ENGLISH_STOP = frozenset(
    re.findall(
        r"\w+",
        """a an and any are as at be been but by can could do does for from get give had has have how i if in into is it its
        just let may me my need of on one or our out please so some tell than that the their them then there these they
        this those to under up us was we were what when where which who whom whose why will with would you your about
        after before also together same else really okay ok still already again even only very too now""",
    )
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The English stem, such as ``acceptances`` → ``accept``."""
    return str(_STEM.stemWord(_BRITISH.get(word, word)))


@lru_cache(maxsize=20_000)
def syllable(character: str) -> str:
    """The character's commonest reading without tone, common confusions of speech folded (zh/z, ing/in, l/n …)."""
    readings = pinyin_dict.pinyin_dict.get(ord(character), "")
    return _fold(to_normal(readings.split(",")[0])) if readings else character


def _chinese(run: str) -> Iterator[str]:
    for character in run:
        yield "c1:" + character
    for i in range(len(run) - 1):
        yield "c2:" + run[i : i + 2]
    for i in range(len(run) - 2):
        yield "c3:" + run[i : i + 3]
    sounds = [syllable(character) for character in run]
    for i in range(len(sounds) - 1):
        yield f"y:{sounds[i]} {sounds[i + 1]}"


def _english(word: str) -> Iterator[str]:
    stemmed = stem(word)
    yield "w:" + stemmed
    padded = f"^{word}$"
    if len(word) > 3:
        for i in range(len(padded) - 2):
            yield "t:" + padded[i : i + 3]


class FeatureReader:
    """Reads the features of normalised texts. Words of one synonym group give one common feature."""

    def __init__(self, synonyms: Iterable[Sequence[str]] = ()) -> None:
        self._group: list[int] = []
        words: list[str] = []
        for number, group in enumerate(synonyms):
            for word in group:
                words.append(word)
                self._group.append(number)
        self._automaton = ahocorasick_rs.AhoCorasick(words) if words else None

    def __call__(self, text: str, whole: str = "") -> set[str]:
        """``sort:value`` strings, each once. English stop words give none.

        ``whole``: the text before neutral words were masked; synonyms are looked for in it, for a mask cuts words.
        """
        found = set(self._synonyms(whole or text))
        previous = ""
        for run in _RUN.findall(text):
            if run[0].isdigit() or run == "+":
                found.add("d:" + run)
                previous = ""
            elif "\u3400" <= run[0] <= "\u9fff":
                found.update(_chinese(run))
                previous = ""
            elif len(run) > 1 and run not in _ENGLISH_STOP:
                found.update(_english(run))
                stemmed = stem(run)
                if previous:
                    found.add(f"w2:{previous} {stemmed}")
                previous = stemmed
        return found

    def _synonyms(self, text: str) -> Iterator[str]:
        if self._automaton is not None:
            matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
            whole = [(start, end, which) for which, start, end in matches if on_word_border(text, start, end)]
            for start, end, which in whole:
                if not any(s <= start and end <= e and e - s > end - start for s, e, _ in whole):
                    yield f"s:{self._group[which]}"


def sound_pairs(text: str) -> Iterator[tuple[str, str]]:
    """For each two neighbouring Chinese characters: their feature as written, and as it sounds."""
    for run in _RUN.findall(text):
        if "\u3400" <= run[0] <= "\u9fff":
            for i in range(len(run) - 1):
                yield "c2:" + run[i : i + 2], f"y:{syllable(run[i])} {syllable(run[i + 1])}"


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    # Thousands of characters share each reading: folding them one by one took half a second of somebody's turn.
    readings = {reading for each in pinyin_dict.pinyin_dict.values() for reading in each.split(",")}
    return frozenset(map(to_normal, readings))


def typed_sounds(word: str) -> tuple[str, ...]:
    """The sounds of a word that is pinyin in Latin letters, such as ``huanping``; empty when it is none."""
    known = _syllables()
    ways: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for begin in range(max(0, end - 6), end):
            way, best = ways[begin], ways[end]
            if way is not None and word[begin:end] in known and (best is None or len(way) + 1 < len(best)):
                ways[end] = (*way, word[begin:end])
    return tuple(_fold(sound) for sound in ways[-1] or ())


def _fold(sound: str) -> str:
    for spoken, folded in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sound = sound.replace(spoken, folded)
    return sound


def is_stop_word(word: str) -> bool:
    """True for the commonest English words, which say nothing of what a text is about."""
    return word in _ENGLISH_STOP


def on_word_border(text: str, start: int, end: int) -> bool:
    """False when a Latin match begins or ends inside a word (a plural s is let through)."""

    def latin(ch: str) -> bool:
        return ch.isascii() and ch.isalnum()

    if latin(text[start]) and start > 0 and latin(text[start - 1]):
        return False
    rest = text[end : end + 2]
    if rest and latin(text[end - 1]) and latin(rest[0]):
        return rest[0] == "s" and not latin(rest[1:] or " ")
    return True


def sort_of(feature: str) -> str:
    """The sort of a feature, a key of SORT_WEIGHT."""
    return feature[: feature.index(":")]

"""The index over every form a record is known by, and the signals it gives for an utterance.

Immutable once built. Arrays: one row a form (forms of a record are neighbours), one row a record. All weights are
float64; a search costs one pass over the postings of the utterance's features.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bot.dialogue.linking.features import (
    SORT_WEIGHT,
    FeatureReader,
    sort_of,
    sound_pairs,
    stem,
    typed_sounds,
)
from bot.dialogue.linking.names import LATIN_WORD, NameFinder
from bot.dialogue.linking.neutral import NeutralWords
from bot.dialogue.linking.values import Form, LinkQuery, Signals
from bot.dialogue.normal import normalise
from bot.domain.records import Ref

_UNKNOWN_SHARE = {"c1": 0.6, "c2": 0.7, "w": 0.8, "d": 0.7}  # other sorts weigh nothing when no form has them
_NOT_TOLD = ("c1:", "y:", "t:")  # sorts that statements, being long, would share with everything
_SOUND_SHARE = 0.8  # what a pair known by its sound alone weighs, against one written right
_STRANGE = 0.3  # what a word that no record uses counts against being told of
_SPELLING = 0.75  # how near a misspelt word must be (normalised Levenshtein)
_CANDIDATES = 40
_COMMON_SHARE = 0.04  # in a large index, features commoner than this carry no signal and cost the most
_LARGE_INDEX = 20_000  # forms


class LinkIndex:
    """Immutable. Build it with ``build_index``."""

    def __init__(self, forms: Sequence[Form], neutral: NeutralWords, read: FeatureReader) -> None:
        ordered = sorted(forms, key=lambda form: form.ref)
        compared = [form for form in ordered if form.sort != "statement"]
        self.neutral = neutral
        self.read = read
        self._curated: dict[str, frozenset[str]] = {}
        self.refs: tuple[Ref, ...] = tuple(dict.fromkeys(form.ref for form in compared))
        self._row = {ref: row for row, ref in enumerate(self.refs)}
        self._index_whole(compared)
        self._names = NameFinder(compared, self.knows)
        self._index_features(compared)
        self._index_statements(
            [form for form in ordered if form.sort == "statement" and form.ref in self._row]
        )

    def __len__(self) -> int:
        return len(self.refs)

    # -- building ---------------------------------------------------------------------------------------------

    def _index_whole(self, forms: Sequence[Form]) -> None:
        whole: defaultdict[str, list[Ref]] = defaultdict(list)
        for form in forms:
            if form.ref not in whole[form.text]:
                whole[form.text].append(form.ref)
        self._exact = {text: tuple(refs) for text, refs in whole.items()}

    def _index_features(self, forms: Sequence[Form]) -> None:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        found: list[set[str]] = []
        owner = np.fromiter((self._row[form.ref] for form in forms), dtype=np.int64, count=len(forms))
        for number, form in enumerate(forms):
            text = form.text if form.name else (self.neutral.mask(form.text) or form.text)
            found.append(self.read(text, form.text) or self.read(form.text))
            for feature in found[-1]:
                postings[feature].append(number)
        self._postings = {f: np.asarray(rows, dtype=np.int64) for f, rows in postings.items()}
        self._owner_postings = {f: _each_once(owner[rows]) for f, rows in self._postings.items()}
        self._weight = self._feature_weights(len(forms))
        self._unknown_idf = math.log(1 + len(self.refs))
        self._words_by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for feature in self._postings:
            if feature.startswith("w:"):
                self._words_by_letter[feature[2]].append(feature[2:])
        norms = [sum(self._weight[f] for f in each) for each in found]
        self._form_norm: NDArray[np.float64] = np.asarray(norms, dtype=np.float64)
        self._starts = np.searchsorted(owner, np.arange(len(self.refs)))

    def _index_statements(self, statements: Sequence[Form]) -> None:
        said: list[set[str]] = [set() for _ in self.refs]
        for form in statements:
            said[self._row[form.ref]] |= self.read(form.text)
        for feature, rows in self._owner_postings.items():
            for row in rows.tolist():
                said[row].add(feature)
        told: defaultdict[str, list[int]] = defaultdict(list)
        for row, each in enumerate(said):
            for feature in each:
                if not feature.startswith(_NOT_TOLD):
                    told[feature].append(row)
        total = len(self.refs)
        self._told = {f: np.asarray(rows, dtype=np.int64) for f, rows in told.items()}
        self._told_weight = {
            f: SORT_WEIGHT[sort_of(f)] * math.log(1 + total / len(rows)) for f, rows in told.items()
        }

    def _feature_weights(self, forms: int) -> dict[str, float]:
        total = len(self.refs)
        weights = {}
        for feature, rows in self._owner_postings.items():
            common = forms > _LARGE_INDEX and len(rows) > _COMMON_SHARE * total
            weights[feature] = (
                0.0 if common else SORT_WEIGHT[sort_of(feature)] * math.log(1 + total / len(rows))
            )
        return weights

    # -- searching --------------------------------------------------------------------------------------------

    def query(self, text: str) -> LinkQuery:
        """Makes a normalised text ready: names found, neutral words masked, features weighed."""
        named = self._names.find(text)
        content = self.neutral.mask(text, keep=named)
        weights = {f: self._weigh(f) for f in self.read(content, text)}
        self._hear_homophones(content, weights)
        self._mend_spelling(weights)
        return LinkQuery(text, content, named, weights)

    def read_curated(self, text: str) -> frozenset[str]:
        """The features of a record's own text, kept once read: there are only so many of them."""
        found = self._curated.get(text)
        if found is None:
            found = self._curated[text] = frozenset(self.read(normalise(text)))
        return found

    def knows(self, feature: str) -> bool:
        """True when some form has this feature."""
        return feature in self._postings

    def _hear_homophones(self, content: str, weights: dict[str, float]) -> None:
        """A pair of characters that no form has counts by its sound instead, where some form sounds so."""
        for pair, sound in (*sound_pairs(content), *self._typed_sounds(content)):
            if pair not in self._postings and sound in self._postings:
                weights[pair] = 0.0
                weights[sound] = self._weight[sound] * SORT_WEIGHT["c2"] / SORT_WEIGHT["y"] * _SOUND_SHARE

    def _typed_sounds(self, content: str) -> Iterator[tuple[str, str]]:
        """Pinyin typed as Latin letters ("huanping"), where the word is no known one."""
        for word in LATIN_WORD.findall(content):
            if not self.knows("w:" + stem(word)):
                for one, next_one in pairwise(typed_sounds(word)):
                    yield "w:" + stem(word), f"y:{one} {next_one}"

    def _mend_spelling(self, weights: dict[str, float]) -> None:
        """An English word that no form has counts as the known word it is nearest to, where one is near."""
        for feature in [f for f in weights if f.startswith("w:") and f not in self._postings and len(f) > 6]:
            word = feature[2:]
            near = process.extractOne(
                word, self._words_by_letter.get(word[0], ()), scorer=Levenshtein.normalized_similarity,
                score_cutoff=_SPELLING,
            )  # fmt: skip
            if near:
                weights[feature] = 0.0
                weights["w:" + near[0]] = self._weight["w:" + near[0]] * near[1]

    def search(self, query: LinkQuery) -> list[Signals]:
        """The records that anything speaks for, best first (at most 40)."""
        if not self.refs:
            return []
        similarity, coverage = self._compare(query)
        told = self._compare_statements(query)
        named = self._named_signals(query)
        order = np.argsort(similarity + coverage + 0.5 * told)[::-1][:_CANDIDATES]
        rows = [int(row) for row in order if similarity[row] > 0.02 or told[row] > 0.2]
        rows += [self._row[ref] for ref in named if self._row[ref] not in rows]
        exact = set(self._exact.get(query.text, ())) | set(
            self._exact.get(query.content.strip("| ,.?!，。？！"), ())
        )
        heads = _head(query)
        found = []
        for row in rows:
            ref = self.refs[row]
            strength, share, titled = named.get(ref, (0.0, 0.0, 0.0))
            near, covered, spoken = float(similarity[row]), float(coverage[row]), float(told[row])
            found.append(
                Signals(
                    ref,
                    near,
                    covered,
                    spoken,
                    strength,
                    share,
                    titled,
                    float(ref in exact),
                    float(ref in heads),
                )
            )
        return sorted(found, key=lambda s: (s.exact, s.similarity + s.coverage + s.named), reverse=True)

    def _weigh(self, feature: str) -> float:
        known = self._weight.get(feature)
        if known is not None:
            return known
        sort = sort_of(feature)
        return SORT_WEIGHT[sort] * _UNKNOWN_SHARE.get(sort, 0.0) * self._unknown_idf

    def _compare(self, query: LinkQuery) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        known = [(f, w) for f, w in query.weights.items() if w > 0 and f in self._postings]
        if not known or query.total <= 0:
            return np.zeros(len(self.refs)), np.zeros(len(self.refs))
        weights = [w for _, w in known]
        shared = _sum_by_row([self._postings[f] for f, _ in known], weights, len(self._form_norm))
        dice = 2 * shared / (query.total + self._form_norm)
        similarity = np.maximum.reduceat(dice, self._starts)
        explained = _sum_by_row([self._owner_postings[f] for f, _ in known], weights, len(self.refs))
        return similarity, explained / query.total

    def _compare_statements(self, query: LinkQuery) -> NDArray[np.float64]:
        wanted = {f: w for f, w in query.weights.items() if w > 0 and not f.startswith(_NOT_TOLD)}
        known = [f for f in wanted if f in self._told]
        total = sum(self._told_weight[f] for f in known) + _STRANGE * sum(
            w for f, w in wanted.items() if f not in self._told
        )
        if not known or total <= 0:
            return np.zeros(len(self.refs))
        weights = [self._told_weight[f] for f in known]
        return _sum_by_row([self._told[f] for f in known], weights, len(self.refs)) / total

    def _named_signals(self, query: LinkQuery) -> dict[Ref, tuple[float, float, float]]:
        """By record: how telling its name in the utterance is, the share it takes, whether it is the record's own name."""
        total = query.total or 1.0
        found: dict[Ref, tuple[float, float, float]] = {}
        for name in query.named:
            said = name.heard or query.text[name.start : name.end]
            weight = sum(self._weigh(f) for f in self.read(said)) * (_SOUND_SHARE if name.heard else 1.0)
            strength = 1 - math.exp(-weight / (1.5 * self._unknown_idf))
            for ref in name.refs:
                before = found.get(ref, (0.0, 0.0, 0.0))
                titled = max(before[2], float(ref in name.titled))
                found[ref] = max(before[0], strength), min(1.0, before[1] + weight / total), titled
        return found


def _head(query: LinkQuery) -> tuple[Ref, ...]:
    """The records that bear the last of several names, where a 的 ties it to the one before."""
    if len(query.named) < 2:
        return ()
    before, last = query.named[-2:]
    return last.refs if "的" in query.text[before.end : last.start] else ()


def _each_once(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ascending rows without repetition (np.unique sorts first, which costs more than all the rest)."""
    return rows if len(rows) < 2 else rows[np.concatenate(([True], rows[1:] != rows[:-1]))]


def _sum_by_row(postings: list[NDArray[np.int64]], weights: list[float], size: int) -> NDArray[np.float64]:
    rows = np.concatenate(postings)
    repeated = np.repeat(np.asarray(weights), [len(p) for p in postings])
    summed: NDArray[np.float64] = np.bincount(rows, weights=repeated, minlength=size).astype(np.float64)
    return summed


def build_index(
    forms: Iterable[Form], neutral_words: Iterable[str], synonyms: Iterable[Sequence[str]] = ()
) -> LinkIndex:
    """An index over ``forms``; ``neutral_words`` carry no topic, ``synonyms`` are groups of words (all normalised)."""
    return LinkIndex(tuple(forms), NeutralWords(neutral_words), FeatureReader(synonyms))

"""The index over every form a record is known by, and the signals it gives for an utterance.

Immutable once built. Arrays: one row a form (forms of a record are neighbours), one row a record. All weights are
float64; a search costs one pass over the postings of the utterance's features.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bot.dialogue.linking.features import (
    SORT_WEIGHT,
    FeatureReader,
    is_stop_word,
    sort_of,
    sound_pairs,
    stem,
    typed_sounds,
)
from bot.dialogue.linking.names import LATIN_WORD, NameFinder
from bot.dialogue.linking.neutral import NeutralWords
from bot.dialogue.linking.postings import Floats, Postings, Rows, Vocabulary
from bot.dialogue.linking.values import Form, LinkQuery, Signals
from bot.dialogue.normal import normalise
from bot.domain.records import Ref
from bot.domain.text import Language

_UNKNOWN_SHARE = {"c1": 0.6, "c2": 0.7, "w": 0.8, "d": 0.7}  # other sorts weigh nothing when no form has them
_NOT_TOLD = ("c1:", "y:", "t:")  # sorts that statements, being long, would share with everything
_SOUND_SHARE = 0.8  # what a pair known by its sound alone weighs, against one written right
_STRANGE = 0.3  # what a word that no record uses counts against being told of
_SPELLING = 0.75  # how near a misspelt word must be (normalised Levenshtein)
_CANDIDATES = 40
_NEAR, _TOLD = 0.02, 0.2  # less similarity and less told of is no candidate
_COMMON_SHARE = 0.04  # in a large index, features commoner than this carry no signal and cost the most
_LARGE_INDEX = 20_000  # forms
_GIBBERISH = 8  # letters of a lone word that nobody knows


class LinkIndex:
    """Immutable, but for what it remembers: the last ``kept`` texts. Build it with ``build_index``."""

    kept = 64

    def __init__(self, forms: Sequence[Form], neutral: NeutralWords, read: FeatureReader) -> None:
        ordered = sorted(forms, key=lambda form: form.ref)
        compared = [form for form in ordered if form.sort != "statement"]
        self.neutral = neutral
        self.read = read
        self._curated: dict[str, frozenset[str]] = {}
        self._queries: dict[str, LinkQuery] = {}
        self._found: dict[str, Sequence[Signals]] = {}
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
        self._vocabulary = Vocabulary()
        rows = (self._row[form.ref] for form in forms)
        self._owner: Rows = np.fromiter(rows, dtype=np.int32, count=len(forms))
        read = (self._vocabulary.add(self._features_of(form)) for form in forms)
        self._postings = Postings.of(read, self._vocabulary)
        self._owner_postings = self._postings.by(self._owner)
        self._weight = self._feature_weights(len(forms))
        self._unknown_idf = math.log(1 + len(self.refs))
        self._words_by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for feature in self._vocabulary.features():
            if feature.startswith("w:"):
                self._words_by_letter[feature[2]].append(feature[2:])
        self._form_norm = self._postings.sum_of_features(self._weight, len(forms))

    def _features_of(self, form: Form) -> set[str]:
        text = form.text if form.name else (self.neutral.mask(form.text) or form.text)
        return self.read(text, form.text) or self.read(form.text)

    def _index_statements(self, statements: Sequence[Form]) -> None:
        read = (self._vocabulary.add(self.read(form.text)) for form in statements)
        said = Postings.of(read, self._vocabulary)
        rows = (self._row[form.ref] for form in statements)
        owner = np.fromiter(rows, dtype=np.int32, count=len(statements))
        wanted = np.asarray([not f.startswith(_NOT_TOLD) for f in self._vocabulary.features()], dtype=bool)
        self._told = said.by(owner).merged(self._owner_postings, wanted)
        self._told_weight = self._rarity(self._told)

    def _feature_weights(self, forms: int) -> Floats:
        weights = self._rarity(self._owner_postings)
        if forms > _LARGE_INDEX:
            weights[self._owner_postings.counts > _COMMON_SHARE * len(self.refs)] = 0.0
        return weights

    def _rarity(self, postings: Postings) -> Floats:
        """What each feature says: by its sort, and the more the fewer records have it."""
        sorts = np.asarray([SORT_WEIGHT[sort_of(feature)] for feature in self._vocabulary.features()])
        return sorts * np.log(1 + len(self.refs) / np.maximum(postings.counts, 1))

    def _number(self, feature: str) -> int | None:
        """The number of a feature that some form has."""
        number = self._vocabulary.get(feature)
        return number if self._postings.has(number) else None

    # -- searching --------------------------------------------------------------------------------------------

    def query(self, text: str) -> LinkQuery:
        """Makes a normalised text ready: names found, neutral words masked, features weighed.

        One turn asks for the same text several times (its language, its record, its details): the last few are kept.
        """
        ready = self._queries.get(text)
        if ready is None:
            if len(self._queries) >= self.kept:
                self._queries.clear()
            ready = self._queries[text] = self._make_ready(text)
        return ready

    def _make_ready(self, text: str) -> LinkQuery:
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
        return self._number(feature) is not None

    def language_of_latin(self, text: str) -> Language | None:
        """Chinese where all words are pinyin, None where a lone word is of no known language, else English."""
        words = re.findall(r"[a-z]{2,}", text)
        if words != re.findall(r"[a-z]{2,}", self.neutral.mask(text)):
            return Language.EN  # a neutral word, and those are English where they are Latin
        if any(is_stop_word(word) or self.knows("w:" + stem(word)) for word in words):
            return Language.EN
        if words and all(map(typed_sounds, words)):
            return Language.ZH
        return None if len(words) == 1 and len(words[0]) >= _GIBBERISH else Language.EN

    def _hear_homophones(self, content: str, weights: dict[str, float]) -> None:
        """A pair of characters that no form has counts by its sound instead, where some form sounds so."""
        for pair, sound in (*sound_pairs(content), *self._typed_sounds(content)):
            number = self._number(sound)
            if number is not None and not self.knows(pair):
                weights[pair] = 0.0
                weights[sound] = (
                    float(self._weight[number]) * SORT_WEIGHT["c2"] / SORT_WEIGHT["y"] * _SOUND_SHARE
                )

    def _typed_sounds(self, content: str) -> Iterator[tuple[str, str]]:
        """Pinyin typed as Latin letters ("huanping"), where the word is no known one."""
        for word in LATIN_WORD.findall(content):
            if not self.knows("w:" + stem(word)):
                for one, next_one in pairwise(typed_sounds(word)):
                    yield "w:" + stem(word), f"y:{one} {next_one}"

    def _mend_spelling(self, weights: dict[str, float]) -> None:
        """An English word that no form has counts as the known word it is nearest to, where one is near."""
        for feature in [f for f in weights if f.startswith("w:") and len(f) > 6 and not self.knows(f)]:
            word = feature[2:]
            near = process.extractOne(
                word, self._words_by_letter.get(word[0], ()), scorer=Levenshtein.normalized_similarity,
                score_cutoff=_SPELLING,
            )  # fmt: skip
            if near:
                weights[feature] = 0.0
                weights["w:" + near[0]] = self._weigh("w:" + near[0]) * near[1]

    def search(self, query: LinkQuery) -> Sequence[Signals]:
        """The records that anything speaks for, best first (at most 40)."""
        found = self._found.get(query.text)
        if found is None:
            if len(self._found) >= self.kept:
                self._found.clear()
            found = self._found[query.text] = self._search(query)
        return found

    def _search(self, query: LinkQuery) -> Sequence[Signals]:
        if not self.refs:
            return []
        similarity, coverage = self._compare(query)
        told = self._compare_statements(query)
        named = self._named_signals(query)
        near = np.flatnonzero((similarity > _NEAR) | (told > _TOLD))
        order = near[np.argsort(-(similarity + coverage + 0.5 * told)[near], kind="stable")[:_CANDIDATES]]
        rows = list(dict.fromkeys([*order.tolist(), *(self._row[ref] for ref in named)]))
        exact = set(self._exact.get(query.text, ())) | set(
            self._exact.get(query.content.strip("| ,.?!，。？！"), ())
        )
        heads = _head(query)
        found = []
        for row in rows:
            ref = self.refs[row]
            strength, share, titled = named.get(ref, (0.0, 0.0, 0.0))
            alike, covered, spoken = float(similarity[row]), float(coverage[row]), float(told[row])
            found.append(
                Signals(
                    ref,
                    alike,
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
        number = self._number(feature)
        if number is not None:
            return float(self._weight[number])
        sort = sort_of(feature)
        return SORT_WEIGHT[sort] * _UNKNOWN_SHARE.get(sort, 0.0) * self._unknown_idf

    def _compare(self, query: LinkQuery) -> tuple[Floats, Floats]:
        similarity = np.zeros(len(self.refs))
        numbered = ((self._number(f), w) for f, w in query.weights.items() if w > 0)
        known = [(number, w) for number, w in numbered if number is not None]
        if not known or query.total <= 0:
            return similarity, similarity
        numbers, weights = [number for number, _ in known], [w for _, w in known]
        shared = self._postings.sum_by_row(numbers, weights, len(self._form_norm))
        touched = np.flatnonzero(shared > 0)  # in a large catalogue the fewest forms
        dice = 2 * shared[touched] / (query.total + self._form_norm[touched])
        owner = self._owner[touched]
        first = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        if len(touched):
            similarity[owner[first]] = np.maximum.reduceat(dice, first)
        explained = self._owner_postings.sum_by_row(numbers, weights, len(self.refs))
        return similarity, explained / query.total

    def _compare_statements(self, query: LinkQuery) -> Floats:
        wanted = {f: w for f, w in query.weights.items() if w > 0 and not f.startswith(_NOT_TOLD)}
        numbers = {f: self._vocabulary.get(f) for f in wanted}
        known = [number for number in numbers.values() if number is not None and self._told.has(number)]
        strange = sum(w for f, w in wanted.items() if not self._told.has(numbers[f]))
        total = float(self._told_weight[known].sum()) + _STRANGE * strange if known else 0.0
        if total <= 0:
            return np.zeros(len(self.refs))
        return self._told.sum_by_row(known, self._told_weight[known].tolist(), len(self.refs)) / total

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


def build_index(
    forms: Iterable[Form], neutral_words: Iterable[str], synonyms: Iterable[Sequence[str]] = ()
) -> LinkIndex:
    """An index over ``forms``; ``neutral_words`` carry no topic, ``synonyms`` are groups of words (all normalised)."""
    return LinkIndex(tuple(forms), NeutralWords(neutral_words), FeatureReader(synonyms))

"""Whether a reply to the public holds what only staff may see: a staff record, or words that only staff texts hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from bot.curation.evaluation.judging import comparable
from bot.curation.texts import strings
from bot.domain.catalogue import KnowledgeSet
from bot.domain.shapes import plain, values_of
from bot.domain.text import Audience
from bot.ports import TurnResult

LONGEST: Final = 9  # tokens: a run of so many that only staff texts have is a leak
SHORTEST: Final = 6  # a whole staff text may be as short as this; less could be anybody's words
_TOKEN: Final = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+(?:['’.-][a-z0-9]+)*")
_NOT_SHOWN: Final = frozenset({"id", "kind", "owner", "audience", "url", "confidence", "as_of", "review_by"})

Run = tuple[str, ...]


class StaffWords:
    """The runs of words (a Chinese character counts as one) that only staff texts hold.

    ``own_words`` are the templates' texts: what they say anyway gives nothing away.
    """

    def __init__(self, knowledge: KnowledgeSet, own_words: Iterable[str]) -> None:
        public = knowledge.for_audience(Audience.PUBLIC)
        self._staff_records = {str(ref) for ref in knowledge.records.keys() - public.records.keys()}
        known: defaultdict[int, set[Run]] = defaultdict(set)
        for text in (*texts_of(public), *own_words):
            tokens = _tokens(text)
            for length in range(SHORTEST, LONGEST + 1):
                known[length].update(_runs(tokens, length))
        self._runs: defaultdict[int, set[Run]] = defaultdict(set)
        for text in texts_of(knowledge):
            tokens = _tokens(text)
            if len(tokens) >= SHORTEST:
                length = min(LONGEST, len(tokens))
                self._runs[length].update(run for run in _runs(tokens, length) if run not in known[length])

    def __len__(self) -> int:
        return sum(map(len, self._runs.values()))

    def leaked(self, result: TurnResult) -> list[str]:
        """What a result for the public gives away: staff records behind it, staff words in it. Empty when nothing."""
        found = [f"rests on {record}" for record in result.records if record in self._staff_records]
        for text in shown(result):
            tokens = _tokens(text)
            for length, runs in self._runs.items():
                found += [f"says {' '.join(run)!r}" for run in _runs(tokens, length) if run in runs]
        return list(dict.fromkeys(found))


def shown(result: TurnResult) -> Iterator[str]:
    """Everything of a result that a person sees: texts, labels of buttons, titles of sources."""
    for reply in result.replies:
        yield reply.text
        yield from (button.label for button in reply.buttons)
        for source in reply.sources:
            yield f"{source.title} {source.article or ''}"


def texts_of(knowledge: KnowledgeSet) -> Iterator[str]:
    """Every text of a knowledge set that is made to be read, names and aliases included."""
    for value in values_of(knowledge):
        for path, text in strings(plain(value)):
            if path[-1] not in _NOT_SHOWN:
                yield text


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(comparable(text))


def _runs(tokens: list[str], length: int) -> Iterator[Run]:
    return (tuple(tokens[start : start + length]) for start in range(len(tokens) - length + 1))

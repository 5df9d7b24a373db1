"""The dialogue replayed with parses that were made before: what other weights and bounds would have said, in seconds.

Nothing is stored and no server is asked; what does not depend on weights and bounds is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.curation.evaluation.asking import Asked
from bot.curation.evaluation.judging import faults
from bot.curation.evaluation.questions import Question, Turn
from bot.dialogue.compose import Composer
from bot.dialogue.decide import decide
from bot.dialogue.decided import Decided
from bot.dialogue.hearing import Utterance, hear
from bot.dialogue.linking import LinkIndex, LinkQuery
from bot.dialogue.linking.scoring import LinkWeights
from bot.dialogue.linking.values import Signals
from bot.dialogue.mind import Bounds, Mind
from bot.dialogue.topic import find_topic
from bot.dialogue.wording import Wording
from bot.domain.conversation import Context, Mode
from bot.domain.decisions import Scored
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask, Source, Understanding
from bot.ports import TurnResult

_UNHEARD = Understanding("ask_overview", 0.0, Source.RULE)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One turn as it would have gone."""

    turn: Turn
    before: Context
    decided: Decided
    faults: tuple[str, ...]


class RememberingIndex(LinkIndex):
    """An index that remembers every text: its signals depend on no weight."""

    kept = 1_000_000

    def __init__(self, index: LinkIndex) -> None:
        self.__dict__.update(index.__dict__)
        self._queries: dict[str, LinkQuery] = {}
        self._found: dict[str, Sequence[Signals]] = {}


class Rehearsal:
    """Replays questions. ``parses``: by normalised part of a message, what was understood; ``unheard`` counts the others."""

    def __init__(
        self, minds: Mapping[Audience, Mind], wording: Wording, parses: Mapping[str, Understanding]
    ) -> None:
        indexes = {id(mind.index): RememberingIndex(mind.index) for mind in minds.values()}
        self._minds = {who: replace(mind, index=indexes[id(mind.index)]) for who, mind in minds.items()}
        self._wording = wording
        self._parses = parses
        self._heard: dict[tuple[Audience, str], Utterance] = {}
        self._judged: dict[tuple[object, ...], tuple[str, ...]] = {}
        self.unheard = 0

    def share(self, questions: Sequence[Question], weights: LinkWeights, bounds: Bounds) -> float:
        """The share of questions whose every turn would be right, 0..1."""
        right = sum(not any(turn.faults for turn in self.play(each, weights, bounds)) for each in questions)
        return right / len(questions)

    def play(self, question: Question, weights: LinkWeights, bounds: Bounds) -> Iterator[Rehearsed]:
        """The turns of one question, in order."""
        mind = replace(self._minds[question.audience], weights=weights, bounds=bounds)
        context = Context()
        for turn in question.turns:
            utterance = self._hear(turn.text, question.audience, mind)
            heard = [self._parse(part) for part in utterance.questions]
            decided = decide(utterance, heard, context, mind)
            yield Rehearsed(turn, context, decided, self._judge(turn, utterance, decided, mind))
            context = decided.context

    def candidates(self, question: Question, weights: LinkWeights) -> Iterator[tuple[Scored, ...]]:
        """All candidates, best first, for each part of a question's first message."""
        mind = replace(self._minds[question.audience], weights=weights)
        for part in self._hear(question.turns[0].text, question.audience, mind).questions:
            yield find_topic(part, self._parse(part).ask or Ask.OVERVIEW, None, mind).candidates

    def _hear(self, text: str, audience: Audience, mind: Mind) -> Utterance:
        key = (audience, text)
        if key not in self._heard:
            self._heard[key] = hear(text, mind.index, mind.lexicon)
        return self._heard[key]

    def _parse(self, part: str) -> Understanding:
        if part not in self._parses:
            self.unheard += 1
        return self._parses.get(part, _UNHEARD)

    def _judge(self, turn: Turn, utterance: Utterance, decided: Decided, mind: Mind) -> tuple[str, ...]:
        after = decided.context
        language = after.language or utterance.language or after.spoken or Language.ZH
        key = (
            id(turn),
            mind.catalogue.audience,
            repr(decided.decisions),
            after.misses,
            decided.danger,
            language,
        )
        if key not in self._judged:
            composer = Composer(mind, self._wording, language, mind.catalogue.revision.created_at.date())
            composed = composer.compose(decided.decisions, after.misses, danger=decided.danger)
            result = TurnResult(
                composed.outcome, language, Mode.BOT, composed.replies, composed.records, _UNHEARD, 0.0
            )
            self._judged[key] = tuple(faults(turn, result))
        return self._judged[key]


def parses_of(asked: Iterable[Asked]) -> dict[str, Understanding]:
    """What was understood of every part of every message."""
    return {
        trace.normalised: Understanding(trace.intent, trace.confidence, Source.RASA)
        for each in asked
        for turn in each.turns
        for trace in turn.result.traces
    }

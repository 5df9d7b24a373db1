"""Curated answers that an operator can send with one press: found as the bot would find them, in the person's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.dialogue.buttons import Press, decode, encode
from bot.dialogue.compose import Composer
from bot.dialogue.decide import decide
from bot.dialogue.hearing import hear
from bot.dialogue.mind import Mind
from bot.dialogue.wording import Wording
from bot.domain.conversation import Context
from bot.domain.decisions import Answer, Clarify
from bot.domain.errors import InvalidInput
from bot.domain.handover import Case
from bot.domain.messages import SourceLine
from bot.domain.records import Ref
from bot.domain.text import Audience, Language
from bot.domain.understanding import Ask
from bot.domain.zone_time import local_day
from bot.ports import Clock, Nlu
from bot.service.minds import Minds

_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer. ``id``: sends it; ``title``: the record's name, for the operator."""

    id: str
    title: str
    text: str
    sources: tuple[SourceLine, ...]


class Suggestions:
    """Answers from the public catalogue only: an operator never sends what the person may not see by pressing a button."""

    def __init__(self, nlu: Nlu, minds: Minds, wording: Wording, clock: Clock) -> None:
        self._nlu = nlu
        self._minds = minds
        self._wording = wording
        self._clock = clock

    async def of(self, case: Case, said: Sequence[str]) -> Sequence[Suggestion]:
        """For what the person said last (``said``, newest last) and what the case is about; the best first."""
        mind = self._minds.current(Audience.PUBLIC)
        found: dict[tuple[Ref, Ask], None] = {}
        for text in [*reversed(said), case.question]:
            found.update((each, None) for each in await self._meant(text, mind))
        for reference in case.records:
            found.setdefault((Ref.parse(reference), Ask.OVERVIEW))
        made = (self._made(ref, ask, case.language, mind) for ref, ask in found if mind.visible(ref))
        return [each for each in made if each is not None][:_MOST]

    def one(self, identifier: str, language: Language) -> Suggestion:
        """The suggestion of an id, as it is now. Raises InvalidInput."""
        press = decode(identifier)
        mind = self._minds.current(Audience.PUBLIC)
        if press is None or press.act != "answer" or press.record is None or not mind.visible(press.record):
            raise InvalidInput("no such answer (any more)")
        made = self._made(press.record, press.ask, language, mind)
        if made is None:
            raise InvalidInput("there is no such answer")
        return made

    async def _meant(self, text: str, mind: Mind) -> Iterable[tuple[Ref, Ask]]:
        if not text or text.startswith(("/", "#")):
            return ()
        utterance = hear(text, mind.index, mind.lexicon)
        heard = [await self._nlu.parse(question) for question in utterance.questions]
        found: list[tuple[Ref, Ask]] = []
        for decision in decide(utterance, heard, Context(), mind).decisions:
            if isinstance(decision, Answer):
                found.append((decision.record, decision.ask))
            elif isinstance(decision, Clarify):
                found.extend((ref, decision.ask) for ref in decision.candidates[:2])
        return found

    def _made(self, ref: Ref, ask: Ask, language: Language, mind: Mind) -> Suggestion | None:
        composer = Composer(mind, self._wording, language, local_day(self._clock.now()))
        composed = composer.compose([Answer(ref, ask)])
        record = mind.catalogue.get(ref)
        if not composed.records or record is None:
            return None
        reply = composed.replies[0]
        identifier = encode(Press("answer", ask, ref))
        return Suggestion(
            identifier, self._title(record.name[language], ask, language), reply.text, reply.sources
        )

    def _title(self, name: str, ask: Ask, language: Language) -> str:
        """What it is about, and what of it is told."""
        label = f"ask_{ask.value}"
        if label not in self._wording.blocks(language, "labels"):
            return name
        return f"{name} · {self._wording.say(language, 'labels', label)}"

"""From decisions to replies: text from the templates, sources, buttons. Chooses words and order, decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from bot.dialogue.asks import NEXT, TOLD, told
from bot.dialogue.buttons import FormPress, Press, encode
from bot.dialogue.compose_plan import PlanComposer
from bot.dialogue.compose_who import WhoComposer
from bot.dialogue.focus import statements_in_focus
from bot.dialogue.lens import Lens
from bot.dialogue.mind import Mind
from bot.dialogue.sources import sources_of
from bot.dialogue.wording import Wording
from bot.domain.catalogue import ref_of
from bot.domain.conversation import Place
from bot.domain.decisions import (
    Answer,
    AnswerBoth,
    AskCase,
    AskFact,
    AskPlace,
    Clarify,
    Decision,
    GuideWho,
    Handover,
    MakePlan,
    NotKnown,
    OpenCase,
    Refuse,
    Social,
)
from bot.domain.messages import Button, Outcome, Reply, SourceLine
from bot.domain.plan import Plan
from bot.domain.records import Kind, Matter, Record, Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask

_OUTCOME: Final[dict[type[Decision], Outcome]] = {
    Answer: Outcome.ANSWERED,
    MakePlan: Outcome.ANSWERED,
    AskFact: Outcome.ASK,
    AnswerBoth: Outcome.ANSWERED,
    Clarify: Outcome.CLARIFY,
    AskPlace: Outcome.CLARIFY,
    NotKnown: Outcome.NOT_KNOWN,
    Refuse: Outcome.REFUSED,
    Social: Outcome.SOCIAL,
    Handover: Outcome.HANDOVER,
    GuideWho: Outcome.CLARIFY,
    AskCase: Outcome.ASK,
    OpenCase: Outcome.ANSWERED,
}
# When a message holds several questions, the outcome that says most about it.
_WEIGHT: Final = (
    Outcome.ANSWERED,
    Outcome.CLARIFY,
    Outcome.ASK,
    Outcome.HANDOVER,
    Outcome.REFUSED,
    Outcome.NOT_KNOWN,
    Outcome.SOCIAL,
)
_NEXT_BUTTONS: Final = 3
_ON_CARD: Final = frozenset({Ask.WHO, Ask.AUTHORITY, Ask.OVERVIEW, Ask.SCOPE, Ask.STATUS})


@dataclass(frozen=True, slots=True)
class Composed:
    """The words for a message's decisions, with the records that they use (KIND/ID, in order, each once)."""

    outcome: Outcome
    replies: tuple[Reply, ...]
    records: tuple[str, ...]
    plans: tuple[Plan, ...] = ()  # plans that the replies point to


class Composer:
    """Words for one audience and one language."""

    def __init__(self, mind: Mind, wording: Wording, language: Language, today: date) -> None:
        self._catalogue = mind.catalogue
        self._index = mind.index
        self._wording = wording
        self._language = language
        self._lens = Lens(mind.catalogue, language, mind.contacts)
        self._of_duties = WhoComposer(mind.catalogue, self._lens, wording, self._human)
        self._today = today
        self._plans: list[Plan] = []
        self._of_plans = PlanComposer(mind.book, wording, language, self._human) if mind.book else None

    def compose(self, decisions: Sequence[Decision], misses: int = 0, *, danger: bool = False) -> Composed:
        """The replies, one a decision. ``misses``: misses in a row, after which a person is offered first.

        ``danger``: the emergency numbers come before anything else.
        """
        replies: list[Reply] = []
        records: dict[str, None] = {}
        for decision in decisions:
            reply, used = self._reply(decision, misses)
            if any(reply.text == other.text for other in replies):
                continue  # two questions with one answer
            replies.append(reply)
            records.update((str(ref), None) for ref in used)
        if danger:
            first = self._wording.say(self._language, "dialogue", "danger")
            replies[0] = replace(replies[0], text=f"{first}\n\n{replies[0].text}")
        outcomes = [_OUTCOME[type(decision)] for decision in decisions]
        return Composed(min(outcomes, key=_WEIGHT.index), tuple(replies), tuple(records), tuple(self._plans))

    def _reply(self, decision: Decision, misses: int) -> tuple[Reply, Sequence[Ref]]:
        match decision:
            case Answer():
                return self._answer(decision)
            case AnswerBoth():
                return self._answer_both(decision)
            case Clarify():
                return self._clarify(decision), ()
            case AskPlace():
                return self._ask_place(decision), (decision.record, *decision.counterparts)
            case NotKnown():
                return self._not_known(decision, misses)
            case Refuse():
                return self._said("dialogue", f"refused_{decision.reason}"), ()
            case Social():
                return self._social(decision), ()
            case AskFact():
                return (self._of_plans.question(decision) if self._of_plans else self._stale()), ()
            case MakePlan():
                return self._plan(decision)
            case Handover():
                return self._said("dialogue", f"handover_{decision.reason}"), ()
            case GuideWho():
                return self._of_duties.guide(decision), ()
            case AskCase():
                return self._of_duties.ask_case(decision), (decision.record,)
            case OpenCase():
                return self._of_duties.opened(decision), (decision.record,)

    def _plan(self, decision: MakePlan) -> tuple[Reply, Sequence[Ref]]:
        if self._of_plans is None:
            return self._stale(), ()
        planned = self._of_plans.plan(decision, self._today)
        self._plans.append(planned.plan)
        return planned.reply, planned.records

    def _stale(self) -> Reply:
        return self._said("dialogue", "stale_button")

    # -- answers ----------------------------------------------------------------------------------------------

    def _answer(self, decision: Answer) -> tuple[Reply, Sequence[Ref]]:
        record = self._catalogue.get(decision.record)
        if record is None:
            return self._said("dialogue", "stale_button"), ()
        ask = told(decision.ask, decision.record.kind)
        short = self._tell(record, ask, decision)
        more = not decision.more and self._tell(record, ask, replace(decision, more=True)) != short
        text = self._with_details(short, record, decision)
        if contacts := self._of_duties.contacts(record):
            text = f"{text}\n\n{contacts}"
        sources = sources_of(record, decision.ask, self._catalogue, self._language)
        buttons = tuple(self._answer_buttons(record, ask, more, decision.place))
        return Reply(text, buttons, sources), self._used(record, ask)

    def _with_details(self, text: str, record: Record, decision: Answer) -> str:
        """The text with the statements that the question asks about, where it does not say them already."""
        if not decision.focus or decision.more:
            return text
        found = statements_in_focus(record, decision.focus, self._index, self._language)
        details = [each[self._language] for each in found if each[self._language].rstrip("。.") not in text]
        if not details:
            return text
        return f"{text}\n\n{self._wording.say(self._language, 'dialogue', 'details', details=details)}"

    def _tell(self, record: Record, ask: Ask, decision: Answer) -> str:
        if self._lens.staff and isinstance(record, Matter) and ask in _ON_CARD:
            return self._of_duties.card(record)
        return self._wording.say(
            self._language,
            record.kind,
            ask.value,
            r=record,
            lens=self._lens,
            more=decision.more,
            place=decision.place.value if decision.place else "",
            asked=decision.ask.value,
        )

    def _used(self, record: Record, ask: Ask) -> Sequence[Ref]:
        own = ref_of(record)
        if isinstance(record, Matter) and ask in (Ask.WHO, Ask.AUTHORITY, Ask.OVERVIEW):
            procedures = self._lens.of_subject(record, "procedure")
            if len(procedures) == 1:
                return own, ref_of(procedures[0])
        return (own,)

    def _answer_both(self, decision: AnswerBoth) -> tuple[Reply, Sequence[Ref]]:
        texts: list[str] = []
        used: list[Ref] = []
        sources: list[SourceLine] = []
        for ref in decision.records:
            if record := self._catalogue.get(ref):
                texts.append(self._tell(record, told(decision.ask, ref.kind), Answer(ref, decision.ask)))
                sources += sources_of(record, decision.ask, self._catalogue, self._language)
                used.append(ref)
        intro = self._wording.say(self._language, "dialogue", "both_places")
        text = "\n\n".join([intro, *dict.fromkeys(texts)])
        return Reply(text, (self._human,), tuple(dict.fromkeys(sources))), used

    def _answer_buttons(
        self, record: Record, ask: Ask, more: bool, place: Place | None = None
    ) -> Iterator[Button]:
        ref = ref_of(record)
        yield from self._of_duties.whistle(record, place)
        if more:
            yield self._button("more", Press("more", ask, ref))
        if ref.kind is Kind.PATHWAY and self._of_plans:
            label = self._wording.say(self._language, "plan", "start")
            yield Button(label, encode(Press("form", form=FormPress("start"))))
        offered = [each for each in NEXT[ref.kind] if each is not ask and each in TOLD[ref.kind]]
        for each in offered[:_NEXT_BUTTONS]:
            yield self._button(f"ask_{each.value}", Press("answer", each, ref))
        for other in self._catalogue.beside(ref)[:1]:
            if named := self._catalogue.get(other):
                yield Button(_label(named.name[self._language]), encode(Press("answer", Ask.OVERVIEW, other)))
        yield self._human

    # -- asking back, missing, refusing -----------------------------------------------------------------------

    def _clarify(self, decision: Clarify) -> Reply:
        buttons = [*self._record_buttons(decision.candidates, decision.ask), self._human]
        names = [
            record.name[self._language] for record in map(self._catalogue.get, decision.candidates) if record
        ]
        return Reply(self._wording.say(self._language, "dialogue", "clarify", names=names), tuple(buttons))

    def _ask_place(self, decision: AskPlace) -> Reply:
        record = self._catalogue.get(decision.record)
        places = (
            (Place.NEW, "place_new"),
            (Place.EXISTING, "place_existing"),
            (Place.UNKNOWN, "place_unknown"),
        )
        buttons = [
            self._button(label, Press("place", decision.ask, decision.record, place))
            for place, label in places
        ]
        text = self._wording.say(self._language, "dialogue", "ask_place", r=record, lens=self._lens)
        return Reply(text, (*buttons, self._human))

    def _not_known(self, decision: NotKnown, misses: int) -> tuple[Reply, Sequence[Ref]]:
        if decision.about and decision.topic == "general":
            return self._known_gap(decision.about)
        about = self._catalogue.get(decision.about) if decision.about else None
        text = self._wording.say(
            self._language, "dialogue", f"not_known_{decision.topic}", near=bool(decision.near), about=about,
            lens=self._lens, misses=misses,
        )  # fmt: skip
        gap = Ref(Kind.PARK, "not-in-source")
        used = [gap] if decision.topic in ("contact", "price") and self._catalogue.get(gap) else []
        if about:
            used.insert(0, ref_of(about))
        buttons = [*self._record_buttons(decision.near, decision.ask), self._human]
        return Reply(text, tuple(buttons)), used

    def _known_gap(self, ref: Ref) -> tuple[Reply, Sequence[Ref]]:
        """A fact that is on record as not being in the material."""
        record = self._catalogue.get(ref)
        if record is None:
            return self._said("dialogue", "stale_button"), ()
        text = self._tell(record, told(Ask.OVERVIEW, ref.kind), Answer(ref, Ask.OVERVIEW))
        sources = sources_of(record, Ask.OVERVIEW, self._catalogue, self._language)
        return Reply(text, (self._human,), sources), (ref,)

    def _social(self, decision: Social) -> Reply:
        text = self._wording.say(self._language, "dialogue", decision.act)
        if decision.act in ("greeting", "help", "identity", "unknown_command", "nothing_said"):
            return Reply(text, tuple(self._topics()))
        return Reply(text)

    def _topics(self) -> Iterator[Button]:
        for label, press in _TOPICS:
            if press.record and self._catalogue.get(press.record):
                yield self._button(label, press)
        other = Language.EN if self._language is Language.ZH else Language.ZH
        yield self._button("other_language", Press("language", language=other))
        yield self._human

    def _said(self, file: str, block: str) -> Reply:
        text = self._wording.say(self._language, file, block, lens=self._lens)
        return Reply(text, () if block.startswith("handover") else (self._human,))

    # -- buttons ----------------------------------------------------------------------------------------------

    def _record_buttons(self, refs: Sequence[Ref], ask: Ask) -> Iterator[Button]:
        for ref in refs:
            if record := self._catalogue.get(ref):
                yield Button(_label(record.name[self._language]), encode(Press("answer", ask, ref)))

    def _button(self, label: str, press: Press) -> Button:
        return Button(self._wording.say(self._language, "labels", label), encode(press))

    @cached_property
    def _human(self) -> Button:
        return self._button("human", Press("human"))


# What a greeting offers: a label and what it asks.
_TOPICS: Final = (
    ("topic_plan", Press("answer", Ask.PLAN, Ref(Kind.PATHWAY, "new-standard-land-commitment"))),
    ("topic_invest", Press("answer", Ask.WHO, Ref(Kind.MATTER, "industrial-investment-promotion"))),
    ("topic_eia", Press("answer", Ask.DURATION, Ref(Kind.PROCEDURE, "eia-approval"))),
    ("topic_permit", Press("answer", Ask.DOCUMENTS, Ref(Kind.PROCEDURE, "construction-permit"))),
)
_LABEL: Final = 40  # characters of a button's label


def _label(name: str) -> str:
    """A record's name as a button's label, cut between words where it is long."""
    if len(name) <= _LABEL:
        return name
    cut = name[: _LABEL - 1]
    return (cut[: cut.rindex(" ")] if " " in cut[_LABEL // 2 :] else cut).rstrip(" ,，、(（") + "…"

"""The decision about one message: what to answer, ask back, refuse or hand over, and what the conversation is about next.

Pure: the same utterance, understanding, context and mind always give the same decision. It chooses records and asks,
never words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.asks import ask_in_words, fit
from bot.dialogue.buttons import Press
from bot.dialogue.followup import (
    carries_on,
    elsewhere,
    names_another,
    pending_choice,
    same_of_another,
)
from bot.dialogue.hearing import Command, Utterance
from bot.dialogue.linking.scoring import lead
from bot.dialogue.mind import Mind
from bot.dialogue.place import answer_by_place, place_in
from bot.dialogue.topic import Topic, find_topic
from bot.domain.conversation import Context, Pending
from bot.domain.decisions import (
    Answer,
    Clarify,
    Decision,
    Handover,
    NotKnown,
    Refuse,
    Social,
    Trace,
)
from bot.domain.records import Kind, Matter, ParkFact, Ref
from bot.domain.text import Language
from bot.domain.understanding import Ask, Understanding

_SOCIAL = {
    "greet": "greeting",
    "thank": "thanks",
    "goodbye": "goodbye",
    "ask_help": "help",
    "ask_identity": "identity",
    "affirm": "acknowledge",
    "deny": "acknowledge",
    "delete_data": "deletion",
}
_SHORT_ACTS = ("greet", "thank", "goodbye", "affirm", "deny")
_SHORT_ACT = 24  # characters; a longer text that begins with "hello" or "yes" says something else
_COMMANDS = {"start": "greeting", "help": "help", "cancel": "cancelled"}
_REMEMBERED = 120  # characters of a question that the next one may lean on


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions, in the order of the questions, with the context after them and the reasons."""

    decisions: tuple[Decision, ...]
    context: Context
    traces: tuple[Trace, ...] = ()
    danger: bool = False  # somebody may be in danger: the emergency numbers come before anything else


def decide(utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind) -> Decided:
    """Decides a message. ``heard`` holds one understanding for each of the utterance's questions."""
    if utterance.too_long:
        return Decided((Refuse("too_long"),), context)
    if utterance.press:
        return _pressed(utterance.press, context, mind)
    if utterance.command:
        return _commanded(utterance.command, context, mind)
    if not utterance.questions:
        return Decided((Social("nothing_said"),), context)
    return _answer_all(utterance, heard, context, mind)


def _answer_all(
    utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind
) -> Decided:
    decisions: list[Decision] = []
    traces: list[Trace] = []
    for number, (question, understanding) in enumerate(zip(utterance.questions, heard, strict=True)):
        waiting = (
            context.pending if number else None
        )  # asked back in this very message: answered by the next one
        before = replace(context, pending=None, fresh=True) if number else context
        made, context, trace = _decide_question(question, understanding, before, mind)
        context = replace(context, pending=context.pending or waiting, said=question[:_REMEMBERED])
        traces.append(trace)
        decisions.extend(decision for decision in made if decision not in decisions)
    kept = _worth_saying(decisions)
    missed = all(isinstance(decision, NotKnown) for decision in kept)
    context = replace(context, misses=context.misses + 1 if missed else 0, fresh=False)
    if utterance.language:
        context = replace(context, spoken=utterance.language)
    danger = any(word in question for question in utterance.questions for word in mind.lexicon.danger)
    return Decided(kept, context, tuple(traces), danger)


def _worth_saying(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Drops greetings and misses on background sentences where another part of the message was answered."""
    solid = [d for d in decisions if not isinstance(d, Social | NotKnown)]
    gaps = [d for d in decisions if isinstance(d, NotKnown) and d.topic in ("contact", "price")]
    kept: list[Decision] = [d for d in decisions if d in solid or d in gaps] if solid else list(decisions)
    misses: list[Decision] = [d for d in kept if isinstance(d, NotKnown)]
    if not solid and misses:
        kept = [*gaps] or misses[:1]
    socials = [d for d in kept if isinstance(d, Social)]
    return tuple(kept if len(socials) < 2 else socials[-1:])


def _decide_question(
    question: str, understanding: Understanding, context: Context, mind: Mind
) -> tuple[Sequence[Decision], Context, Trace]:
    ask = _ask_of(question, understanding, context, mind)
    topic = find_topic(question, ask, context.record, mind)
    made, context, why = _choose(question, understanding, ask, topic, context, mind)
    decisions = [replace(each, focus=question) if isinstance(each, Answer) else each for each in made]
    trace = Trace(
        question,
        understanding.intent,
        understanding.confidence,
        topic.candidates[:5],
        ", ".join(type(decision).__name__ for decision in decisions),
        why or topic.why,
    )
    return decisions, context, trace


def _ask_of(question: str, understanding: Understanding, context: Context, mind: Mind) -> Ask:
    """What is asked; "and the other one?" asks the same again."""
    if context.ask and names_another(question, mind.lexicon):
        return context.ask
    ask = understanding.ask or Ask.OVERVIEW
    if ask in (Ask.FEE, Ask.VALUE, Ask.DOCUMENTS) and any(
        word in question for word in mind.lexicon.asks["price"]
    ):
        return Ask.PRICE
    return ask


def _choose(
    question: str, understanding: Understanding, ask: Ask, topic: Topic, context: Context, mind: Mind
) -> tuple[Sequence[Decision], Context, str]:
    if choice := pending_choice(question, topic, context, mind):
        record, place = choice
        return *_about(
            record, context.pending.ask if context.pending else ask, place, context, mind
        ), "answers what was asked back"
    if social := _conversational(understanding, topic, context, mind):
        return [social], _after_social(social, context), "conversational intent"
    if (
        context.said
        and names_another(question, mind.lexicon)
        and (another := same_of_another(topic, context, mind))
    ):
        return *_about(
            another, ask, place_in(question, mind.lexicon), context, mind
        ), "asks the same of another"
    if elsewhere(topic, mind):
        return [NotKnown(ask=ask)], context, "another place is named"
    if ask in (Ask.CONTACT, Ask.PRICE) and _says_so(question, ask, understanding, mind):
        return *_known_gap(ask, topic, context, mind), "the material has no such figure or contact"
    if carries_on(question, understanding, topic, context, mind) and context.record:
        return *_about(
            _same_subject(context.record, ask, mind), ask, place_in(question, mind.lexicon), context, mind
        ), "carries on"
    if topic.staff_only:
        return [Refuse("staff_only")], context, topic.why
    if understanding.intent == "correct" and context.record and topic.winner is None:
        corrected = ask_in_words(question, mind.lexicon) or context.ask or Ask.OVERVIEW
        return *_about(
            context.record, corrected, place_in(question, mind.lexicon), context, mind
        ), "a correction"
    if understanding.intent in ("out_of_scope", "nlu_fallback") and topic.top < mind.bounds.strong:
        return [_miss(understanding, ask, topic, mind)], context, "out of scope, and no record clearly meant"
    if topic.winner is None and ask is Ask.PLAN and understanding.confidence >= mind.bounds.intent:
        return _which_pathway(topic, context, mind)
    if topic.winner is None:
        return [_miss(understanding, ask, topic, mind)], context, topic.why
    if topic.also:
        return _several(topic, ask, context, mind)
    if topic.rivals and context.record in topic.rivals:
        return *_about(
            context.record, ask, place_in(question, mind.lexicon), context, mind
        ), "the one talked about"
    if topic.rivals:
        pending = Pending("which", topic.rivals[:4], ask)
        return [Clarify(topic.rivals[:4], ask)], replace(context, pending=pending), topic.why
    ranked = [candidate.ref for candidate in topic.candidates]
    return *_about(topic.winner, ask, place_in(question, mind.lexicon), context, mind, ranked), topic.why


def _which_pathway(topic: Topic, context: Context, mind: Mind) -> tuple[Sequence[Decision], Context, str]:
    """The road of a project: of the kind that comes near enough to what was said, else ask which kind it is."""
    roads = [c for c in topic.candidates if c.ref.kind is Kind.PATHWAY and c.score >= mind.bounds.near]
    if roads and (len(roads) == 1 or lead(roads[0], roads[1]) >= mind.bounds.margin):
        return *_about(roads[0].ref, Ask.PLAN, None, context, mind), "the nearest kind of project"
    pathways = tuple(ref for ref in mind.catalogue.records if ref.kind is Kind.PATHWAY)
    pending = Pending("which", pathways, Ask.PLAN)
    return [Clarify(pathways, Ask.PLAN)], replace(context, pending=pending), "a project, its kind not said"


def _several(topic: Topic, ask: Ask, context: Context, mind: Mind) -> tuple[Sequence[Decision], Context, str]:
    decisions: list[Decision] = []
    for ref in (topic.winner, *topic.also):
        if ref is not None:
            made, context = _about(ref, ask, context.place, context, mind)
            decisions.extend(made)
    return decisions, context, topic.why


def _about(
    record: Ref, ask: Ask, place: object, context: Context, mind: Mind, ranked: Sequence[Ref] = ()
) -> tuple[Sequence[Decision], Context]:
    """The answer about a record, after asking for the place where the place decides."""
    found = mind.catalogue.get(record)
    if isinstance(found, Matter) and found.ask_location:
        decision, context = answer_by_place(found, ask, place, context, mind, ranked)
        return [decision], context
    if isinstance(found, ParkFact) and not found.answerable:
        return [NotKnown(about=record, ask=ask)], context.about(record, ask)
    beside = tuple(ref for ref in mind.catalogue.beside(record) if mind.visible(ref))
    return [Answer(record, ask, beside=beside)], context.about(record, ask)


def _same_subject(current: Ref, ask: Ask, mind: Mind) -> Ref:
    """The record of the current subject that answers ``ask`` best; the current one when it can answer itself."""
    members = [current, *(ref for ref in mind.catalogue.beside(current) if mind.visible(ref))]
    return max(members, key=lambda ref: (fit(ask, ref.kind), ref == current))


def _conversational(
    understanding: Understanding, topic: Topic, context: Context, mind: Mind
) -> Decision | None:
    intent, bounds = understanding.intent, mind.bounds
    if understanding.confidence < bounds.intent or understanding.ask is not None:
        return None
    if intent == "ask_human":
        return Handover("wish")
    if intent in _SHORT_ACTS and len(topic.query.text) > _SHORT_ACT:
        return None
    if topic.top >= bounds.strong and intent not in ("complain", "delete_data"):
        return None
    if intent == "complain":
        return Handover("complaint") if topic.winner is None else None
    if intent == "switch_language":
        return Social("language", _other_language(topic, context))
    if intent in _SOCIAL and topic.top < bounds.strong:
        return Social(_SOCIAL[intent])
    if intent == "go_back" and context.earlier:
        return Answer(context.earlier[0], Ask.OVERVIEW)
    if intent == "ask_more" and context.record is None and topic.winner is None:
        return Social("help")
    if intent == "ask_more" and context.record and context.ask:
        return Answer(context.record, context.ask, more=True)
    return None


def _other_language(topic: Topic, context: Context) -> Language:
    text = topic.query.text
    if "英" in text or "english" in text:
        return Language.EN
    if "中" in text or "chinese" in text:
        return Language.ZH
    return Language.EN if (context.language or context.spoken) is Language.ZH else Language.ZH


def _after_social(decision: Decision, context: Context) -> Context:
    if isinstance(decision, Social) and decision.language:
        return replace(context, language=decision.language)
    if isinstance(decision, Answer):
        return context.about(decision.record, decision.ask)
    return context


def _says_so(question: str, ask: Ask, understanding: Understanding, mind: Mind) -> bool:
    """True when a word in the text bears the ask out, or the model is sure: a gap is no place for a guess."""
    words = mind.lexicon.asks.get(ask.value, ())
    return understanding.confidence >= 0.85 or any(word in question for word in words)


def _known_gap(ask: Ask, topic: Topic, context: Context, mind: Mind) -> tuple[Sequence[Decision], Context]:
    """A phone, an address, a price, a subsidy: the material has none, whoever it is about."""
    about = topic.winner or (context.record if topic.query.total < 4 else None)
    if ask is Ask.PRICE and about and about.kind is Kind.PROCEDURE:
        return _about(about, Ask.FEE, None, context, mind)
    if ask is Ask.PRICE and about and _tells_amounts(about, mind):
        return _about(about, ask, None, context, mind)
    return [NotKnown(topic="contact" if ask is Ask.CONTACT else "price", ask=ask, about=about)], context


def _tells_amounts(ref: Ref, mind: Mind) -> bool:
    """True for records that speak of amounts themselves: a sum, a known gap, or an open matter that says who to ask."""
    record = mind.catalogue.get(ref)
    if isinstance(record, ParkFact):
        return not record.answerable or "元" in record.answer.zh
    return isinstance(record, Matter) and record.status == "unsettled"


def _miss(understanding: Understanding, ask: Ask, topic: Topic, mind: Mind) -> Decision:
    out = understanding.intent == "out_of_scope" and understanding.confidence >= mind.bounds.intent
    near = [c.ref for c in topic.candidates if c.score >= mind.bounds.near and mind.visible(c.ref)]
    by_subject = {mind.subject(ref): ref for ref in reversed(near)}
    shown = tuple(reversed(by_subject.values()))[:3]
    return NotKnown(() if out else shown, "out_of_scope" if out else "general", ask)


def _pressed(press: Press, context: Context, mind: Mind) -> Decided:
    if press.act == "human":
        return Decided((Handover("wish"),), context)
    if press.act == "topics":
        return Decided((Social("help"),), context)
    if press.act == "language":
        return Decided((Social("language", press.language),), replace(context, language=press.language))
    assert press.record is not None
    if not mind.visible(press.record):
        return Decided((Social("stale_button"),), context)
    if press.act == "more":
        return Decided((Answer(press.record, press.ask, more=True),), context.about(press.record, press.ask))
    decisions, context = _about(press.record, press.ask, press.place, context, mind)
    return Decided(tuple(decisions), context)


def _commanded(command: Command, context: Context, mind: Mind) -> Decided:
    name, argument = command.name, command.argument
    if name == "lang":
        language = Language(argument) if argument in tuple(Language) else _other_choice(context)
        return Decided((Social("language", language),), replace(context, language=language))
    if name == "human":
        return Decided((Handover("wish"),), context)
    if name == "start" and (record := _deep_link(argument, mind)):
        decisions, context = _about(record, Ask.OVERVIEW, None, context, mind)
        return Decided(tuple(decisions), context)
    if name == "cancel":
        return Decided((Social("cancelled"),), replace(context, pending=None))
    if name == "forget":
        return Decided((Social("forgotten"),), Context())
    return Decided((Social(_COMMANDS.get(name, "unknown_command")),), context)


def _other_choice(context: Context) -> Language:
    return Language.ZH if (context.language or context.spoken) is Language.EN else Language.EN


def _deep_link(payload: str, mind: Mind) -> Ref | None:
    """``procedure_construction-permit`` → that record, when it exists for this audience."""
    kind, _, identifier = payload.partition("_")
    try:
        ref = Ref(Kind(kind), identifier)
    except ValueError:
        return None
    return ref if mind.visible(ref) else None

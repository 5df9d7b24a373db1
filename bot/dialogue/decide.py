"""The decision about one message: what to answer, ask back, refuse or hand over, and what the conversation is about next.

Pure: the same utterance, understanding, context and mind always give the same decision. It chooses records and asks,
never words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.dialogue.about import about, same_subject
from bot.dialogue.asks import ask_in_words
from bot.dialogue.decided import Decided
from bot.dialogue.direct import commanded, pressed
from bot.dialogue.followup import (
    carries_on,
    elsewhere,
    names_another,
    other_place,
    pending_choice,
    same_of_another,
)
from bot.dialogue.gaps import known_gap, miss, near_matters, says_so
from bot.dialogue.hearing import Utterance
from bot.dialogue.linking.scoring import lead
from bot.dialogue.mind import Mind
from bot.dialogue.place import place_in
from bot.dialogue.plan_form import ENOUGH, answered, resumed, started, told_unasked, what_if
from bot.dialogue.small_talk import after_small_talk, small_talk
from bot.dialogue.topic import Topic, find_topic
from bot.dialogue.untold import Gap, untold
from bot.domain.conversation import Context, Pending, Place
from bot.domain.decisions import Answer, Clarify, Decision, NotKnown, Refuse, Social, Trace
from bot.domain.records import Kind, Ref
from bot.domain.understanding import Ask, Understanding

_REMEMBERED: Final = 120  # characters of a question that the next one may lean on
Choice = tuple[Sequence[Decision], Context, str]  # decisions, the context after them, why


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a message with all that was found out about it."""

    text: str
    understanding: Understanding
    ask: Ask
    topic: Topic
    place: Place | None


def decide(utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind) -> Decided:
    """Decides a message. ``heard`` holds one understanding for each of the utterance's questions."""
    if utterance.too_long:
        return Decided((Refuse("too_long"),), context)
    if utterance.press:
        return pressed(utterance.press, context, mind)
    if utterance.command:
        return commanded(utterance.command, context, mind)
    if not utterance.questions:
        said = f"enclosed_{utterance.enclosed}" if utterance.enclosed else "nothing_said"
        return Decided((Social(said),), context)
    decided = _answer_questions(utterance, heard, context, mind)
    if utterance.enclosed:
        return replace(decided, decisions=(Social("enclosed_with_text"), *decided.decisions))
    return decided


def _answer_questions(
    utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind
) -> Decided:
    if told := _about_the_project(utterance, heard, context, mind):
        return told
    decided = _answer_all(utterance, heard, context, mind)
    if question := resumed(decided.context, mind):
        decided = replace(decided, decisions=(*decided.decisions, question))
    return decided


def _about_the_project(
    utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind
) -> Decided | None:
    """What the message says of a project: an answer to the form's question, or a project told without being asked."""
    sole = heard[0] if len(heard) == 1 else None
    if utterance.language:
        context = replace(context, spoken=utterance.language)
    if decided := answered(utterance.text, sole, context, mind):
        return _traced(decided, utterance, heard, "tells of the project")
    if decided := what_if(utterance.text, context, mind):
        return _traced(decided, utterance, heard, "a fact of the project is changed")
    wants_a_plan = any(each.ask is Ask.PLAN for each in heard)
    if decided := told_unasked(utterance.text, context, mind, ENOUGH if wants_a_plan else 2 * ENOUGH):
        return _traced(decided, utterance, heard, "a project is told")
    return None


def _traced(decided: Decided, utterance: Utterance, heard: Sequence[Understanding], why: str) -> Decided:
    names = ", ".join(type(decision).__name__ for decision in decided.decisions)
    traces = [
        Trace(question, each.intent, each.confidence, (), names, why)
        for question, each in zip(utterance.questions, heard, strict=True)
    ]
    return replace(decided, traces=tuple(traces))


def _answer_all(
    utterance: Utterance, heard: Sequence[Understanding], context: Context, mind: Mind
) -> Decided:
    decisions: list[Decision] = []
    traces: list[Trace] = []
    for number, (question, understanding) in enumerate(zip(utterance.questions, heard, strict=True)):
        # What was asked back in this very message is answered by the next message, not by its own next clause.
        waiting = context.pending if number else None
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
    text: str, understanding: Understanding, context: Context, mind: Mind
) -> tuple[Sequence[Decision], Context, Trace]:
    ask = _ask_of(text, understanding, context, mind)
    topic = find_topic(text, ask, context.record, mind)
    question = Question(text, understanding, ask, topic, place_in(text, mind.lexicon))
    made, context, why = _choose(question, context, mind)
    decisions = [replace(each, focus=text) if isinstance(each, Answer) else each for each in made]
    trace = Trace(
        text,
        understanding.intent,
        understanding.confidence,
        tuple(candidate.rounded() for candidate in topic.candidates[:5]),
        ", ".join(type(decision).__name__ for decision in decisions),
        why,
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


def _choose(question: Question, context: Context, mind: Mind) -> Choice:
    """The steps in their order: an answer to what was asked back, small talk, the conversation, then the record itself."""
    return (
        _from_conversation(question, context, mind)
        or _without_record(question, context, mind)
        or _from_record(question, context, mind)
    )


def _from_conversation(question: Question, context: Context, mind: Mind) -> Choice | None:
    """What the conversation before decides: an answer to a question asked back, small talk, "and B?", "how long then?"."""
    text, topic, ask, place = question.text, question.topic, question.ask, question.place
    if choice := pending_choice(text, topic, context, mind):
        record, where = choice
        asked = context.pending.ask if context.pending else ask
        return *about(record, asked, where, context, mind), "answers what was asked back"
    if social := small_talk(question.understanding, topic, context, mind):
        return [social], after_small_talk(social, context), "conversational intent"
    if context.record and (where := other_place(text, topic, context, mind)):
        return *about(context.record, context.ask or ask, where, context, mind), "the same in the other place"
    another = names_another(text, mind.lexicon) and context.said and same_of_another(topic, context, mind)
    if another:
        return *about(another, ask, place or context.place, context, mind), "asks the same of another"
    if elsewhere(topic, mind):
        return [NotKnown(ask=ask)], context, "another place is named"
    if ask in (Ask.CONTACT, Ask.PRICE) and says_so(text, ask, question.understanding, topic, mind):
        return *known_gap(ask, topic, context, mind), "the material has no such figure or contact"
    if context.record and carries_on(text, question.understanding, topic, context, mind):
        record = same_subject(context.record, ask, mind)
        return *about(record, ask, place, context, mind), "carries on"
    return None


def _without_record(question: Question, context: Context, mind: Mind) -> Choice | None:
    """Where no record is to be answered about: not for this audience, out of scope, a project of no kind, nothing found."""
    text, topic, ask, understanding = question.text, question.topic, question.ask, question.understanding
    if topic.staff_only:
        return [Refuse("staff_only")], context, topic.why
    if understanding.intent == "correct" and context.record and topic.winner is None:
        corrected = _corrected(text, context, mind)
        return *about(context.record, corrected, question.place, context, mind), "a correction"
    if understanding.intent in ("out_of_scope", "nlu_fallback") and topic.top < mind.bounds.in_scope:
        return [miss(understanding, ask, topic, mind)], context, "out of scope, and no record clearly meant"
    plan = ask is Ask.PLAN and understanding.confidence >= mind.bounds.intent
    if plan and (topic.winner is None or _no_road(topic, mind)):
        return _which_pathway(topic, context, mind)
    if topic.winner is not None:
        return None
    if understanding.intent == "report_problem" and (near := near_matters(topic, mind)):
        pending = Pending("which", near, Ask.WHO)
        return (
            [Clarify(near, Ask.WHO)],
            replace(context, pending=pending),
            "a problem told, near matters offered",
        )
    return [miss(understanding, ask, topic, mind)], context, topic.why


def _corrected(text: str, context: Context, mind: Mind) -> Ask:
    """What is asked after "no, I meant …": what it says, else the same as before."""
    return ask_in_words(text, mind.lexicon) or context.ask or Ask.OVERVIEW


def _from_record(question: Question, context: Context, mind: Mind) -> Choice:
    """The answer about what is meant; asks which one where several are."""
    topic, ask, place = question.topic, question.ask, question.place
    assert topic.winner is not None
    if gap := untold(question.text, ask, (topic.winner, *topic.rivals, *topic.also), mind):
        return _gap(gap, ask, topic.winner), context, "asks for what the record does not speak of"
    if question.understanding.intent == "correct" and context.record:
        ask = _corrected(question.text, context, mind)
        meant = same_of_another(topic, context, mind) if topic.rivals else None
        if meant and meant != context.record:
            return *about(
                meant, ask, place, context, mind
            ), "a correction, of those the closest to what was asked"
    if topic.also:
        return _several(topic, ask, context, mind)
    if context.record in topic.rivals:
        return *about(context.record, ask, place, context, mind), "the one talked about"
    if topic.rivals:
        pending = Pending("which", topic.rivals[:4], ask)
        return [Clarify(topic.rivals[:4], ask)], replace(context, pending=pending), topic.why
    ranked = [candidate.ref for candidate in topic.candidates]
    return *about(topic.winner, ask, place, context, mind, ranked), topic.why


def _gap(sort: Gap, ask: Ask, record: Ref) -> Sequence[Decision]:
    """What is not known of a record; of a price or a contact it is said whose, else the record is offered."""
    if sort == "general":
        return [NotKnown((record,), ask=ask)]
    return [NotKnown(topic=sort, ask=ask, about=record)]


def _no_road(topic: Topic, mind: Mind) -> bool:
    """True when what comes nearest to a project is neither a kind of project nor clearly meant ("plan my project")."""
    return (
        topic.top < mind.bounds.in_scope
        and not topic.query.named
        and topic.candidates[0].ref.kind is not Kind.PATHWAY
    )


def _which_pathway(topic: Topic, context: Context, mind: Mind) -> Choice:
    """The road of a project: its form where one is wished for or told of, else the kind that comes near, else ask which one."""
    text = topic.query.text
    wished = any(word in text for word in mind.lexicon.intents.get("plan_project", ()))
    if wished and (begun := started(context, mind, text)):
        return begun.decisions, begun.context, "a plan is wished for: the form begins"
    roads = [c for c in topic.candidates if c.ref.kind is Kind.PATHWAY and c.score >= mind.bounds.near]
    if roads and (len(roads) == 1 or lead(roads[0], roads[1]) >= mind.bounds.margin):
        return *about(roads[0].ref, Ask.PLAN, None, context, mind), "the nearest kind of project"
    if begun := told_unasked(text, context, mind, least=1):
        return begun.decisions, begun.context, "a project, its kind not said: the form begins"
    pathways = tuple(ref for ref in mind.catalogue.records if ref.kind is Kind.PATHWAY)
    pending = Pending("which", pathways, Ask.PLAN)
    return [Clarify(pathways, Ask.PLAN)], replace(context, pending=pending), "a project, its kind not said"


def _several(topic: Topic, ask: Ask, context: Context, mind: Mind) -> Choice:
    decisions: list[Decision] = []
    for ref in (topic.winner, *topic.also):
        if ref is not None:
            made, context = about(ref, ask, context.place, context, mind)
            decisions.extend(made)
    return decisions, context, topic.why

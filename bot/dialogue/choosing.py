"""The decision about one question of a message: the steps in their order, each with why. Chooses records and asks, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.about import about, same_subject
from bot.dialogue.asks import ask_in_words
from bot.dialogue.followup import (
    THIN,
    carries_on,
    elsewhere,
    leant_on,
    names_another,
    other_place,
    own_weight,
    same_of_another,
    sum_of,
    sums_up,
)
from bot.dialogue.gaps import known_gap, miss, near_matters, says_so
from bot.dialogue.linking.scoring import lead
from bot.dialogue.mind import Mind
from bot.dialogue.picking import pending_choice
from bot.dialogue.place import place_in
from bot.dialogue.plan_form import started, told_unasked
from bot.dialogue.question import Question, Said
from bot.dialogue.recalling import recalled
from bot.dialogue.small_talk import after_small_talk, small_talk
from bot.dialogue.topic import Topic, find_topic_of
from bot.dialogue.untold import Gap, untold
from bot.domain.conversation import Context, Pending
from bot.domain.decisions import Answer, Clarify, Decision, NotKnown, Refuse, Trace
from bot.domain.records import Kind, Ref
from bot.domain.understanding import Ask

_HALF_MEANT: Final = 0.5  # a kind of project is meant no more than the others together
Choice = tuple[Sequence[Decision], Context, str]  # decisions, the context after them, why


def decide_question(said: Said, context: Context, mind: Mind) -> tuple[Sequence[Decision], Context, Trace]:
    """The decisions about one question, the context after them, and the trace of why."""
    question = _find_out(said, context, mind)
    topic, understanding = question.topic, said.understanding
    made, context, why = _choose(question, context, mind)
    decisions = [replace(each, focus=said.whole) if isinstance(each, Answer) else each for each in made]
    trace = Trace(
        said.heard or said.text,
        understanding.intent,
        understanding.confidence,
        tuple(candidate.rounded() for candidate in topic.candidates[:5]),
        ", ".join(map(_told_of, decisions)),
        f"{why}; “{said.text}”, told beside it: “{said.background}”" if said.background else why,
    )
    return decisions, context, trace


def _told_of(decision: Decision) -> str:
    """A decision for the trace: its name, the records it is about, and what is asked of them."""
    about_it = getattr(decision, "record", None) or getattr(decision, "about", None)
    several = (
        getattr(decision, "candidates", ())
        or getattr(decision, "records", ())
        or getattr(decision, "near", ())
    )
    records = " ".join(map(str, filter(None, (about_it, *several))))
    ask = getattr(decision, "ask", None)
    return " ".join(filter(None, (type(decision).__name__, records, ask.value if ask else "")))


def _find_out(said: Said, context: Context, mind: Mind) -> Question:
    """What the question asks, and about what. "And the other one?" and "no, I meant …" ask the same again."""
    if said.understanding.intent == "correct" and said.understanding.confidence >= mind.bounds.in_scope:
        said = replace(said, corrects=True)
    ask = _asked(said, mind)
    topic = find_topic_of(said.text, said.background, ask, context.record, mind)
    if context.ask and (names_another(said.text, topic, mind) or _renames(said, topic, mind)):
        ask = context.ask
        topic = find_topic_of(said.text, said.background, ask, None, mind)
    place = place_in(said.text, mind.lexicon) or place_in(said.background, mind.lexicon)
    return Question(said, ask, topic, place)


def _asked(said: Said, mind: Mind) -> Ask:
    ask = said.understanding.ask or Ask.OVERVIEW
    if (
        said.understanding.intent == "nlu_fallback"
    ):  # misspelt or clipped: the words may still tell what is asked
        ask = ask_in_words(said.text, mind.lexicon) or ask
    if ask in (Ask.FEE, Ask.VALUE, Ask.DOCUMENTS) and any(
        word in said.text for word in mind.lexicon.asks["price"]
    ):
        return Ask.PRICE
    return ask


def _renames(said: Said, topic: Topic, mind: Mind) -> bool:
    """True for a correction that says what is meant and not what is asked of it."""
    return (
        said.corrects and own_weight(topic.query, mind) > 0 and ask_in_words(said.text, mind.lexicon) is None
    )


def _choose(question: Question, context: Context, mind: Mind) -> Choice:
    """The steps in their order: an answer to what was asked back, small talk, the conversation, then the record itself."""
    return (
        _picked(question, context, mind)
        or _corrected(question, context, mind)
        or _talked(question, context, mind)
        or _from_conversation(question, context, mind)
        or _without_record(question, context, mind)
        or _from_record(question, context, mind)
    )


def _picked(question: Question, context: Context, mind: Mind) -> Choice | None:
    """An answer to what was asked back."""
    choice = pending_choice(question.text, question.topic, context, mind)
    pending = context.pending
    if pending is None:
        return None
    if choice is None:
        return _asked_of_all(question, pending, context, mind)
    record, where = choice
    return *about(record, pending.ask, where, context, mind), "answers what was asked back"


def _asked_of_all(question: Question, pending: Pending, context: Context, mind: Mind) -> Choice | None:
    """Something else asked of what is not chosen yet ("how long?" after "which one?"): the choice stays open."""
    asks = question.understanding.ask is not None and ask_in_words(question.text, mind.lexicon) is not None
    if pending.question != "which" or not asks or own_weight(question.topic.query, mind) >= THIN:
        return None
    open_still = replace(context, pending=replace(pending, ask=question.ask))
    return [Clarify(pending.candidates, question.ask)], open_still, "asks of what is not chosen yet"


def _corrected(question: Question, context: Context, mind: Mind) -> Choice | None:
    """After "no, I meant …": of another record the same, or of the same record something else. The wrong one is forgotten."""
    current = context.record
    if not question.said.corrects or current is None:
        return None
    topic, ask = question.topic, question.ask
    if where := other_place(question.text, topic, context, mind):
        return *about(current, context.ask or ask, where, context, mind), "a correction of the place"
    another_road = current.kind is Kind.PATHWAY and topic.winner is not None
    if own_weight(topic.query, mind) < THIN and not another_road:
        record = same_subject(current, ask, mind, context.said)
        return *about(record, ask, question.place, context, mind), "a correction of what is asked"
    if topic.staff_only:
        return None
    meant = topic.winner if topic.winner and not topic.rivals else None
    if meant is None or mind.subject(meant) != mind.subject(current):
        meant = same_of_another(topic, context, mind) or meant
    if meant is None:
        return None
    return *about(meant, ask, question.place, replace(context, record=None), mind), "a correction"


def _talked(question: Question, context: Context, mind: Mind) -> Choice | None:
    """A conversational act."""
    social = small_talk(question.understanding, question.topic, context, mind)
    return ([social], after_small_talk(social, context), "conversational intent") if social else None


def _from_conversation(question: Question, context: Context, mind: Mind) -> Choice | None:
    """What the conversation before decides: "and B?", "in the other part", "back to the permit", "how long then?"."""
    text, topic, ask, place = question.text, question.topic, question.ask, question.place
    if context.record and (where := other_place(text, topic, context, mind)):
        return *about(context.record, context.ask or ask, where, context, mind), "the same in the other place"
    another = names_another(text, topic, mind) and context.said and same_of_another(topic, context, mind)
    if another:
        return *about(another, ask, place or context.place, context, mind), "asks the same of another"
    if elsewhere(topic, mind):
        return [NotKnown(ask=ask)], context, "another place is named"
    if ask in (Ask.CONTACT, Ask.PRICE) and says_so(text, ask, question.understanding, topic, mind):
        return *known_gap(ask, topic, context, mind), "the material has no such figure or contact"
    if sums_up(text, topic, context, mind):
        total = sum_of(text, context, mind)
        told = (
            about(total, Ask.VALUE, place, context, mind) if total else ([NotKnown(ask=Ask.VALUE)], context)
        )
        return *told, "of both together: nothing is added up"
    if back := recalled(question.said.whole, topic, context, mind):
        again = back == context.record
        record = leant_on(text, ask, topic, context, mind) if again else same_subject(back, ask, mind)
        return *about(record, ask, place, context, mind), "what was talked about before is meant"
    if carries_on(text, question.understanding, topic, context, mind):
        ask = _of_approval(question, context, mind)
        record = leant_on(text, ask, topic, context, mind)
        return *about(record, ask, place, context, mind), "carries on"
    return None


def _of_approval(question: Question, context: Context, mind: Mind) -> Ask:
    """What is asked of an approval: who settles it is who decides it, how much it is is its fee, unless words say more."""
    ask, asks = question.ask, mind.lexicon.asks
    if context.record is None or context.record.kind is not Kind.PROCEDURE:
        return ask
    if ask is Ask.ESCALATION and not any(word in question.text for word in asks.get("escalation", ())):
        return Ask.AUTHORITY
    if ask is Ask.VALUE and any(word in question.text for word in ("how much", "多少钱")):
        return Ask.FEE
    return ask


def _without_record(question: Question, context: Context, mind: Mind) -> Choice | None:
    """Where no record is to be answered about: not for this audience, out of scope, a project of no kind, nothing found."""
    text, topic, ask, understanding = question.text, question.topic, question.ask, question.understanding
    if topic.staff_only:
        return [Refuse("staff_only")], context, topic.why
    if understanding.intent == "correct" and context.record and topic.winner is None:
        again = ask_in_words(text, mind.lexicon) or context.ask or Ask.OVERVIEW
        return *about(context.record, again, question.place, context, mind), "a correction"
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


def _from_record(question: Question, context: Context, mind: Mind) -> Choice:
    """The answer about what is meant; asks which one where several are."""
    topic, ask, place = question.topic, question.ask, question.place
    assert topic.winner is not None
    if gap := untold(question.text, ask, (topic.winner, *topic.rivals, *topic.also), mind):
        return _gap(gap, ask, topic.winner), context, "asks for what the record does not speak of"
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
        and (topic.candidates[0].ref.kind is not Kind.PATHWAY or topic.top < _HALF_MEANT)
    )


def _which_pathway(topic: Topic, context: Context, mind: Mind) -> Choice:
    """The road of a project: its form where one is wished for or told of, else the kind that comes near, else ask which one."""
    text = topic.query.text
    wished = any(word in text for word in mind.lexicon.intents.get("plan_project", ()))
    if wished and (begun := started(context, mind, text)):
        return begun.decisions, begun.context, "a plan is wished for: the form begins"
    roads = [c for c in topic.candidates if c.ref.kind is Kind.PATHWAY and c.score >= mind.bounds.near]
    tells = own_weight(topic.query, mind) >= THIN  # "which approvals?" alone comes near to nothing
    if tells and roads and (len(roads) == 1 or lead(roads[0], roads[1]) >= mind.bounds.margin):
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

"""The decision about one message: what to answer, ask back, refuse or hand over, and what the conversation is about next.

Pure: the same utterance, understanding, context and mind always give the same decision. It chooses records and asks,
never words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.choosing import decide_question
from bot.dialogue.decided import Decided
from bot.dialogue.direct import commanded, pressed
from bot.dialogue.hearing import Utterance
from bot.dialogue.mind import Mind
from bot.dialogue.plan_form import ENOUGH, answered, resumed, told_unasked, what_if
from bot.dialogue.question import Said
from bot.dialogue.splitting import Asked
from bot.domain.conversation import Context
from bot.domain.decisions import Decision, NotKnown, Refuse, Social, Trace
from bot.domain.understanding import Ask, Understanding

_REMEMBERED: Final = 120  # characters of a question that the next one may lean on


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
    for number, said in enumerate(_each(utterance, heard)):
        # What was asked back in this very message is answered by the next message, not by its own next clause.
        waiting = context.pending if number else None
        before = replace(context, pending=None, fresh=True) if number else context
        made, context, trace = decide_question(said, before, mind)
        context = replace(context, pending=context.pending or waiting, said=said.whole[-_REMEMBERED:])
        traces.append(trace)
        decisions.extend(decision for decision in made if decision not in decisions)
    kept = _worth_saying(decisions)
    missed = all(isinstance(decision, NotKnown) for decision in kept)
    context = replace(context, misses=context.misses + 1 if missed else 0, fresh=False)
    if utterance.language:
        context = replace(context, spoken=utterance.language)
    told = (*utterance.questions, *(each.background for each in utterance.asked))
    danger = any(word in each for each in told for word in mind.lexicon.danger)
    return Decided(kept, context, tuple(traces), danger)


def _each(utterance: Utterance, heard: Sequence[Understanding]) -> Iterator[Said]:
    """The questions of a message, each with what was told beside it; only the first can correct what came before."""
    asked = utterance.asked or [Asked(each, heard=each) for each in utterance.questions]
    for number, (one, understanding) in enumerate(zip(asked, heard, strict=True)):
        yield Said(one.text, understanding, one.background, one.heard, utterance.corrects and not number)


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

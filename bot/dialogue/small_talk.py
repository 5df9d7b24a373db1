"""Conversational acts: greetings, thanks, help, another language, a person, "more", "back". No record is looked up for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.dialogue.mind import Mind
from bot.dialogue.topic import Topic
from bot.domain.conversation import Context
from bot.domain.decisions import Answer, Decision, Handover, Social
from bot.domain.text import Language
from bot.domain.understanding import Ask, Source, Understanding

_SOCIAL: Final = {
    "greet": "greeting",
    "thank": "thanks",
    "goodbye": "goodbye",
    "ask_help": "help",
    "ask_identity": "identity",
    "affirm": "acknowledge",
    "deny": "acknowledge",
    "delete_data": "deletion",
}
_SHORT_ACTS: Final = ("greet", "thank", "goodbye", "affirm", "deny")
_PLAIN_ACTS: Final = ("ask_more", "thank", "goodbye", "affirm", "deny")
_SHORT_ACT: Final = 24  # characters; a longer text that begins with "hello" or "yes" says something else


def small_talk(understanding: Understanding, topic: Topic, context: Context, mind: Mind) -> Decision | None:
    """The act that an utterance is, or None where it asks something or clearly means a record."""
    understanding = _nothing_but(topic.query.text, mind) or understanding
    intent, bounds = understanding.intent, mind.bounds
    if understanding.confidence < bounds.intent or understanding.ask is not None:
        return None
    if intent == "ask_human" and (topic.top < bounds.strong or _wants_a_person(topic, mind)):
        return Handover("wish")
    if intent in _SHORT_ACTS and len(topic.query.text) > _SHORT_ACT:
        return None
    if topic.top >= bounds.strong and intent not in ("complain", "delete_data"):
        return None
    if intent == "complain":
        return Handover("complaint") if topic.winner is None else None
    if intent == "switch_language":
        return Social("language", _other_language(topic, context))
    if intent in _SOCIAL and topic.top < (bounds.strong if intent == "delete_data" else bounds.refuse):
        return Social(_SOCIAL[intent])
    if intent == "go_back" and context.earlier:
        return Answer(context.earlier[0], Ask.OVERVIEW)
    if intent == "ask_more" and context.record is None and topic.winner is None:
        return Social("help")
    if intent == "ask_more" and context.record and context.ask:
        return Answer(context.record, context.ask, more=True)
    return None


def _nothing_but(text: str, mind: Mind) -> Understanding | None:
    """An act that is said in nothing but its own words ("more please", 「还有呢」) needs no model."""
    bare = text.strip(" ,.!?。~")
    for intent in _PLAIN_ACTS:
        if bare in tuple(mind.lexicon.intents.get(intent, ())):
            return Understanding(intent, 1.0, Source.RULE)
    return None


def after_small_talk(decision: Decision, context: Context) -> Context:
    """The context after an act: a language chosen, a record returned to."""
    if isinstance(decision, Social) and decision.language:
        return replace(context, language=decision.language)
    if isinstance(decision, Answer):
        return context.about(decision.record, decision.ask)
    return context


def _other_language(topic: Topic, context: Context) -> Language:
    text = topic.query.text
    if "英" in text or "english" in text:
        return Language.EN
    if "中" in text or "chinese" in text:
        return Language.ZH
    return Language.EN if (context.language or context.spoken) is Language.ZH else Language.ZH


def _wants_a_person(topic: Topic, mind: Mind) -> bool:
    return any(word in topic.query.text for word in mind.lexicon.intents["ask_human"])

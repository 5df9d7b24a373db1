"""What is not in the knowledge base: figures and contacts that the material does not give, and what nothing was found for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.dialogue.about import about, same_subject
from bot.dialogue.mind import Mind
from bot.dialogue.topic import Topic
from bot.domain.conversation import Context
from bot.domain.decisions import Decision, NotKnown
from bot.domain.records import Kind, Matter, ParkFact, Ref
from bot.domain.understanding import Ask, Understanding

_SURE: Final = 0.85  # confidence at which the model alone is believed
_SAYS_NOTHING: Final = 4.0  # summed feature weight of an utterance that names no topic


def says_so(question: str, ask: Ask, understanding: Understanding, topic: Topic, mind: Mind) -> bool:
    """True when a word in the text bears the ask out, or the model is sure: a gap is no place for a guess."""
    words = [*mind.lexicon.asks.get(ask.value, ())]
    if ask is Ask.PRICE:
        words += mind.lexicon.asks.get(Ask.FEE.value, ())
    sure = understanding.confidence >= _SURE and topic.top < mind.bounds.strong
    return sure or any(word in question for word in words)


def known_gap(ask: Ask, topic: Topic, context: Context, mind: Mind) -> tuple[Sequence[Decision], Context]:
    """A phone, an address, a price, a subsidy: the material has none, whoever it is about."""
    record = topic.winner or (context.record if topic.query.total < _SAYS_NOTHING else None)
    if ask is Ask.PRICE and record and _has_a_fee(record, topic, mind):
        return about(same_subject(record, Ask.FEE, mind), Ask.FEE, None, context, mind)
    if ask is Ask.PRICE and record and _tells_amounts(record, mind):
        return about(record, ask, None, context, mind)
    return [NotKnown(topic="contact" if ask is Ask.CONTACT else "price", ask=ask, about=record)], context


def _has_a_fee(ref: Ref, topic: Topic, mind: Mind) -> bool:
    """True for an approval, by itself or by its matter, where a fee and no price or support is asked for."""
    text = topic.query.text
    priced = any(word in text for word in mind.lexicon.asks.get(Ask.PRICE.value, ()))
    kind = same_subject(ref, Ask.FEE, mind).kind
    return kind is Kind.PROCEDURE and not priced


def _tells_amounts(ref: Ref, mind: Mind) -> bool:
    """True for records that speak of amounts themselves: a sum, a known gap, or an open matter that says who to ask."""
    record = mind.catalogue.get(ref)
    if isinstance(record, ParkFact):
        return not record.answerable or "元" in record.answer.zh
    return isinstance(record, Matter) and record.status == "unsettled" and not record.ask_location


def miss(understanding: Understanding, ask: Ask, topic: Topic, mind: Mind) -> Decision:
    """Nothing is clearly meant: the really near records are offered, and nothing at all to what is out of scope."""
    out = understanding.intent == "out_of_scope" and understanding.confidence >= mind.bounds.intent
    near = [c.ref for c in topic.candidates if c.score >= mind.bounds.near and mind.visible(c.ref)]
    by_subject = {mind.subject(ref): ref for ref in reversed(near)}
    shown = tuple(reversed(by_subject.values()))[:3]
    return NotKnown(() if out else shown, "out_of_scope" if out else "general", ask)


def near_matters(topic: Topic, mind: Mind) -> tuple[Ref, ...]:
    """For a problem told in unknown words: up to three matters that come near, where a matter comes nearest of all."""
    near = [c.ref for c in topic.candidates if c.score >= mind.bounds.near and mind.visible(c.ref)]
    if not near or near[0].kind is not Kind.MATTER:
        return ()
    by_family = {mind.families.get(ref, str(ref)): ref for ref in reversed(near) if ref.kind is Kind.MATTER}
    return tuple(reversed(by_family.values()))[:3]

"""A typed answer to a question that the assistant asked back: which record, or which place, it picks. Pure."""

from __future__ import annotations

import re

from bot.dialogue.asks import ask_in_words
from bot.dialogue.linking import LinkIndex
from bot.dialogue.mind import Mind
from bot.dialogue.normal import chinese_share
from bot.dialogue.place import is_unsure, place_answered, place_in
from bot.dialogue.topic import Topic
from bot.domain.conversation import Context, Pending, Place
from bot.domain.lexicon import Lexicon
from bot.domain.records import Record, Ref

_SHORT = 14  # characters of a typed answer to a question asked back (a Latin word counts as two)
_AHEAD = 1.2  # by which factor a candidate must be closer to the answer than the next
_SHOWN = (Place.NEW, Place.EXISTING, Place.UNKNOWN)  # the places in the order in which they are offered


def pending_choice(
    question: str, topic: Topic, context: Context, mind: Mind
) -> tuple[Ref, Place | None] | None:
    """The record (and place) that a typed answer picks from what was asked back, or None when it picks none."""
    pending = context.pending
    if pending is None or not pending.candidates:
        return None
    if pending.question == "place":
        place = _place(question, topic, mind)
        return (pending.candidates[0], place) if place else None
    number = ordinal(question, len(pending.candidates), mind.lexicon)
    if number is not None:
        return pending.candidates[number], None
    if _length(question) > 2 * _SHORT or _asks_of_another(question, topic, pending, mind):
        return None
    picked = _linked(topic, pending, mind) or _worded(question, pending, mind)
    return (picked, None) if picked else None


def _place(question: str, topic: Topic, mind: Mind) -> Place | None:
    number = ordinal(question, len(_SHOWN), mind.lexicon)
    if number is not None:
        return _SHOWN[number]
    if is_unsure(question, mind.lexicon):
        return Place.UNKNOWN
    brief = len(question) <= 2 * _SHORT or (topic.top < mind.bounds.answer and len(question) <= 4 * _SHORT)
    return place_answered(question, mind.lexicon) if brief else place_in(question, mind.lexicon)


def ordinal(question: str, count: int, lexicon: Lexicon) -> int | None:
    """The place in a list of ``count`` things that a brief text names (0 is the first), or None."""
    text = re.sub(r"^(?:选|就|我选|我要|要|是|option |number |the )+", "", question.strip(" .,!?。，！？"))
    text = re.sub(r"(?:吧|啊|呀|哦|的|那个|个|please|one)+$", "", text).strip()
    if _length(text) > _SHORT:
        return None
    if any(form in question for form in lexicon.last_one):
        return count - 1
    for words in (lexicon.ordinals.zh, lexicon.ordinals.en):
        for number, forms in enumerate(words[:count]):
            if text in forms or any(len(form) > 2 and form in question for form in forms):
                return number
    return None


def _asks_of_another(question: str, topic: Topic, pending: Pending, mind: Mind) -> bool:
    """True when the text names another record and asks something about it: a question of its own, no answer."""
    names_another = topic.query.named and not any(
        ref in pending.candidates for name in topic.query.named for ref in name.refs
    )
    return bool(names_another) and ask_in_words(question, mind.lexicon) is not None


def _linked(topic: Topic, pending: Pending, mind: Mind) -> Ref | None:
    """The candidate that the answer is closest to, where one is near and clearly before the next."""
    scored = [c for c in topic.candidates if c.ref in pending.candidates and c.score >= mind.bounds.near]
    if scored and (len(scored) == 1 or scored[0].score - scored[1].score > 0.02):
        return scored[0].ref
    return None


def _worded(question: str, pending: Pending, mind: Mind) -> Ref | None:
    """The candidate whose names hold most of the answer's own words, where no other holds about as many."""
    weights = mind.index.query(question).weights
    held = []
    for ref in pending.candidates:
        record = mind.catalogue.get(ref)
        names = _names(record, mind.index) if record else frozenset()
        held.append((sum(weight for feature, weight in weights.items() if feature in names), ref))
    held.sort(key=lambda each: each[0], reverse=True)
    second = held[1][0] if len(held) > 1 else 0.0
    return held[0][1] if held[0][0] > 0 and held[0][0] >= _AHEAD * second else None


def _names(record: Record, index: LinkIndex) -> frozenset[str]:
    return frozenset().union(*map(index.read_curated, (record.name.zh, record.name.en, *record.aliases)))


def _length(text: str) -> int:
    return len(text) if chinese_share(text) > 0.5 else 2 * len(text.split())

"""Matters whose answer depends on the place: ask where, then choose between a matter and its counterparts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.mind import Mind
from bot.domain.conversation import Context, Pending, Place
from bot.domain.decisions import Answer, AnswerBoth, AskPlace, Decision
from bot.domain.lexicon import Lexicon
from bot.domain.records import Kind, Matter, Ref
from bot.domain.understanding import Ask

NEW_SCOPE = "newly-included"


def place_in(text: str, lexicon: Lexicon) -> Place | None:
    """The place that a normalised text names, if any; both named is no answer."""
    found = {
        place
        for place in (Place.NEW, Place.EXISTING)
        if any(word in text for word in lexicon.places.get(place.value, ()))
    }
    return found.pop() if len(found) == 1 else None


def place_answered(text: str, lexicon: Lexicon) -> Place | None:
    """The place that an answer to "where is it?" names, which is said more briefly than anywhere else."""
    if place := place_in(text, lexicon):
        return place
    words = set(re.findall(r"[a-z]+", text))
    found = {
        place
        for place in (Place.NEW, Place.EXISTING)
        for word in lexicon.place_answers.get(place.value, ())
        if (word in words if word.isascii() and " " not in word else word in text)
    }
    return found.pop() if len(found) == 1 else None


def is_unsure(text: str, lexicon: Lexicon) -> bool:
    """True when the person says that they do not know."""
    return any(word in text for word in lexicon.unsure)


def answer_by_place(
    matter: Matter, ask: Ask, place: Place | None, context: Context, mind: Mind, ranked: Sequence[Ref] = ()
) -> tuple[Decision, Context]:
    """The answer for the place, the question where it is, or both answers side by side for who does not know."""
    own = Ref(Kind.MATTER, matter.id)
    others = tuple(Ref(Kind.MATTER, each) for each in matter.counterpart if mind.catalogue.matter(each))
    order = {ref: place for place, ref in enumerate(ranked)}
    others = tuple(
        sorted(others, key=lambda ref: order.get(ref, len(order)))
    )  # the closest to what was said first
    if place is None and context.record in (own, *others):
        place = context.place
    if place is None:
        pending = Pending("place", (own, *others), ask)
        return AskPlace(own, others, ask), replace(context, pending=pending, record=own, ask=ask)
    if place is Place.UNKNOWN:
        return AnswerBoth((own, *others), ask), replace(context.about(own, ask), place=None)
    chosen = _in_place(matter, others, place, mind)
    beside = tuple(ref for ref in mind.catalogue.beside(chosen) if mind.visible(ref))
    return Answer(chosen, ask, place=place, beside=beside), replace(context.about(chosen, ask), place=place)


def _in_place(matter: Matter, others: tuple[Ref, ...], place: Place | None, mind: Mind) -> Ref:
    wanted = place is Place.NEW
    if (matter.scope == NEW_SCOPE) == wanted:
        return Ref(Kind.MATTER, matter.id)
    for ref in others:
        other = mind.catalogue.matter(ref.id)
        if other and (other.scope == NEW_SCOPE) == wanted:
            return ref
    return Ref(Kind.MATTER, matter.id)

"""Which of the records talked about before a text means: "back to the permit", 「回到刚才那个环评」, "this certificate". Pure."""

from __future__ import annotations

import re

from bot.dialogue.followup import is_brief
from bot.dialogue.mind import Mind
from bot.dialogue.topic import Topic
from bot.domain.conversation import Context
from bot.domain.records import Ref


def recalled(text: str, topic: Topic, context: Context, mind: Mind) -> Ref | None:
    """The record that "the permit" or 「那个证」 stands for: the newest talked about whose names hold the word."""
    remembered = [ref for ref in (context.record, *context.earlier) if ref is not None and mind.visible(ref)]
    if not remembered or topic.top >= mind.bounds.in_scope or topic.query.named:
        return None
    word = _kind_word(text, mind)
    if not word or not (is_brief(text) or _goes_back(text, mind)):
        return None
    return next((ref for ref in remembered if _bears(ref, word, mind)), None)


def _goes_back(text: str, mind: Mind) -> bool:
    """True when the text says that something talked about before is meant."""
    return any(_stands_in(word, text) for word in mind.lexicon.going_back)


def _kind_word(text: str, mind: Mind) -> str | None:
    """The word for a kind of thing that the text says without naming which one ("the permit", 「这个证」)."""
    words: list[str] = sorted(mind.lexicon.kind_words, key=len, reverse=True)
    for word in words:
        pattern = (
            rf"\b(?:the|this|that) {re.escape(word)}\b"
            if word.isascii()
            else rf"(?:这个|那个|这|那|该|此){word}"
        )
        if re.search(pattern, text):
            return word
    return None


def _stands_in(word: str, text: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}\b", text)) if word.isascii() else word in text


def _bears(ref: Ref, word: str, mind: Mind) -> bool:
    record = mind.catalogue.get(ref)
    forms = (record.name.zh, record.name.en, *record.aliases) if record else ()
    return any(word in form.casefold() for form in forms)

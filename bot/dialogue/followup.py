"""What a message owes to the conversation before it: answers to a question asked back, ellipsis, other places. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.asks import fit
from bot.dialogue.linking import LinkQuery
from bot.dialogue.mind import Mind
from bot.dialogue.normal import chinese_share, normalise
from bot.dialogue.place import is_unsure, place_answered, place_in
from bot.dialogue.topic import Topic
from bot.domain.conversation import Context, Place
from bot.domain.decisions import Scored
from bot.domain.lexicon import Lexicon
from bot.domain.records import Ref
from bot.domain.understanding import Understanding

_SHORT = 14  # characters of a typed answer to a question asked back
_STRANGE = 0.3  # what a word that no record uses counts
_BRIEF = 14  # characters of Chinese (half as many English words) that can lean on what was said before
_ALIKE = 0.15  # similarity of a record that "and B?" may mean although its kind was not named
_THIN = 5.0  # summed feature weight under which an utterance names no topic of its own


def pending_choice(
    question: str, topic: Topic, context: Context, mind: Mind
) -> tuple[Ref, Place | None] | None:
    """The record (and place) that a typed answer picks from what was asked back, or None when it picks none."""
    pending = context.pending
    if pending is None:
        return None
    if pending.question == "place":
        unsure = is_unsure(question, mind.lexicon)
        brief = len(question) <= 2 * _SHORT or (
            topic.top < mind.bounds.answer and len(question) <= 4 * _SHORT
        )
        said = place_answered(question, mind.lexicon) if brief else place_in(question, mind.lexicon)
        place = Place.UNKNOWN if unsure else said
        return (pending.candidates[0], place) if place else None
    number = _ordinal(question, mind.lexicon)
    if number is not None and number < len(pending.candidates):
        return pending.candidates[number], None
    if len(question) > _SHORT and chinese_share(question) > 0.5:
        return None
    scored = [c for c in topic.candidates if c.ref in pending.candidates and c.score >= mind.bounds.near]
    if scored and (len(scored) == 1 or scored[0].score - scored[1].score > 0.02):
        return scored[0].ref, None
    return None


def _ordinal(question: str, lexicon: Lexicon) -> int | None:
    text = question.strip(" .,!?。，！？")
    for words in (lexicon.ordinals.zh, lexicon.ordinals.en):
        for number, forms in enumerate(words):
            if text in forms or any(len(form) > 2 and form in text for form in forms):
                return number
    return None


def carries_on(
    question: str, understanding: Understanding, topic: Topic, context: Context, mind: Mind
) -> bool:
    """True when the message asks something more about what is being talked about, without naming it again.

    A clause of the same message as the one before (``context.fresh``) leans on it more readily.
    """
    if context.record is None or not mind.visible(context.record):
        return False
    if understanding.ask is None:
        return False
    own_weight = _topic_weight(topic.query, mind)
    if own_weight < _THIN:
        return True
    points_back = has_pronoun(question, mind.lexicon)
    bound = mind.bounds.strong if context.fresh else mind.bounds.answer
    if points_back and not _is_chinese(question):
        bound = max(
            bound, mind.bounds.in_scope
        )  # "can they sign it?" needs more than a likeness to mean something else
    if topic.top >= bound or (topic.query.named and (topic.top >= mind.bounds.answer or not points_back)):
        return False
    if points_back:
        return own_weight < 7 * _THIN
    return (own_weight < 3 * _THIN and _is_brief(question)) or (
        own_weight < 5 * _THIN and _is_brief(question, 2)
    )


def _is_chinese(question: str) -> bool:
    return chinese_share(question) > 0.5


def _is_brief(question: str, times: int = 1) -> bool:
    """``times``: so many times as brief as brief is."""
    length = len(question) if _is_chinese(question) else 2 * len(question.split())
    return length * times <= _BRIEF + times


def names_another(question: str, lexicon: Lexicon) -> bool:
    """True for "and B?" (「那B呢」, "what about B"), which asks of B what was asked before."""
    text = question.strip(" ?.!")
    asked = any(word in text for forms in lexicon.asks.values() for word in forms.zh)
    return (text.endswith("呢") and not asked) or bool(
        re.match(r"(and )?(what|how) about |(and|or) (the |a |for )", text)
    )


def same_of_another(topic: Topic, context: Context, mind: Mind) -> Ref | None:
    """For "and B?": of the records that B can mean, the one closest to what was asked of A."""
    before = {each.ref: each.similarity for each in mind.index.search(mind.index.query(context.said))}
    seen = [each for each in topic.candidates if mind.visible(each.ref)]
    near = [each for each in seen if each.score >= mind.bounds.near]
    best = max(near, key=lambda each: each.score + before.get(each.ref, 0.0), default=None)
    if (
        best and context.ask and not fit(context.ask, best.ref.kind)
    ):  # an office has no papers: its subject may
        alike = [each for each in seen if fit(context.ask, each.ref.kind) and _is_alike(each)]
        best = max(alike, key=lambda each: each.score + before.get(each.ref, 0.0), default=best)
    return best.ref if best else None


def _is_alike(candidate: Scored) -> bool:
    return dict(candidate.signals).get("similarity", 0.0) >= _ALIKE


def other_place(question: str, topic: Topic, context: Context, mind: Mind) -> Place | None:
    """For "and in the old part?": the place, where what was talked about depends on the place and nothing else is meant."""
    if context.record not in mind.by_place or topic.top >= mind.bounds.answer:
        return None
    if not (names_another(question, mind.lexicon) or _is_brief(question)):
        return None
    return place_answered(question, mind.lexicon)


def _topic_weight(query: LinkQuery, mind: Mind) -> float:
    """How much of the utterance says what it is about, once words that say what is asked are taken out."""
    rest = query.text
    for forms in mind.lexicon.asks.values():
        for word in sorted(forms, key=len, reverse=True):
            if len(word) > 1:
                rest = rest.replace(word, "|")
    rest = mind.index.neutral.mask(rest)
    kept = mind.index.read(rest)
    return sum(
        weight * (1.0 if mind.index.knows(feature) else _STRANGE)
        for feature, weight in query.weights.items()
        if feature in kept
    )


def has_pronoun(question: str, lexicon: Lexicon) -> bool:
    """True when the text points back ("它", "that one")."""
    words = set(re.findall(r"[a-z']+", question))
    return any(word in question for word in lexicon.pronouns.zh) or any(
        w in words for w in lexicon.pronouns.en
    )


def elsewhere(topic: Topic, mind: Mind) -> bool:
    """True when another city or region is asked about; where somebody comes from, or what a record itself names, does not count."""
    query = topic.query
    for word in (each for each in mind.lexicon.other_places if each in query.text):
        if topic.top >= mind.bounds.answer and _names(topic.candidates[0].ref, word, mind):
            continue
        for match in re.finditer(re.escape(word), query.text):
            inside = any(n.start <= match.start() and match.end() <= n.end for n in query.named)
            before, after = query.text[: match.start()], query.text[match.end() :]
            comes_from = re.search(
                r"(来自|从|我们是|我是|是|from|based in|we are|our)\s*(a |an |the )?$", before
            )
            ours = re.search(r"你们|贵区|贵园|这边|这里|your|here", query.text)
            company = re.match(r"\s*(来的|过来|的?公司|的?企业|总部|company|firm|based)", after)
            if not inside and not comes_from and not company and not ours:
                return True
    return False


def _names(ref: Ref, word: str, mind: Mind) -> bool:
    """True when the record itself bears the word, in a name or a question form."""
    record = mind.catalogue.get(ref)
    forms = (record.name.zh, record.name.en, *record.aliases, *record.questions) if record else ()
    return any(word in normalise(form) for form in forms)


def without_pending(context: Context) -> Context:
    """The context once the question asked back is no longer waited for."""
    return replace(context, pending=None)

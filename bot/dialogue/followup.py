"""What a message owes to the conversation before it: ellipsis, pronouns, "and B?", what was talked about earlier. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from bot.dialogue.about import same_subject
from bot.dialogue.asks import fit
from bot.dialogue.linking import LinkQuery
from bot.dialogue.linking.scoring import lead
from bot.dialogue.mind import Mind
from bot.dialogue.normal import chinese_share, normalise
from bot.dialogue.place import place_answered
from bot.dialogue.topic import Topic, find_topic
from bot.domain.conversation import Context, Place
from bot.domain.decisions import Scored
from bot.domain.lexicon import Lexicon
from bot.domain.records import Kind, Record, Ref
from bot.domain.text import Forms
from bot.domain.understanding import Ask, Understanding

_STRANGE: Final = 0.3  # what a word that no record uses counts
_BRIEF: Final = 14  # characters of Chinese (half as many English words) that can lean on what was said before
_ALIKE: Final = 0.15  # similarity of a record that "and B?" may mean although its kind was not named
THIN: Final = 5.0  # summed feature weight under which an utterance names no topic of its own
_SUITS: Final = 0.3  # what it gains where it is of the kind that answers best what was asked
_NAMED_WELL: Final = (
    0.5  # a record whose name stands in the text is meant, unless hardly more than others are
)
_HARDLY: Final = 0.03  # a namesake of what is talked about needs no more likeness than this
_SAME_SUBJECT: Final = 0.3  # what "and B?" gains where B belongs to the subject that is talked about
_UNSEEN: Final = 0.1  # what is talked about counts so much at least, though the utterance holds no word of it
_SUPPOSES: Final = re.compile(r"要是|如果|假如|万一")  # "and if …?" stays with what is talked about
_OPENS: Final = re.compile(r"^(?:那|然后|所以|而且|ok|okay|and|so|then|but)\b|^那")

# What speaks for the thing talked about, in logits.
_POINTS_BACK: Final = 1.5
_IS_BRIEF: Final = 0.8
_JOINS: Final = 0.4
_NAMES_LITTLE: Final = 20.0  # own weight under which a text says less and less of what it is about


def carries_on(
    question: str, understanding: Understanding, topic: Topic, context: Context, mind: Mind
) -> bool:
    """True when the message asks something more about what is being talked about, without naming it again.

    A clause of the same message as the one before (``context.fresh``) leans on it more readily.
    """
    if context.record is None or not mind.visible(context.record) or understanding.ask is None:
        return False
    own = own_weight(topic.query, mind)
    if own < THIN:
        return True
    if topic.winner and not topic.rivals and mind.subject(topic.winner) == mind.subject(context.record):
        return False  # named clearly enough by itself
    back = points_back(question, topic.query, mind.lexicon)
    clear = topic.top >= mind.bounds.strong and (context.fresh or not back)
    if clear or (topic.query.named and topic.top >= _NAMED_WELL):
        return False
    if topic.top < mind.bounds.answer and not topic.query.named:
        return _leans(question, own, back)
    if back and topic.top < mind.bounds.in_scope and own < 7 * THIN:
        return True
    few = 6 if _is_chinese(question) else 2  # a Chinese word is counted by each of its pairs of characters
    if context.fresh and topic.top < mind.bounds.strong and is_brief(question) and own < few * THIN:
        return True
    return _logit(_kin(topic, context.record, mind)) + _pull(question, own, back) > _logit(topic.top)


def _leans(question: str, own: float, back: bool) -> bool:
    if back:
        return own < 7 * THIN
    return (own < 3 * THIN and is_brief(question)) or (own < 5 * THIN and is_brief(question, 2))


def _pull(question: str, own: float, back: bool) -> float:
    """How strongly the form of a text draws it to what was talked about, in logits; 0 where it stands for itself."""
    brief = is_brief(question) + is_brief(question, 2)
    if not (back or brief):
        return 0.0
    little = max(0.0, (_NAMES_LITTLE - own) / 10)
    joins = _JOINS if _OPENS.match(question) else 0.0
    return _POINTS_BACK * back + _IS_BRIEF * brief + little + joins


def _kin(topic: Topic, record: Ref, mind: Mind) -> float:
    """The best score of the subject that is talked about."""
    subject = mind.subject(record)
    scores = (each.score for each in topic.candidates if mind.subject(each.ref) == subject)
    return max(max(scores, default=0.0), _UNSEEN)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def leant_on(question: str, ask: Ask, topic: Topic, context: Context, mind: Mind) -> Ref:
    """The record that a message which carries on is about: what is talked about, or what belongs to it ("who runs it?").

    The text is looked up once more with the name of what is talked about where the pronoun stands.
    """
    assert context.record is not None
    same = same_subject(context.record, ask, mind, context.said)
    record = mind.catalogue.get(_bearer(context.record, mind))
    if record is None or own_weight(topic.query, mind) < THIN:
        return same
    if meant := _meant_of_kin(topic, ask, context, mind) or _namesake(topic, ask, context, mind):
        return meant
    filled = find_topic(f"{_spoken_name(record, question)} {question}", ask, context.record, mind)
    if filled.winner is None or filled.rivals or filled.also:
        return same
    subject = mind.subject(context.record)
    if mind.subject(filled.winner) == subject:
        return filled.winner if fit(ask, filled.winner.kind) else same
    kin = [each for each in filled.candidates if mind.subject(each.ref) == subject]
    clear = filled.top >= mind.bounds.strong and (not kin or lead(filled.candidates[0], kin[0]) > 1.0)
    return filled.winner if clear and _shares_name(filled.winner, context.record, mind) else same


def _meant_of_kin(topic: Topic, ask: Ask, context: Context, mind: Mind) -> Ref | None:
    """Of the records of the subject that is talked about, the one that the text itself comes clearly closest to."""
    assert context.record is not None
    subject = mind.subject(context.record)
    kin = [
        each
        for each in topic.candidates
        if mind.subject(each.ref) == subject and mind.visible(each.ref) and fit(ask, each.ref.kind)
    ]
    if not kin or kin[0].score < mind.bounds.near:
        return None
    return kin[0].ref if len(kin) == 1 or lead(kin[0], kin[1]) >= mind.bounds.margin else None


def _namesake(topic: Topic, ask: Ask, context: Context, mind: Mind) -> Ref | None:
    """What the text comes closest to of the things that bear the name of what is talked about ("who runs it?")."""
    assert context.record is not None
    kin = [context.record, *(ref for ref in mind.catalogue.beside(context.record) if mind.visible(ref))]
    for each in topic.candidates:
        if each.score < _HARDLY or each.ref in kin:
            return None
        if (
            mind.visible(each.ref)
            and fit(ask, each.ref.kind)
            and any(_shares_name(each.ref, k, mind) for k in kin)
        ):
            return each.ref
    return None


def _bearer(ref: Ref, mind: Mind) -> Ref:
    """The record whose name "it" stands for: a fact of the zone is named after what it counts, its subject after itself."""
    if ref.kind is not Kind.PARK:
        return ref
    named = (each for each in mind.catalogue.beside(ref) if each.kind is Kind.BODY and mind.visible(each))
    return next(named, ref)


def _spoken_name(record: Record, question: str) -> str:
    name = record.name.zh if _is_chinese(question) else record.name.en
    return normalise(re.sub(r"[（(].*?[）)]", "", name))


def _shares_name(one: Ref, other: Ref, mind: Mind) -> bool:
    """True when the name of what is talked about stands in the other's name: the park, and who runs the park."""
    first, second = _name_features(one, mind), _name_features(other, mind)
    return len(first & second) >= 0.5 * len(second) > 0


def _name_features(ref: Ref, mind: Mind) -> frozenset[str]:
    record = mind.catalogue.get(ref)
    return mind.index.read_curated(f"{record.name.zh} {record.name.en}") if record else frozenset()


def _is_chinese(question: str) -> bool:
    return chinese_share(question) > 0.5


def is_brief(question: str, times: int = 1) -> bool:
    """``times``: so many times as brief as brief is."""
    length = len(question) if _is_chinese(question) else 2 * len(question.split())
    return length * times <= _BRIEF + times


def sums_up(question: str, topic: Topic, context: Context, mind: Mind) -> bool:
    """True for "and together?" after two facts of the zone."""
    facts = _facts(context)
    return len(facts) > 1 and not topic.query.named and _holds(question, mind.lexicon.summing_up)


def sum_of(question: str, context: Context, mind: Mind) -> Ref | None:
    """The fact of the zone that tells of both that were talked about, if there is one. Nothing is ever added up."""
    facts = _facts(context)
    names = " ".join(f"{r.name.zh} {r.name.en}" for r in map(mind.catalogue.get, facts) if r)
    found = find_topic(f"{normalise(names)} {question}", Ask.VALUE, None, mind)
    others = (each.ref for each in found.candidates if each.ref not in facts and mind.visible(each.ref))
    sums = [ref for ref in others if _tells_a_sum(ref, mind)]
    return max(
        sums, key=lambda ref: len(_name_features(ref, mind) & _name_features(facts[0], mind)), default=None
    )


def _facts(context: Context) -> list[Ref]:
    """The last two things talked about, those of them that are facts of the zone."""
    last = (context.record, *context.earlier[:1])
    return [ref for ref in last if ref is not None and ref.kind is Kind.PARK]


def _tells_a_sum(ref: Ref, mind: Mind) -> bool:
    if ref.kind is not Kind.PARK or Ask.VALUE not in mind.asked.get(ref, ()):
        return False
    return any(_names(ref, word, mind) for word in mind.lexicon.summing_up)


# -- the same of another ------------------------------------------------------------------------------------------


def names_another(question: str, topic: Topic, mind: Mind) -> bool:
    """True for "and B?" (「那B呢」, "what about B"), which asks of B what was asked before."""
    text = re.sub(r"^(?:ok|okay|so|then|well|right)\b[\s,]*", "", question.strip(" ?.!,，。？"))
    if text.endswith("呢"):
        form = not _SUPPOSES.search(text) and not any(
            word in text for forms in mind.lexicon.asks.values() for word in forms.zh
        )
    else:
        form = bool(re.match(r"(?:and |or |so |then )?(?:what|how) about ", text)) or (
            bool(
                re.match(
                    r"(?:and|or)\b(?! (?:how|who|what|where|when|which|why|do|does|is|are|can|must)\b)", text
                )
            )
            and not _asks_in_english(text, mind.lexicon)
        )
    return form and (bool(topic.query.named) or own_weight(topic.query, mind) >= THIN)


def _asks_in_english(text: str, lexicon: Lexicon) -> bool:
    return any(
        re.search(rf"\b{re.escape(word)}\b", text) for forms in lexicon.asks.values() for word in forms.en
    )


def same_of_another(topic: Topic, context: Context, mind: Mind) -> Ref | None:
    """For "and B?": of the records that B can mean, the one closest to what was asked of A."""
    if topic.winner and not topic.rivals and _fits(topic.winner, context) and topic.top >= mind.bounds.strong:
        return topic.winner
    before = {each.ref: each.similarity for each in mind.index.search(mind.index.query(context.said))}
    if context.record is not None:
        kin = (context.record, *mind.catalogue.beside(context.record))
        before |= {ref: before.get(ref, 0.0) + _SAME_SUBJECT for ref in kin}
    seen = [each for each in topic.candidates if mind.visible(each.ref)]
    near = [each for each in seen if each.score >= mind.bounds.near]
    best = _closest(near, before, context.ask)
    if best and not _fits(best.ref, context):  # an office has no papers: its subject may
        alike = [each for each in seen if _fits(each.ref, context) and _is_alike(each)]
        best = _closest(alike, before, context.ask) or best
    return best.ref if best else None


def _closest(found: Sequence[Scored], before: dict[Ref, float], ask: Ask | None) -> Scored | None:
    def closeness(each: Scored) -> float:
        suits = _SUITS * fit(ask, each.ref.kind) if ask else 0.0
        return each.score + before.get(each.ref, 0.0) + suits

    return max(found, key=closeness, default=None)


def _fits(ref: Ref, context: Context) -> bool:
    return context.ask is None or fit(context.ask, ref.kind) > 0


def _is_alike(candidate: Scored) -> bool:
    return dict(candidate.signals).get("similarity", 0.0) >= _ALIKE


def other_place(question: str, topic: Topic, context: Context, mind: Mind) -> Place | None:
    """For "and in the old part?": the place, where what was talked about depends on the place and nothing else is meant."""
    if context.record not in mind.by_place or topic.query.named:
        return None
    if topic.top < mind.bounds.answer and names_another(question, topic, mind):
        return place_answered(question, mind.lexicon)
    if topic.top < mind.bounds.in_scope and is_brief(question):
        return place_answered(question, mind.lexicon)
    return None


# -- what a text says of its own ----------------------------------------------------------------------------------


def own_weight(query: LinkQuery, mind: Mind) -> float:
    """How much of the utterance says what it is about, once words that say what is asked are taken out."""
    rest = query.text
    words = [*mind.lexicon.asks.values(), mind.lexicon.pronouns, mind.lexicon.unsaid]
    for word in sorted((w for forms in words for w in forms if len(w) > 1), key=len, reverse=True):
        if word in rest:
            rest = (
                rest.replace(word, "|")
                if not word.isascii()
                else re.sub(rf"\b{re.escape(word)}\b", "|", rest)
            )
    kept = mind.index.read(mind.index.neutral.mask(rest))
    return sum(
        weight * (1.0 if mind.index.knows(feature) else _STRANGE)
        for feature, weight in query.weights.items()
        if feature in kept
    )


def points_back(question: str, query: LinkQuery, lexicon: Lexicon) -> bool:
    """True when the text points at something said before ("它", "that one"), or leaves it out (「没拿到就开工」)."""
    return _holds(question, lexicon.pronouns) or (not query.named and _holds(question, lexicon.unsaid))


def _holds(question: str, forms: Forms) -> bool:
    words = set(re.findall(r"[a-z']+", question))
    return any(word in question for word in forms.zh) or any(
        (word in question) if " " in word else (word in words) for word in forms.en
    )


def elsewhere(topic: Topic, mind: Mind) -> bool:
    """True when another city or region is asked about; where somebody comes from, or what a record itself names, does not count."""
    query = topic.query
    for word in (each for each in mind.lexicon.other_places if each in query.text):
        meant = [each.ref for each in topic.candidates[:2] if each.score >= mind.bounds.answer]
        if any(_names(ref, word, mind) for ref in meant):
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

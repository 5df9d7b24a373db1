"""Who handles what, asked for by command and buttons; and the way to a boundary case. Pure: records and asks, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.dialogue.about import about
from bot.dialogue.asks import ask_in_words
from bot.dialogue.decided import Decided
from bot.dialogue.mind import Mind
from bot.dialogue.normal import normalise
from bot.dialogue.place import NEW_SCOPE, place_in
from bot.dialogue.topic import Topic, find_topic
from bot.domain.catalogue import Catalogue
from bot.domain.conversation import Context, Pending, Place
from bot.domain.decisions import AskCase, Clarify, GuideWho, NotKnown, OpenCase, Refuse, Social
from bot.domain.messages import Inbound
from bot.domain.records import Kind, Matter, Ref
from bot.domain.text import Audience
from bot.domain.understanding import Ask

STAGES: Final = ("invest", "approve", "build", "run", "other")
_WORDS: Final = 1000  # characters of what happened


def who(argument: str, context: Context, mind: Mind) -> Decided:
    """``/who 路灯坏了 新划入``: who handles it. Without words: the way there by buttons."""
    context = replace(context, pending=None)
    text = normalise(argument)
    if not text:
        return Decided((GuideWho(),), context)
    duties = ask_in_words(text, mind.lexicon) is Ask.DUTIES
    topic = find_topic(text, Ask.DUTIES if duties else Ask.WHO, None, mind)
    if topic.staff_only:
        return Decided((Refuse("staff_only"),), context)
    if topic.winner is None:
        near = tuple(
            c.ref for c in topic.candidates[:3] if mind.visible(c.ref) and c.score >= mind.bounds.near
        )
        return Decided((NotKnown(near=near, ask=Ask.WHO),), replace(context, misses=context.misses + 1))
    return _found(topic, text, context, mind)


def _found(topic: Topic, text: str, context: Context, mind: Mind) -> Decided:
    assert topic.winner is not None
    if topic.rivals:
        rivals = topic.rivals[:4]
        return Decided(
            (Clarify(rivals, Ask.WHO),), replace(context, pending=Pending("which", rivals, Ask.WHO))
        )
    record = _with_duties(topic.winner, mind)
    ask = Ask.DUTIES if record.kind is Kind.BODY else Ask.WHO
    ranked = [candidate.ref for candidate in topic.candidates]
    # A new question: the place of the one before is not its place.
    fresh = replace(context, place=None, record=None)
    decisions, after = about(record, ask, place_in(text, mind.lexicon), fresh, mind, ranked)
    return Decided(tuple(decisions), after)


def _with_duties(ref: Ref, mind: Mind) -> Ref:
    """The matter of a procedure's subject, which says who leads; the record itself where there is none."""
    if ref.kind in (Kind.MATTER, Kind.BODY):
        return ref
    beside = (
        other for other in mind.catalogue.beside(ref) if other.kind is Kind.MATTER and mind.visible(other)
    )
    return next(beside, ref)


# -- by buttons -----------------------------------------------------------------------------------------------


def guided(decision: GuideWho, catalogue: Catalogue) -> Sequence[Matter]:
    """The matters of a stage that lie in a place: first those whose answer depends on it, and those of one kind of duty together."""
    matters = [record for record in catalogue.of_kind(Kind.MATTER) if isinstance(record, Matter)]
    fitting = [each for each in matters if _of_stage(each, decision.stage) and _lies(each, decision.place)]
    placed = decision.place in (Place.NEW, Place.EXISTING)
    return sorted(fitting, key=lambda each: (placed and not each.ask_location, each.category, each.id))


def stages_of(catalogue: Catalogue) -> Sequence[str]:
    """The stages for which this audience has matters."""
    return [stage for stage in STAGES if guided(GuideWho(stage), catalogue)]


def _of_stage(matter: Matter, stage: str) -> bool:
    return stage in matter.stages if stage != "other" else not matter.stages


def _lies(matter: Matter, place: Place | None) -> bool:
    if place not in (Place.NEW, Place.EXISTING) or not matter.ask_location:
        return True
    return (matter.scope == NEW_SCOPE) is (place is Place.NEW)


# -- boundary cases -------------------------------------------------------------------------------------------


def may_whistle(matter: object, audience: Audience) -> bool:
    """True where staff may open a boundary case: a matter that nobody is settled for."""
    return isinstance(matter, Matter) and matter.status == "unsettled" and audience is Audience.STAFF


def case_begun(record: Ref, place: Place | None, context: Context, mind: Mind) -> Decided:
    """What happened, and where? The answer opens the case."""
    if not may_whistle(mind.catalogue.get(record), mind.catalogue.audience):
        return Decided((Social("stale_button"),), context)
    pending = Pending("case", (record,), Ask.WHO)
    context = replace(context.about(record, Ask.WHO), pending=pending, place=place)
    return Decided((AskCase(record, place),), context)


def case_told(message: Inbound, context: Context, mind: Mind) -> Decided | None:
    """The case that a message describes, when that was asked for; None when it was not, or nothing was said."""
    pending = context.pending
    if pending is None or pending.question != "case" or message.text.strip().startswith(("/", "#")):
        return None
    record, words = pending.candidates[0], message.text.strip()[:_WORDS]
    if not may_whistle(mind.catalogue.get(record), mind.catalogue.audience):
        return None
    if not words and not message.enclosures:
        return None
    case = OpenCase(record, context.place, words, message.enclosures)
    return Decided((case,), replace(context, pending=None))


# -- what may still be spoken of ------------------------------------------------------------------------------


def only_visible(context: Context, mind: Mind) -> Context:
    """The context without what this audience may not see: somebody's rights may have ended since the last message."""
    pending = context.pending
    waited = pending.candidates if pending else ()
    refs = (*((context.record,) if context.record else ()), *waited, *context.earlier)
    if all(map(mind.visible, refs)):
        return context
    return context.forget_topic()

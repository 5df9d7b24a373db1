"""The answer about a record that is known to be meant: the place asked for first where it decides, a gap told as a gap."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.asks import fit
from bot.dialogue.mind import Mind
from bot.dialogue.place import answer_by_place
from bot.domain.conversation import Context, Place
from bot.domain.decisions import Answer, Decision, NotKnown
from bot.domain.records import Matter, ParkFact, Ref
from bot.domain.understanding import Ask


def about(
    record: Ref, ask: Ask, place: Place | None, context: Context, mind: Mind, ranked: Sequence[Ref] = ()
) -> tuple[Sequence[Decision], Context]:
    """The answer about a record, after asking for the place where the place decides."""
    found = mind.catalogue.get(record)
    if isinstance(found, Matter) and found.ask_location:
        decision, context = answer_by_place(found, ask, place, context, mind, ranked)
        return [decision], context
    if isinstance(found, ParkFact) and not found.answerable:
        return [NotKnown(about=record, ask=ask)], context.about(record, ask)
    beside = tuple(ref for ref in mind.catalogue.beside(record) if mind.visible(ref))
    return [Answer(record, ask, beside=beside)], context.about(record, ask)


def same_subject(current: Ref, ask: Ask, mind: Mind, said: str = "") -> Ref:
    """The record of the current subject that answers ``ask`` best; the current one when it can answer itself.

    Of several that answer it as well, the one closest to what was ``said`` before.
    """
    members = [current, *(ref for ref in mind.catalogue.beside(current) if mind.visible(ref))]
    if len(members) == 1:
        return current
    found = mind.index.search(mind.index.query(said)) if said else ()
    alike = {each.ref: each.similarity + each.named for each in found}
    return max(
        members,
        key=lambda ref: (
            fit(ask, ref.kind),
            ask in mind.asked.get(ref, ()),
            ref == current,
            alike.get(ref, 0.0),
        ),
    )

"""The knowledge as it holds on a day: decided matters stand as they stood then. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from bot.domain.catalogue import KnowledgeSet
from bot.domain.records import Allocation, Matter, Record

_SHARED = tuple(item.name for item in fields(Allocation) if item.name != "until")


def matter_at(matter: Matter, day: date) -> Matter:
    """The matter as it stands on ``day``: an answer of that time can be given again at any time."""
    if matter.effective_from is None or day >= matter.effective_from:
        return matter
    for place, held in enumerate(matter.earlier):
        if day < held.until:
            since = matter.earlier[place - 1].until if place else None
            then = {name: getattr(held, name) for name in _SHARED}
            return replace(matter, **then, effective_from=since, earlier=matter.earlier[:place])
    return matter


def allocation_until(matter: Matter, until: date) -> Allocation:
    """How the matter stands now, as something that holds until the day before ``until``."""
    return Allocation(until=until, **{name: getattr(matter, name) for name in _SHARED})


def in_force(knowledge: KnowledgeSet, day: date) -> KnowledgeSet:
    """The knowledge with every matter as it stands on ``day``."""
    changed = {
        ref: then
        for ref, record in knowledge.records.items()
        if isinstance(record, Matter) and (then := matter_at(record, day)) is not record
    }
    if not changed:
        return knowledge
    records: list[Record] = [changed.get(ref, record) for ref, record in knowledge.records.items()]
    return replace(knowledge, records=KnowledgeSet.of(records).records)


def next_change(knowledge: KnowledgeSet, day: date) -> date | None:
    """The first day after ``day`` on which a matter stands otherwise; None when nothing is due."""
    coming = {
        moment
        for record in knowledge.records.values()
        if isinstance(record, Matter)
        for moment in (record.effective_from, *(held.until for held in record.earlier))
        if moment is not None and moment > day
    }
    return min(coming, default=None)

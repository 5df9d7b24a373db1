"""Which office a conversation goes to: the one that the record names, else the one above it, else the front desk. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.catalogue import Catalogue
from bot.domain.offices import Offices
from bot.domain.records import Body, Kind, Matter, Mechanism, Procedure, Ref

_STEPS = 6  # bodies above one another: more would be a circle


def office_of(records: Iterable[str], catalogue: Catalogue, offices: Offices) -> str:
    """The office for a conversation about ``records`` (KIND/ID, what it is about first)."""
    for reference in records:
        for body in _named(Ref.parse(reference), catalogue):
            if (office := _serving(body, catalogue, offices)) is not None:
                return office
    return offices.front_desk


def _named(ref: Ref, catalogue: Catalogue) -> Iterator[str]:
    """The bodies that a record names, the one in charge first. Of an unsettled matter none is: the front desk sorts it out."""
    match catalogue.get(ref):
        case Matter() as matter if matter.lead:
            yield matter.lead
        case Procedure() as procedure if procedure.authority_body:
            yield procedure.authority_body
        case Body() as body:
            yield body.id
        case Mechanism() as mechanism:
            yield from mechanism.run_by


def _serving(body: str, catalogue: Catalogue, offices: Offices) -> str | None:
    for _ in range(_STEPS):
        if (office := offices.serving(body)) is not None:
            return office
        record = catalogue.get(Ref(Kind.BODY, body))
        if not isinstance(record, Body) or record.parent is None:
            return None
        body = record.parent
    return None

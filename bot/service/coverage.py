"""How well duties are covered: matter × place × status, what is unsettled, what is asked most, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.cases import BoundaryCase, CaseFilter, CaseState
from bot.domain.errors import Refused
from bot.domain.records import Kind, Matter
from bot.domain.staff import Right, StaffPerson
from bot.domain.text import Audience, Bilingual
from bot.domain.zone_time import local_day
from bot.ports import Clock, UnitsOfWork
from bot.service.minds import Minds

ASKED_FOR: Final = timedelta(days=90)
_ALL: Final = 10_000


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One matter. ``asked``: turns of the last 90 days that used it; ``cases``: open ones, of which so many are overdue."""

    id: str
    name: Bilingual
    category: str
    scope: str
    status: str
    settled_by: str
    lead: Bilingual | None
    asked: int
    cases: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """All matters, and the revision that they are of."""

    revision: int
    rows: tuple[CoverageRow, ...]

    @property
    def unsettled(self) -> tuple[CoverageRow, ...]:
        """What nobody is settled for, the most asked first."""
        return tuple(
            sorted((r for r in self.rows if r.status == "unsettled"), key=lambda r: (-r.asked, r.id))
        )

    @property
    def most_asked(self) -> tuple[CoverageRow, ...]:
        """The ten that are asked most."""
        return tuple(sorted((r for r in self.rows if r.asked), key=lambda r: (-r.asked, r.id))[:10])

    def cell(self, category: str, scope: str) -> tuple[int, int]:
        """How many matters of a kind and place are settled, and how many are not."""
        here = [row.status for row in self.rows if (row.category, row.scope) == (category, scope)]
        return here.count("settled"), here.count("unsettled")


class CoverageReport:
    """The use case."""

    def __init__(self, units: UnitsOfWork, clock: Clock, minds: Minds) -> None:
        self._units = units
        self._clock = clock
        self._minds = minds

    async def read(self, person: StaffPerson) -> Coverage:
        """The coverage as it is now. Raises Refused."""
        if not person.may(Right.SEE_MATRIX):
            raise Refused("not allowed")
        now = self._clock.now()
        async with self._units(reading=True) as work:
            asked = dict(await work.asked.counts(now - ASKED_FOR))
            cases = await work.cases.listed(CaseFilter(state=CaseState.OPEN), _ALL)
        catalogue = self._minds.current(Audience.STAFF).catalogue
        today = local_day(now)

        def row(matter: Matter) -> CoverageRow:
            mine: Sequence[BoundaryCase] = [case for case in cases if case.matter == matter.id]
            lead = catalogue.body(matter.lead)
            return CoverageRow(
                matter.id, matter.name, matter.category, matter.scope, matter.status, matter.settled_by,
                lead.name if lead else None, asked.get(f"matter/{matter.id}", 0), len(mine),
                sum(case.overdue(today) for case in mine),
            )  # fmt: skip

        matters = (record for record in catalogue.of_kind(Kind.MATTER) if isinstance(record, Matter))
        return Coverage(catalogue.revision.number, tuple(map(row, matters)))

"""Boundary cases, drafts and counts, alike on every storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.curation.yaml_files import read_knowledge
from bot.domain.cases import BoundaryCase, CaseDecision, CaseFilter, CaseState, Draft
from bot.domain.conversation import Place
from bot.domain.errors import Conflict, NotFound
from bot.domain.messages import Enclosure
from bot.domain.records import Kind, Matter, Ref
from bot.domain.text import Bilingual
from bot.ports import UnitsOfWork
from tests.fakes.clock import FakeClock
from tests.minds import KNOWLEDGE


def case(clock: FakeClock, number: str = "B261124-1", **changes: object) -> BoundaryCase:
    made = BoundaryCase(
        number=number, matter="sanitation-new-area", place=Place.NEW, words="路边垃圾", asker="7F3A21",
        opened_by="li", office="zone-admin-committee", candidates=("local-townships",),
        opened_at=clock.now(), due=date(2026, 12, 1), enclosures=(Enclosure("location", latitude=30.1),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


async def test_a_case_comes_back_as_it_was(units: UnitsOfWork, clock: FakeClock) -> None:
    decision = CaseDecision(
        lead="local-townships", basis=Bilingual("纪要", "Minutes"), effective_from=date(2027, 1, 1)
    )
    async with units() as work:
        await work.cases.add(case(clock))
        saved = await work.cases.save(
            (await work.cases.get("B261124-1")).moved(CaseState.DECIDED, decision=decision, draft=3)
        )
        await work.commit()
    async with units(reading=True) as work:
        assert await work.cases.get("B261124-1") == saved
        assert saved == case(clock, state=CaseState.DECIDED, decision=decision, draft=3, version=1)
        with pytest.raises(NotFound):
            await work.cases.get("B0")


async def test_of_two_who_save_the_second_reads_again(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as work:
        await work.cases.add(case(clock))
        first = await work.cases.get("B261124-1")
        await work.cases.save(replace(first, reminded=True))
        with pytest.raises(Conflict):
            await work.cases.save(first)


async def test_cases_are_filtered(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units() as work:
        await work.cases.add(case(clock, "B1", due=date(2026, 12, 2)))
        await work.cases.add(case(clock, "B2", matter="landscaping-new-area", candidates=("housing",)))
        await work.cases.add(case(clock, "B3", state=CaseState.CLOSED, office="elsewhere"))

        async def found(**wanted: object) -> list[str]:
            return [each.number for each in await work.cases.listed(CaseFilter(**wanted), 9)]  # type: ignore[arg-type]

        assert await found() == ["B2", "B3", "B1"]
        assert await found(state=CaseState.OPEN) == ["B2", "B1"]
        assert await found(office="housing") == ["B2"]
        assert await found(matter="sanitation-new-area") == ["B3", "B1"]
        assert await found(overdue_on=date(2026, 12, 2)) == ["B2"]


async def test_a_draft_comes_back_and_ends_once(units: UnitsOfWork, clock: FakeClock) -> None:
    record = read_knowledge(KNOWLEDGE).knowledge.records[Ref(Kind.MATTER, "eia")]
    assert isinstance(record, Matter)
    changed = replace(record, lead="local-townships")
    draft = Draft(
        title="t", source="sheet", author="li", made_at=clock.now(), records=(changed,), before=(record,)
    )
    async with units() as work:
        draft = await work.drafts.add(draft)
        assert await work.drafts.get(draft.id) == draft
        assert list(await work.drafts.listed("draft", 9)) == [draft]
        ended = replace(draft, state="published", reviewer="wang", ended_at=clock.now(), revision=2)
        await work.drafts.end(ended)
        assert await work.drafts.get(draft.id) == ended
        assert list(await work.drafts.listed("draft", 9)) == []
        assert list(await work.drafts.listed("", 9)) == [ended]
        with pytest.raises(Conflict):
            await work.drafts.end(ended)
        with pytest.raises(NotFound):
            await work.drafts.get(99)


async def test_nothing_asked_counts_nothing(units: UnitsOfWork, clock: FakeClock) -> None:
    async with units(reading=True) as work:
        assert list(await work.asked.counts(clock.now() - timedelta(days=1))) == []

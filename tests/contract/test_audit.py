"""The audit is only ever added to."""

from __future__ import annotations

from bot.ports import AuditEntry, UnitsOfWork
from tests.fakes.clock import FakeClock


async def add(units: UnitsOfWork, *entries: AuditEntry) -> None:
    async with units() as work:
        for entry in entries:
            await work.audit.add(entry)
        await work.commit()


async def test_entries_come_back_newest_first_with_their_time(units: UnitsOfWork, clock: FakeClock) -> None:
    await add(units, AuditEntry("cli:ops", "switch.off", "", "a wrong answer"))
    clock.advance(60)
    await add(units, AuditEntry("staff-1", "knowledge.switch", "3", ""))
    async with units(reading=True) as work:
        last, first = await work.audit.recent(10)
        assert (last.actor, last.action, last.subject, last.at) == (
            "staff-1", "knowledge.switch", "3", clock.now(),
        )  # fmt: skip
        assert (first.why, first.id < last.id) == ("a wrong answer", True)
        assert list(await work.audit.recent(1)) == [last]


async def test_entries_of_one_kind(units: UnitsOfWork) -> None:
    await add(units, AuditEntry("a", "switch.off"), AuditEntry("a", "switch_x"), AuditEntry("a", "other"))
    async with units(reading=True) as work:
        assert [entry.action for entry in await work.audit.recent(9, "switch.")] == ["switch.off"]


async def test_what_was_rolled_back_never_happened(units: UnitsOfWork) -> None:
    async with units() as work:
        await work.audit.add(AuditEntry("a", "b"))
    async with units(reading=True) as work:
        assert list(await work.audit.recent(9)) == []

"""The zone's own people, their accounts and what lets them in, alike on every storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Conflict, NotFound
from bot.domain.staff import Account, Invite, Role, StaffPerson, StaffSession
from bot.ports import UnitsOfWork
from tests.fakes.clock import FakeClock

PHONE = Account("telegram", "4711")


def person(clock: FakeClock, identifier: str = "li", **changes: object) -> StaffPerson:
    made = StaffPerson(
        identifier,
        "李工",
        frozenset({Role.STAFF, Role.OPERATOR}),
        frozenset({"econ-dev-office"}),
        clock.now(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def add(units: UnitsOfWork, *people: StaffPerson) -> None:
    async with units() as work:
        for each in people:
            await work.people.add(each)
        await work.commit()


async def test_people_come_back_as_they_were(units: UnitsOfWork, clock: FakeClock) -> None:
    li = person(clock, expires_at=clock.now() + timedelta(days=90))
    await add(units, person(clock, "wang"), li)
    async with units() as work:
        assert await work.people.find("li") == li
        assert [each.id for each in await work.people.everybody()] == ["li", "wang"]
        changed = replace(li, revoked_at=clock.now(), totp_salt="salt", totp_step=58_000_000)
        await work.people.save(changed)
        await work.commit()
    async with units(reading=True) as work:
        assert await work.people.find("li") == changed
        assert await work.people.find("nobody") is None


async def test_an_id_is_given_once_and_nobody_unknown_is_saved(units: UnitsOfWork, clock: FakeClock) -> None:
    await add(units, person(clock))
    async with units() as work:
        with pytest.raises(Conflict):
            await work.people.add(person(clock, name="another"))
        with pytest.raises(NotFound):
            await work.people.save(person(clock, "nobody"))


async def test_an_account_is_one_persons(units: UnitsOfWork, clock: FakeClock) -> None:
    await add(units, person(clock), person(clock, "wang"))
    async with units() as work:
        assert await work.people.of_account(PHONE) is None
        await work.people.link(PHONE, "li", clock.now())
        await work.people.link(PHONE, "wang", clock.now())
        await work.people.link(Account("web", "4711"), "wang", clock.now())
        await work.commit()
    async with units() as work:
        owner = await work.people.of_account(PHONE)
        assert owner is not None
        assert owner.id == "wang"
        assert list(await work.people.accounts("wang")) == [PHONE, Account("web", "4711")]
        assert await work.people.unlink("li") == 0
        assert await work.people.unlink("wang") == 2
        assert await work.people.of_account(PHONE) is None


async def test_an_invite_is_used_once_and_in_time(units: UnitsOfWork, clock: FakeClock) -> None:
    await add(units, person(clock))
    now, ends = clock.now(), clock.now() + timedelta(minutes=15)
    async with units() as work:
        for digest in ("a", "b", "c"):
            await work.keys.invite(Invite(digest, "li", now, ends))
        assert await work.keys.use("a", now) is True
        assert await work.keys.use("a", now) is False
        assert await work.keys.use("b", ends) is False
        assert await work.keys.use("unknown", now) is False
        assert {each.digest for each in await work.keys.open_invites(now)} == {"b", "c"}
        assert list(await work.keys.open_invites(ends)) == []
        assert await work.keys.withdraw("li", now) == 2
        assert await work.keys.use("c", now) is False


async def test_sessions_end_by_themselves_and_all_at_once(units: UnitsOfWork, clock: FakeClock) -> None:
    await add(units, person(clock))
    now, ends = clock.now(), clock.now() + timedelta(hours=12)
    first, second = (StaffSession(digest, "li", "session", now, ends) for digest in ("a", "b"))
    device = StaffSession("c", "li", "device", now, ends)
    async with units() as work:
        for session in (first, second, device):
            await work.keys.open_session(session)
        await work.keys.end("a", now)
        assert await work.keys.session("a") == replace(first, ended_at=now)
        assert await work.keys.session("b") == second
        assert await work.keys.session("unknown") is None
        assert await work.keys.end_all("li", now) == 2
        left = await work.keys.session("c")
        assert left is not None
        assert not left.open(now)


async def test_failures_are_counted_by_who_and_forgotten(units: UnitsOfWork, clock: FakeClock) -> None:
    begun = clock.now()
    async with units() as work:
        await work.keys.failed("x", begun)
        await work.keys.failed("x", begun + timedelta(minutes=1))
        await work.keys.failed("y", begun)
        assert await work.keys.failures("x", begun - timedelta(seconds=1)) == 2
        assert await work.keys.failures("x", begun) == 1
        await work.keys.tidy(begun + timedelta(minutes=1))
        assert await work.keys.failures("x", begun - timedelta(days=1)) == 1
        assert await work.keys.failures("y", begun - timedelta(days=1)) == 0

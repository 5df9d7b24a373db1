"""How the zone's people get in, and that nothing else does: codes, second factor, sessions, limits, revocation, audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from bot.domain.errors import Conflict, InvalidInput, NotFound, Refused
from bot.domain.staff import RIGHTS, Account, Right, Role, StaffPerson
from bot.service.staff_access import (
    CODE_LASTS,
    DEVICE_LASTS,
    SESSION_LASTS,
    TRIES,
    Attempt,
    SecondFactorNeeded,
    SignedIn,
    StaffAccess,
    TooManyTries,
)
from bot.service.staff_codes import Codes
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork

CHAT = Account("telegram", "4711")
HOME = "203.0.113.7"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def units(clock: FakeClock) -> FakeUnitsOfWork:
    return FakeUnitsOfWork(clock)


@pytest.fixture
def access(units: FakeUnitsOfWork, clock: FakeClock) -> StaffAccess:
    return StaffAccess(units, clock, Codes(b"secret"))


def somebody(clock: FakeClock, identifier: str = "li", **changes: object) -> StaffPerson:
    person = StaffPerson(identifier, "李工", frozenset({Role.STAFF}), frozenset(), clock.now())
    return replace(person, **changes)  # type: ignore[arg-type]


async def invited(access: StaffAccess, clock: FakeClock, identifier: str = "li", **changes: object) -> str:
    await access.add("cli:root", somebody(clock, identifier, **changes))
    code, _ = await access.invite("cli:root", identifier)
    return code


async def link(access: StaffAccess, units: FakeUnitsOfWork, code: str, account: Account = CHAT) -> str | None:
    async with units() as work:
        person = await access.link(work, account, access.codes.digest(code))
        await work.commit()
    return person.id if person else None


async def knows(access: StaffAccess, units: FakeUnitsOfWork, account: Account = CHAT) -> str | None:
    async with units(reading=True) as work:
        person = await access.who_is(work, account)
    return person.id if person else None


async def actions(units: FakeUnitsOfWork) -> list[str]:
    async with units(reading=True) as work:
        return [entry.action for entry in reversed(await work.audit.recent(99))]


async def with_second_factor(access: StaffAccess, clock: FakeClock) -> tuple[SignedIn, pyotp.TOTP]:
    signed = await access.sign_in(Attempt(HOME, code=await invited(access, clock)))
    salt, secret = access.new_second_factor()
    factor = pyotp.TOTP(secret)
    signed = await access.set_second_factor(signed.person.id, salt, factor.at(clock.now()))
    clock.advance(30)
    return signed, factor


# -- codes ----------------------------------------------------------------------------------------------------


async def test_a_code_opens_one_session_once(access: StaffAccess, clock: FakeClock) -> None:
    code = await invited(access, clock)
    signed = await access.sign_in(Attempt(HOME, code=code.lower()))
    found = await access.person_of(signed.token)
    assert found is not None
    assert (found.id, signed.device) == ("li", "")
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, code=code))


async def test_a_code_ends_after_a_quarter_of_an_hour(access: StaffAccess, clock: FakeClock) -> None:
    code = await invited(access, clock)
    clock.advance(CODE_LASTS.total_seconds())
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, code=code))


async def test_a_new_code_ends_the_one_before(access: StaffAccess, clock: FakeClock) -> None:
    first = await invited(access, clock)
    second, _ = await access.invite("cli:root", "li")
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, code=first))
    assert await access.sign_in(Attempt(HOME, code=second))


async def test_a_code_links_a_chat_or_opens_a_session_but_not_both(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    code = await invited(access, clock)
    assert await link(access, units, code) == "li"
    assert await knows(access, units) == "li"
    assert await knows(access, units, Account("telegram", "4712")) is None
    assert await link(access, units, code, Account("telegram", "4712")) is None
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, code=code))


# -- guessing -------------------------------------------------------------------------------------------------


async def test_after_some_tries_not_even_the_right_code_is_looked_at(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    code = await invited(access, clock)
    for _ in range(TRIES):
        with pytest.raises(Refused):
            await access.sign_in(Attempt(HOME, code="WRONG-WRONG"))
    with pytest.raises(TooManyTries):
        await access.sign_in(Attempt(HOME, code=code))
    assert "staff.locked_out" in await actions(units)
    # Somebody else's address is not held up, and the limit ends by itself.
    assert await access.sign_in(Attempt("198.51.100.1", code=code))
    clock.advance(CODE_LASTS.total_seconds())
    code, _ = await access.invite("cli:root", "li")
    assert await access.sign_in(Attempt(HOME, code=code))


async def test_guessing_in_a_chat_is_limited_too(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    code = await invited(access, clock)
    for _ in range(TRIES):
        assert await link(access, units, "WRONG-WRONG") is None
    with pytest.raises(TooManyTries):
        await link(access, units, code)
    assert await link(access, units, code, Account("telegram", "1")) == "li"


# -- the second factor ----------------------------------------------------------------------------------------


async def test_once_set_up_the_second_factor_is_needed(access: StaffAccess, clock: FakeClock) -> None:
    _, factor = await with_second_factor(access, clock)
    code, _ = await access.invite("cli:root", "li")
    with pytest.raises(SecondFactorNeeded):
        await access.sign_in(Attempt(HOME, code=code))
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, code=code, totp="000000"))
    assert (await access.sign_in(Attempt(HOME, code=code, totp=factor.at(clock.now())))).device


async def test_a_second_factor_s_code_is_used_once(access: StaffAccess, clock: FakeClock) -> None:
    signed, factor = await with_second_factor(access, clock)
    totp = factor.at(clock.now())
    assert await access.sign_in(Attempt(HOME, device=signed.device, totp=totp))
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, device=signed.device, totp=totp))


async def test_a_known_browser_needs_only_the_second_factor(access: StaffAccess, clock: FakeClock) -> None:
    signed, factor = await with_second_factor(access, clock)
    with pytest.raises(SecondFactorNeeded):
        await access.sign_in(Attempt(HOME, device=signed.device))
    assert await access.sign_in(Attempt(HOME, device=signed.device, totp=factor.at(clock.now())))
    clock.advance(DEVICE_LASTS.total_seconds())
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, device=signed.device, totp=factor.at(clock.now())))


async def test_guessing_the_second_factor_is_limited_from_all_addresses_together(
    access: StaffAccess, clock: FakeClock
) -> None:
    signed, factor = await with_second_factor(access, clock)
    for number in range(TRIES):
        with pytest.raises(Refused):
            await access.sign_in(Attempt(f"198.51.100.{number}", device=signed.device, totp="000000"))
    with pytest.raises(TooManyTries):
        await access.sign_in(Attempt("203.0.113.9", device=signed.device, totp=factor.at(clock.now())))


async def test_a_session_s_token_is_no_browser_s_and_the_other_way_round(
    access: StaffAccess, clock: FakeClock
) -> None:
    signed, factor = await with_second_factor(access, clock)
    assert await access.person_of(signed.device) is None
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, device=signed.token, totp=factor.at(clock.now())))


async def test_a_lost_device_is_replaced_by_an_administrator(access: StaffAccess, clock: FakeClock) -> None:
    signed, factor = await with_second_factor(access, clock)
    await access.remove_second_factor("cli:root", "li")
    assert await access.person_of(signed.token) is None
    with pytest.raises(Refused):
        await access.sign_in(Attempt(HOME, device=signed.device, totp=factor.at(clock.now())))
    code, _ = await access.invite("cli:root", "li")
    assert await access.sign_in(Attempt(HOME, code=code))


# -- the end --------------------------------------------------------------------------------------------------


async def test_a_session_ends_by_itself_and_by_signing_out(access: StaffAccess, clock: FakeClock) -> None:
    signed = await access.sign_in(Attempt(HOME, code=await invited(access, clock)))
    clock.advance(SESSION_LASTS.total_seconds() - 1)
    assert await access.person_of(signed.token)
    clock.advance(1)
    assert await access.person_of(signed.token) is None
    code, _ = await access.invite("cli:root", "li")
    signed = await access.sign_in(Attempt(HOME, code=code))
    await access.sign_out(signed.token)
    assert await access.person_of(signed.token) is None


async def test_revocation_ends_everything_at_once(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    signed, factor = await with_second_factor(access, clock)
    code, _ = await access.invite("cli:root", "li")
    await link(access, units, code)
    code, _ = await access.invite("cli:root", "li")
    await access.revoke("cli:root", "li", "has left")
    assert await access.person_of(signed.token) is None
    assert await knows(access, units) is None
    assert await link(access, units, code) is None
    for attempt in (
        Attempt(HOME, code=code, totp=factor.at(clock.now())),
        Attempt(HOME, device=signed.device, totp=factor.at(clock.now())),
    ):
        with pytest.raises(Refused):
            await access.sign_in(attempt)
    with pytest.raises(Refused):
        await access.invite("cli:root", "li")


async def test_who_has_expired_is_nobody(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    code = await invited(access, clock, expires_at=clock.now() + timedelta(minutes=5))
    await link(access, units, code)
    assert await knows(access, units) == "li"
    clock.advance(300)
    assert await knows(access, units) is None


async def test_everything_is_noted(access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork) -> None:
    signed, _ = await with_second_factor(access, clock)
    await access.sign_out(signed.token)
    code, _ = await access.invite("cli:root", "li")
    await link(access, units, code)
    await access.revoke("cli:root", "li", "has left")
    assert await actions(units) == [
        "staff.added", "staff.invited", "staff.signed_in", "staff.second_factor_set", "staff.signed_in",
        "staff.signed_out", "staff.invited", "staff.linked", "staff.revoked",
    ]  # fmt: skip


async def test_nothing_secret_stands_in_the_storage(
    access: StaffAccess, clock: FakeClock, units: FakeUnitsOfWork
) -> None:
    code = await invited(access, clock)
    signed = await access.sign_in(Attempt(HOME, code=code))
    salt, secret = access.new_second_factor()
    await access.set_second_factor("li", salt, pyotp.TOTP(secret).at(clock.now()))
    stored = repr(units.state.staff) + repr(units.state.audit) + salt
    for word in (code, code.replace("-", ""), signed.token, signed.token.partition(".")[0], secret, HOME):
        assert word not in stored


# -- people ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"identifier": "Li"}, {"identifier": "x" * 41}, {"name": " "}, {"roles": frozenset()},
     {"offices": frozenset({"no-such-body"})}, {"expires_at": FakeClock().now() - timedelta(days=1)}],
)  # fmt: skip
async def test_what_is_wrong_with_a_person_is_said(
    access: StaffAccess, clock: FakeClock, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        await access.add("cli:root", somebody(clock, **wrong), {"local-townships"})  # type: ignore[arg-type]


async def test_an_id_is_given_once_and_unknown_people_are_said_to_be(
    access: StaffAccess, clock: FakeClock
) -> None:
    await access.add("cli:root", somebody(clock))
    with pytest.raises(Conflict):
        await access.add("cli:root", somebody(clock, name="another"))
    for unknown in (access.invite("a", "x"), access.revoke("a", "x"), access.remove_second_factor("a", "x")):
        with pytest.raises(NotFound):
            await unknown


def test_rights_by_role() -> None:
    every = RIGHTS[Role.STAFF]
    assert Right.CONVERSE not in every
    assert Right.CURATE not in every
    assert RIGHTS[Role.OPERATOR] - every == {Right.CONVERSE}
    assert RIGHTS[Role.CURATOR] - every == {Right.CURATE}
    assert RIGHTS[Role.ADMINISTRATOR] == set(Right)


def test_an_administrator_serves_every_office() -> None:
    clock = FakeClock()
    operator = somebody(clock, roles=frozenset({Role.OPERATOR}), offices=frozenset({"a"}))
    assert [operator.serves(office) for office in ("a", "b")] == [True, False]
    assert replace(operator, roles=frozenset({Role.ADMINISTRATOR})).serves("b")

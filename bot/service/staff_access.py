"""Who of the zone's people is who, and how they get in: people, one-time codes, second factor, sessions, revocation.

Every change is noted in the audit in the same transaction. A revoked or expired person is nobody at once, wherever they are
signed in: everything here asks the database, and nothing is remembered.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pyotp

from bot.domain.errors import InvalidInput, NotFound, Refused
from bot.domain.staff import LONGEST_ID, PERSON_ID, Account, Invite, Right, Role, StaffPerson, StaffSession
from bot.ports import AuditEntry, Clock, UnitOfWork, UnitsOfWork
from bot.service.staff_codes import Codes

CODE_LASTS: Final = timedelta(minutes=15)
SESSION_LASTS: Final = timedelta(hours=12)
DEVICE_LASTS: Final = timedelta(days=60)
TRIES: Final = 5  # in vain, within TRIES_COUNT_FOR; then not even the right code is looked at
TRIES_COUNT_FOR: Final = timedelta(minutes=15)
_KEPT: Final = timedelta(days=30)
_STEP: Final = 30  # seconds of a second factor's code


class TooManyTries(Refused):
    """Tried in vain too often: wait a quarter of an hour."""


class SecondFactorNeeded(Refused):
    """The code is right, and not used up: say it again together with the second factor."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just opened. ``device``: a token for this browser, once a second factor is set up."""

    person: StaffPerson
    token: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to sign in on the web. Either ``code`` (and ``totp``, where it is set up), or ``device`` and ``totp``."""

    address: str
    code: str = ""
    totp: str = ""
    device: str = ""

    @property
    def by_device(self) -> bool:
        """True when the browser is to be the first factor. A code that was typed always counts before it."""
        return bool(self.device) and not self.code


class StaffAccess:
    """The use cases. ``actor`` is whoever does it: a person's id, or ``cli:NAME``."""

    def __init__(self, units: UnitsOfWork, clock: Clock, codes: Codes) -> None:
        self._units = units
        self._clock = clock
        self.codes = codes

    # -- people -----------------------------------------------------------------------------------------------

    async def add(
        self, actor: str, person: StaffPerson, bodies: Collection[str] | None = None
    ) -> StaffPerson:
        """A new person. ``bodies``: the ids that an office may have. Raises InvalidInput, Conflict."""
        _check(person, bodies)
        async with self._units() as work:
            await work.people.add(person)
            roles, offices = ",".join(sorted(person.roles)), ",".join(sorted(person.offices))
            note = f"roles {roles}; offices {offices or '-'}; until {person.expires_at or '-'}"
            await work.audit.add(AuditEntry(actor, "staff.added", person.id, note))
            await work.commit()
        return person

    async def everybody(self) -> Sequence[tuple[StaffPerson, Sequence[Account]]]:
        """All people, with the accounts that they write from."""
        async with self._units(reading=True) as work:
            people = await work.people.everybody()
            return [(person, await work.people.accounts(person.id)) for person in people]

    async def invite(self, actor: str, person_id: str) -> tuple[str, datetime]:
        """A one-time code, and until when it holds; earlier ones hold no longer. Raises NotFound, Refused."""
        now = self._clock.now()
        async with self._units() as work:
            person = await work.people.find(person_id)
            if person is None:
                raise NotFound(f"nobody has the id {person_id}")
            if not person.active(now):
                raise Refused(f"{person_id} is revoked or expired")
            code = self.codes.new_code()
            ends = now + CODE_LASTS
            await work.keys.withdraw(person_id, now)
            await work.keys.invite(Invite(self.codes.digest(code), person_id, now, ends))
            await work.keys.tidy(now - _KEPT)
            await work.audit.add(AuditEntry(actor, "staff.invited", person_id))
            await work.commit()
        return code, ends

    async def revoke(self, actor: str, person_id: str, why: str = "") -> None:
        """Ends everything of a person at once: accounts, sessions, known browsers, codes. Raises NotFound."""
        now = self._clock.now()
        async with self._units() as work:
            person = await work.people.find(person_id)
            if person is None:
                raise NotFound(f"nobody has the id {person_id}")
            await work.people.save(replace(person, revoked_at=person.revoked_at or now))
            await work.people.unlink(person_id)
            await work.keys.withdraw(person_id, now)
            await work.keys.end_all(person_id, now)
            await work.audit.add(AuditEntry(actor, "staff.revoked", person_id, why))
            await work.commit()

    # -- signing in on the web --------------------------------------------------------------------------------

    async def sign_in(self, attempt: Attempt) -> SignedIn:
        """Opens a session. Raises TooManyTries, SecondFactorNeeded, or Refused for anything that is not right."""
        now = self._clock.now()
        async with self._units() as work:
            who = [self.codes.who("address", attempt.address)]
            await self._within_limits(work, who, now)
            person = await self._meant(work, attempt, now)
            if person is not None and person.totp_salt:
                own = self.codes.who("person", person.id)
                await self._within_limits(work, [own], now)
                who.append(own)
                if not attempt.totp:
                    raise SecondFactorNeeded("the second factor is missing")
                person = await self._stepped(work, person, attempt.totp)
            if person is None or not await self._used(work, attempt, now):
                await self._failed(work, who, now)
                raise Refused("not valid (any more)")
            signed = await self._open(work, person, now, known=attempt.by_device)
            await work.commit()
            return signed

    async def _used(self, work: UnitOfWork, attempt: Attempt, now: datetime) -> bool:
        """True when a code was good and is good no longer; a known browser stays known."""
        return attempt.by_device or await work.keys.use(self.codes.digest(attempt.code), now)

    async def _meant(self, work: UnitOfWork, attempt: Attempt, now: datetime) -> StaffPerson | None:
        """Whose code, or whose browser, it is."""
        if attempt.by_device:
            digest = self.codes.token_digest(attempt.device)
            session = await work.keys.session(digest) if digest else None
            if session is None or session.kind != "device" or not session.open(now):
                return None
            person = await work.people.find(session.person)
            # Without a second factor a browser alone lets nobody in.
            return person if person and person.active(now) and person.totp_salt else None
        invite = await self._invite_of(work, self.codes.digest(attempt.code), now)
        person = await work.people.find(invite.person) if invite else None
        return person if person and person.active(now) else None

    async def _invite_of(self, work: UnitOfWork, digest: str, now: datetime) -> Invite | None:
        """Every open invite is compared, in constant time: how long it takes tells nothing."""
        found = None
        for invite in await work.keys.open_invites(now):
            if hmac.compare_digest(invite.digest.encode(), digest.encode()):
                found = invite
        return found

    async def _open(self, work: UnitOfWork, person: StaffPerson, now: datetime, *, known: bool) -> SignedIn:
        token = self.codes.new_token()
        await self._keep(work, token, StaffSession("", person.id, "session", now, now + SESSION_LASTS))
        device = ""
        if person.totp_salt and not known:
            device = self.codes.new_token()
            await self._keep(work, device, StaffSession("", person.id, "device", now, now + DEVICE_LASTS))
        await work.audit.add(AuditEntry(person.id, "staff.signed_in", person.id))
        return SignedIn(person, token, device)

    async def _keep(self, work: UnitOfWork, token: str, session: StaffSession) -> None:
        digest = self.codes.token_digest(token)
        assert digest is not None
        await work.keys.open_session(replace(session, digest=digest))

    async def person_of(self, token: str) -> StaffPerson | None:
        """Whose session a token is; None when it is nobody's (any more)."""
        digest = self.codes.token_digest(token)
        if digest is None:
            return None
        now = self._clock.now()
        async with self._units(reading=True) as work:
            session = await work.keys.session(digest)
            if session is None or session.kind != "session" or not session.open(now):
                return None
            person = await work.people.find(session.person)
        return person if person and person.active(now) else None

    async def sign_out(self, token: str) -> None:
        """Ends a session."""
        digest = self.codes.token_digest(token)
        if digest is None:
            return
        async with self._units() as work:
            session = await work.keys.session(digest)
            if session is not None:
                await work.keys.end(digest, self._clock.now())
                await work.audit.add(AuditEntry(session.person, "staff.signed_out", session.person))
            await work.commit()

    # -- the second factor ------------------------------------------------------------------------------------

    def new_second_factor(self) -> tuple[str, str]:
        """A salt and its secret, to be shown to the person; nothing is stored until ``set_second_factor``."""
        salt = secrets.token_hex(16)
        return salt, self.codes.totp_secret(salt)

    async def set_second_factor(self, person_id: str, salt: str, totp: str) -> SignedIn:
        """Sets it up when the code shows that the person's device has it. Raises Refused."""
        now = self._clock.now()
        async with self._units() as work:
            own = self.codes.who("person", person_id)
            await self._within_limits(work, [own], now)
            person = await work.people.find(person_id)
            if person is None or not person.active(now) or person.totp_salt:
                raise Refused("not allowed")
            stepped = await self._stepped(work, replace(person, totp_salt=salt), totp)
            if stepped is None:
                await self._failed(work, [own], now)
                raise Refused("the code is not right")
            await work.audit.add(AuditEntry(person_id, "staff.second_factor_set", person_id))
            signed = await self._open(work, stepped, now, known=False)
            await work.commit()
            return signed

    async def remove_second_factor(self, actor: str, person_id: str) -> None:
        """For somebody whose device is lost; known browsers are known no longer. Raises NotFound."""
        async with self._units() as work:
            person = await work.people.find(person_id)
            if person is None:
                raise NotFound(f"nobody has the id {person_id}")
            await work.people.save(replace(person, totp_salt="", totp_step=0))
            await work.keys.end_all(person_id, self._clock.now())
            await work.audit.add(AuditEntry(actor, "staff.second_factor_removed", person_id))
            await work.commit()

    async def _stepped(self, work: UnitOfWork, person: StaffPerson, totp: str) -> StaffPerson | None:
        """The person with the time step of a right code noted, so that it is worth nothing a second time."""
        factor = pyotp.TOTP(self.codes.totp_secret(person.totp_salt), interval=_STEP)
        now = int(self._clock.now().timestamp()) // _STEP
        typed = totp.strip().replace(" ", "").encode()
        right = [
            step
            for step in (now - 1, now, now + 1)
            if hmac.compare_digest(factor.generate_otp(step).encode(), typed) and step > person.totp_step
        ]
        if not right:
            return None
        stepped = replace(person, totp_step=right[-1])
        await work.people.save(stepped)
        return stepped

    # -- accounts in a chat -----------------------------------------------------------------------------------

    async def link(self, work: UnitOfWork, account: Account, digest: str) -> StaffPerson | None:
        """Binds an account by the hash of a code, inside the turn's transaction; None when the code is not valid.

        Raises TooManyTries. A second factor is not asked for: the account is one, and the code came another way.
        """
        now = self._clock.now()
        who = self.codes.who("account", f"{account.channel}:{account.name}")
        await self._within_limits(work, [who], now)
        invite = await self._invite_of(work, digest, now)
        person = await work.people.find(invite.person) if invite else None
        if invite is None or person is None or not person.active(now):
            await work.keys.failed(who, now)
            return None
        if not await work.keys.use(invite.digest, now):
            return None
        await work.people.link(account, person.id, now)
        await work.audit.add(AuditEntry(person.id, "staff.linked", person.id, account.channel))
        return person

    async def who_is(self, work: UnitOfWork, account: Account) -> StaffPerson | None:
        """Whoever writes from an account, when they may look things up; inside the turn's transaction."""
        return self._allowed(await work.people.of_account(account))

    async def active(self, work: UnitOfWork, person_id: str) -> StaffPerson | None:
        """The person, when they still are active; inside the turn's transaction."""
        return self._allowed(await work.people.find(person_id))

    def _allowed(self, person: StaffPerson | None) -> StaffPerson | None:
        if person is None or not person.active(self._clock.now()) or not person.may(Right.LOOK_UP):
            return None
        return person

    # -- limits -----------------------------------------------------------------------------------------------

    async def _within_limits(self, work: UnitOfWork, who: Sequence[str], now: datetime) -> None:
        for each in who:
            if await work.keys.failures(each, now - TRIES_COUNT_FOR) >= TRIES:
                raise TooManyTries("tried in vain too often: please wait a quarter of an hour")

    async def _failed(self, work: UnitOfWork, who: Sequence[str], now: datetime) -> None:
        """Counts an attempt in vain, and keeps nothing else of it."""
        for each in who:
            await work.keys.failed(each, now)
            if await work.keys.failures(each, now - TRIES_COUNT_FOR) == TRIES:
                await work.audit.add(AuditEntry("system", "staff.locked_out", each[:16]))
        await work.commit()


def _check(person: StaffPerson, bodies: Collection[str] | None) -> None:
    if not PERSON_ID.fullmatch(person.id) or len(person.id) > LONGEST_ID:
        raise InvalidInput(
            f"id {person.id!r}: up to {LONGEST_ID} small letters, digits and hyphens, a letter first"
        )
    if not person.name.strip() or len(person.name) > 120:
        raise InvalidInput("name: 1 to 120 characters")
    if not person.roles:
        raise InvalidInput(f"at least one role of {', '.join(Role)}")
    if person.expires_at is not None and person.expires_at <= person.added_at:
        raise InvalidInput("the expiry lies in the past")
    for office in sorted(person.offices):
        if bodies is not None and office not in bodies:
            raise InvalidInput(f"office {office!r} is no body in the knowledge base")

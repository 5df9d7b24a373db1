"""The zone's own people in memory: the same behaviour as the databases (the contract suite runs on all three)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.errors import Conflict, NotFound
from bot.domain.staff import Account, Invite, StaffPerson, StaffSession


@dataclass(slots=True)
class StaffState:
    people: dict[str, StaffPerson] = field(default_factory=dict)
    accounts: dict[Account, str] = field(default_factory=dict)
    invites: dict[str, Invite] = field(default_factory=dict)
    sessions: dict[str, StaffSession] = field(default_factory=dict)
    failures: list[tuple[str, datetime]] = field(default_factory=list)


class FakePeople:
    def __init__(self, state: StaffState) -> None:
        self._state = state

    async def add(self, person: StaffPerson) -> None:
        if person.id in self._state.people:
            raise Conflict(f"the id {person.id} was given before")
        self._state.people[person.id] = person

    async def save(self, person: StaffPerson) -> None:
        if person.id not in self._state.people:
            raise NotFound(f"nobody has the id {person.id}")
        self._state.people[person.id] = person

    async def find(self, person: str) -> StaffPerson | None:
        return self._state.people.get(person)

    async def everybody(self) -> Sequence[StaffPerson]:
        return sorted(self._state.people.values(), key=lambda person: person.id)

    async def of_account(self, account: Account) -> StaffPerson | None:
        owner = self._state.accounts.get(account)
        return self._state.people[owner] if owner else None

    async def link(self, account: Account, person: str, at: datetime) -> None:
        self._state.accounts[account] = person

    async def unlink(self, person: str) -> int:
        theirs = await self.accounts(person)
        for account in theirs:
            del self._state.accounts[account]
        return len(theirs)

    async def accounts(self, person: str) -> Sequence[Account]:
        theirs = [account for account, owner in self._state.accounts.items() if owner == person]
        return sorted(theirs, key=lambda account: (account.channel, account.name))


class FakeKeys:
    def __init__(self, state: StaffState) -> None:
        self._state = state

    async def invite(self, invite: Invite) -> None:
        self._state.invites[invite.digest] = invite

    async def open_invites(self, now: datetime) -> Sequence[Invite]:
        return [invite for invite in self._state.invites.values() if invite.open(now)]

    async def use(self, digest: str, at: datetime) -> bool:
        invite = self._state.invites.get(digest)
        if invite is None or not invite.open(at):
            return False
        self._state.invites[digest] = replace(invite, used_at=at)
        return True

    async def withdraw(self, person: str, at: datetime) -> int:
        theirs = [invite for invite in await self.open_invites(at) if invite.person == person]
        for invite in theirs:
            self._state.invites[invite.digest] = replace(invite, used_at=at)
        return len(theirs)

    async def open_session(self, session: StaffSession) -> None:
        self._state.sessions[session.digest] = session

    async def session(self, digest: str) -> StaffSession | None:
        return self._state.sessions.get(digest)

    async def end(self, digest: str, at: datetime) -> None:
        session = self._state.sessions.get(digest)
        if session is not None and session.ended_at is None:
            self._state.sessions[digest] = replace(session, ended_at=at)

    async def end_all(self, person: str, at: datetime) -> int:
        theirs = [each for each in self._state.sessions.values() if each.person == person and each.open(at)]
        for session in theirs:
            await self.end(session.digest, at)
        return len(theirs)

    async def failed(self, who: str, at: datetime) -> None:
        self._state.failures.append((who, at))

    async def failures(self, who: str, since: datetime) -> int:
        return sum(1 for each, at in self._state.failures if each == who and at > since)

    async def tidy(self, before: datetime) -> None:
        state = self._state
        state.failures = [each for each in state.failures if each[1] >= before]
        state.invites = {key: each for key, each in state.invites.items() if each.expires_at >= before}
        state.sessions = {key: each for key, each in state.sessions.items() if each.expires_at >= before}

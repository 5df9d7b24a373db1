"""Who writes a message: the public, or one of the zone's people. Asked anew for every message, in its own transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol

from bot.dialogue.decided import Decided
from bot.domain.decisions import OpenCase
from bot.domain.messages import Inbound
from bot.domain.staff import Account, StaffPerson
from bot.domain.text import Audience
from bot.ports import UnitOfWork
from bot.service.boundary_cases import BoundaryCases
from bot.service.staff_access import StaffAccess, TooManyTries

# Conversations of signed-in people on the web page: kept apart, so that nobody else ever reads them. No page can make up such an id.
STAFF_PAGE: Final = "s."


class Recognition(Protocol):
    """What handling a message asks about the zone's people."""

    def sealed(self, message: Inbound) -> Inbound:
        """The message as it may be kept: without a code in it."""
        ...

    async def audience(self, work: UnitOfWork, message: Inbound) -> Audience:
        """Who may see what."""
        ...

    async def link(self, work: UnitOfWork, message: Inbound, argument: str) -> str:
        """Binds the account that a message came from; gives the act that tells what came of it."""
        ...

    def numbered(self, decided: Decided, inbound_id: int) -> Decided:
        """The decision with the numbers of the cases that it opens."""
        ...

    async def store(self, work: UnitOfWork, message: Inbound, decided: Decided) -> None:
        """Stores the cases that a turn opens, in its transaction."""
        ...


class NobodyKnown:
    """Nobody is known: everybody is what their way in says."""

    def sealed(self, message: Inbound) -> Inbound:
        """As it is."""
        return message

    async def audience(self, work: UnitOfWork, message: Inbound) -> Audience:
        """As the way in says."""
        return message.audience

    async def link(self, work: UnitOfWork, message: Inbound, argument: str) -> str:
        """No code is valid."""
        return "link_failed"

    def numbered(self, decided: Decided, inbound_id: int) -> Decided:
        """As it is."""
        return decided

    async def store(self, work: UnitOfWork, message: Inbound, decided: Decided) -> None:
        """Nobody opens a case."""


class StaffRecognition:
    """Knows the zone's people by their accounts."""

    def __init__(self, access: StaffAccess, cases: BoundaryCases) -> None:
        self._access = access
        self._cases = cases

    def sealed(self, message: Inbound) -> Inbound:
        """A code's hash in the place of the code."""
        text = self._access.codes.seal(message.text)
        return message if text == message.text else replace(message, text=text)

    async def audience(self, work: UnitOfWork, message: Inbound) -> Audience:
        """Staff only for who is known and active just now. The terminal is its user's own: what it says counts."""
        if message.channel == "console":
            return message.audience
        return Audience.STAFF if await self.person(work, message) else Audience.PUBLIC

    async def person(self, work: UnitOfWork, message: Inbound) -> StaffPerson | None:
        """Which of the zone's people wrote a message."""
        if message.channel == "web":
            signed_in = message.audience is Audience.STAFF and message.conversation.startswith(STAFF_PAGE)
            return await self._access.active(work, message.sender) if signed_in else None
        account = account_of(message)
        return await self._access.who_is(work, account) if account else None

    async def link(self, work: UnitOfWork, message: Inbound, argument: str) -> str:
        """``linked``, or why not: the wrong place, too many tries, no valid code."""
        account = account_of(message)
        if account is None:
            return "link_elsewhere"
        try:
            linked = await self._access.link(work, account, self._access.codes.sealed_digest(argument))
        except TooManyTries:
            return "link_wait"
        return "linked" if linked else "link_failed"

    def numbered(self, decided: Decided, inbound_id: int) -> Decided:
        """The decision with the numbers of the cases that it opens."""
        return self._cases.numbered(decided, inbound_id)

    async def store(self, work: UnitOfWork, message: Inbound, decided: Decided) -> None:
        """Stores the cases that a turn opens."""
        if any(isinstance(each, OpenCase) for each in decided.decisions):
            person = await self.person(work, message)
            await self._cases.opened(work, message, person, decided.decisions)


def account_of(message: Inbound) -> Account | None:
    """The account that a message came from; None where many read along (a group), or where there is none (web, terminal)."""
    if message.channel in ("web", "console") or message.desk:
        return None
    # A private chat has its person's own number; a group's is negative.
    name = message.conversation.partition("/")[0]
    if message.channel == "telegram" and not name.isdigit():
        return None
    return Account(message.channel, name)

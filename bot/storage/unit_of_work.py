"""One transaction over the conversations: rolled back unless committed."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from bot.ports import (
    Audit,
    Clock,
    Conversations,
    Desk,
    Handovers,
    Inbox,
    Leases,
    Outbox,
    Plans,
    Retention,
    Switch,
    Turns,
    UnitOfWork,
)
from bot.staff_ports import Asked, Cases, Drafts, Keys, People
from bot.storage.asked import SqlAsked
from bot.storage.audit import SqlAudit
from bot.storage.cases import SqlCases
from bot.storage.conversations import SqlConversations
from bot.storage.database import Database, Transaction
from bot.storage.desk import SqlDesk
from bot.storage.drafts import SqlDrafts
from bot.storage.handovers import SqlHandovers
from bot.storage.inbox import SqlInbox
from bot.storage.keys import SqlKeys
from bot.storage.leases import SqlLeases
from bot.storage.outbox import SqlOutbox
from bot.storage.people import SqlPeople
from bot.storage.plans import SqlPlans
from bot.storage.retention import SqlRetention
from bot.storage.switch import SqlSwitch
from bot.storage.turns import SqlTurns


class SqlUnitOfWork:
    """See the port ``UnitOfWork``. A database that is away raises TryLater."""

    inbox: Inbox
    conversations: Conversations
    turns: Turns
    outbox: Outbox
    audit: Audit
    leases: Leases
    switch: Switch
    retention: Retention
    handovers: Handovers
    desk: Desk
    people: People
    keys: Keys
    plans: Plans
    cases: Cases
    drafts: Drafts
    asked: Asked

    def __init__(self, database: Database, clock: Clock, *, reading: bool) -> None:
        self._database = database
        self._clock = clock
        self._reading = reading
        self._stack = AsyncExitStack()
        self._transaction: Transaction | None = None

    async def __aenter__(self) -> Self:
        begun = self._database.transaction(reading=self._reading)
        transaction: Transaction = await self._stack.enter_async_context(begun)
        self._transaction = transaction
        self.inbox = SqlInbox(transaction, self._clock)
        self.conversations = SqlConversations(transaction, self._clock)
        self.turns = SqlTurns(transaction)
        self.outbox = SqlOutbox(transaction, self._clock)
        self.audit = SqlAudit(transaction, self._clock)
        self.leases = SqlLeases(transaction, self._clock)
        self.switch = SqlSwitch(transaction)
        self.retention = SqlRetention(transaction)
        self.handovers = SqlHandovers(transaction)
        self.desk = SqlDesk(transaction, self._clock)
        self.people = SqlPeople(transaction)
        self.keys = SqlKeys(transaction)
        self.plans = SqlPlans(transaction)
        self.cases = SqlCases(transaction)
        self.drafts = SqlDrafts(transaction)
        self.asked = SqlAsked(transaction)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction = None
        await self._stack.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        """Makes everything done so far permanent."""
        assert self._transaction is not None, "commit inside the unit of work"
        await self._transaction.commit()


class SqlUnitsOfWork:
    """Begins units of work on one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def __call__(self, *, reading: bool = False) -> UnitOfWork:
        """``reading``: nothing will be written; does not wait for writers."""
        return SqlUnitOfWork(self._database, self._clock, reading=reading)

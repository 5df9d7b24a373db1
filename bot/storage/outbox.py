"""The outbox: messages to deliver, numbered in their conversation, leased one at a time in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Row, and_, bindparam, case, exists, insert, or_, select, update

from bot.domain.errors import NotFound
from bot.ports import FETCHED, Choice, Clock, Due, OutboxMessage
from bot.storage.conversations import SqlConversations
from bot.storage.database import Transaction
from bot.storage.statements import all_given, given, parameters
from bot.storage.tables import conversations, outbox

_O: Final = outbox.c
_NUMBER: Final = (
    update(conversations)
    .where(conversations.c.id == given(_O.conversation_id))
    .values(last_seq=conversations.c.last_seq + bindparam("p_count", type_=BigInteger()))
    .returning(conversations.c.last_seq, conversations.c.channel, conversations.c.parked)
)
_INSERT: Final = insert(outbox).returning(_O.id, sort_by_parameter_order=True)
_AFTER: Final = (
    select(outbox)
    .where(_O.conversation_id == given(_O.conversation_id), _O.seq > given(_O.seq))
    .order_by(_O.seq)
)


def _due() -> Any:
    """Free messages of a channel, none of them behind another one of its conversation that is not done."""
    now = bindparam("p_now", type_=_O.due_at.type)
    before = outbox.alias("before")
    being_repeated = and_(before.c.state == "unknown", before.c.leased_until > now)
    waits = exists().where(
        before.c.conversation_id == _O.conversation_id,
        before.c.seq < _O.seq,
        before.c.settled_at.is_(None),
        or_(before.c.state == "pending", being_repeated),
    )
    free = or_(_O.leased_until.is_(None), _O.leased_until <= now)
    return (
        select(_O.id, _O.conversation_id, conversations.c.external_id.label("to"), _O.due_at)
        .join(conversations, conversations.c.id == _O.conversation_id)
        .where(_O.channel == given(_O.channel), _O.state == "pending", _O.due_at <= now, free, ~waits)
        .order_by(_O.due_at, _O.id)
        .limit(bindparam("p_limit", type_=BigInteger()))
        .with_for_update(of=outbox, skip_locked=True)
    )


_DUE: Final = _due()
_TAKE: Final = (
    update(outbox)
    .where(_O.id.in_(bindparam("p_ids", expanding=True)))
    .values(
        leased_until=given(_O.leased_until),
        attempts=_O.attempts + 1,
        # Whoever held it before did not come back to say how the send ended: this is its one repetition.
        state=case((_O.leased_until.is_not(None), "unknown"), else_="pending"),
    )
    .returning(*outbox.columns)
)
_HOLD: Final = (
    update(outbox)
    .where(_O.id.in_(bindparam("p_ids", expanding=True)), _O.leased_until.is_not(None))
    .values(leased_until=given(_O.leased_until))
)
_NOTE: Final = update(outbox).where(_O.id == given(_O.id)).values(sent_as=given(_O.sent_as))
_DEFER: Final = (
    update(outbox)
    .where(
        _O.channel == given(_O.channel),
        _O.state == "pending",
        _O.due_at < given(_O.due_at),
        _O.conversation_id.in_(bindparam("p_ids", expanding=True)),
    )
    .values(due_at=given(_O.due_at))
)
_SENT: Final = (
    select(_O.settled_at, _O.sent_as, conversations.c.external_id)
    .join(conversations, conversations.c.id == _O.conversation_id)
    .where(
        _O.channel == given(_O.channel),
        _O.settled_at >= given(_O.settled_at),
        # The index is on this one: what waited longer than that does not count.
        _O.created_at >= given(_O.created_at),
    )
    .order_by(_O.settled_at)
)


class SqlOutbox:
    """See the port ``Outbox``."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock

    async def append(self, messages: Sequence[OutboxMessage]) -> Sequence[OutboxMessage]:
        """The messages as stored, with channel, number and id. Raises NotFound for a conversation that is gone."""
        stored: list[OutboxMessage] = []
        for conversation_id, group in groupby(messages, key=lambda message: message.conversation_id):
            stored.extend(await self._append(conversation_id, list(group)))
        return stored

    async def _append(self, conversation_id: str, messages: list[OutboxMessage]) -> list[OutboxMessage]:
        which = parameters(conversation_id=conversation_id, count=len(messages))
        if (row := (await self._transaction.execute(_NUMBER, which)).one_or_none()) is None:
            raise NotFound("this conversation is no longer there")
        first = row.last_seq - len(messages) + 1
        numbered = [
            replace(message, channel=message.channel or row.channel, seq=first + place)
            for place, message in enumerate(messages)
        ]
        now = self._clock.now()
        values = [
            {
                "conversation_id": item.conversation_id, "seq": item.seq, "channel": item.channel, "kind": item.kind,
                "payload": item.payload, "created_at": now, "due_at": now, **_first_state(item, row.parked, now),
            }
            for item in numbered
        ]  # fmt: skip
        numbers = (await self._transaction.execute(_INSERT, values)).scalars()
        return [replace(item, id=number) for item, number in zip(numbered, numbers, strict=True)]

    async def after(self, conversation_id: str, seq: int, limit: int = 200) -> Sequence[OutboxMessage]:
        """The messages of a conversation with numbers above ``seq``, in order, whatever their state."""
        which = parameters(conversation_id=conversation_id, seq=seq)
        return [_message(row) for row in await self._transaction.execute(_AFTER.limit(limit), which)]

    async def lease(
        self, channel: str, limit: int, until: datetime, now: datetime, choose: Choice | None = None
    ) -> Sequence[OutboxMessage]:
        """Due messages, kept from other deliverers until ``until``: of each conversation only the first that is not done."""
        found = await self._transaction.execute(_DUE, parameters(channel=channel, now=now, limit=limit))
        due = [Due(row.id, row.conversation_id, row.to, row.due_at) for row in found]
        people = {each.id: each.to for each in due}
        chosen = list(people) if choose is None else list(choose(due))
        if not chosen:
            return []
        taken = await self._transaction.execute(_TAKE, parameters(ids=chosen, leased_until=until))
        return [
            replace(_message(row), to=people[row.id], repeat=row.state == "unknown")
            for row in sorted(taken, key=lambda row: (row.due_at, row.id))
        ]

    async def note(self, message_id: int, sent_as: Sequence[str]) -> None:
        """Keeps what was sent for a message so far."""
        await self._transaction.execute(_NOTE, parameters(id=message_id, sent_as=list(sent_as)))

    async def defer(self, channel: str, place: str, until: datetime) -> None:
        """Nothing that goes to a place, or to a topic of it, is due before ``until``; what is leased goes on."""
        there = await SqlConversations(self._transaction, self._clock).at(channel, place)
        if there:
            await self._transaction.execute(
                _DEFER, parameters(channel=channel, due_at=until, ids=list(there))
            )

    async def sent_since(self, channel: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """When and to whom something was sent, once a part, oldest first."""
        which = parameters(channel=channel, settled_at=since, created_at=since - timedelta(hours=2))
        rows = await self._transaction.execute(_SENT, which)
        return [(row.settled_at, row.external_id) for row in rows for _ in row.sent_as or ()]

    async def hold(self, message_ids: Sequence[int], until: datetime) -> None:
        """Leases that have not ended yet end at ``until``; messages that are no longer leased are left alone."""
        await self._transaction.execute(_HOLD, parameters(ids=list(message_ids), leased_until=until))

    async def settle(
        self, message_id: int, state: str, due_at: datetime | None = None, sent_as: Sequence[str] = ()
    ) -> None:
        """Ends the lease: sent, refused, parked, pending again (then due at ``due_at``), or unknown.

        Unknown with ``due_at``: the lease ends then, unsettled, so that the message is repeated. Unknown without it is final.
        """
        values: dict[str, Any] = {"state": state, "leased_until": None}
        if state == "unknown" and due_at is not None:
            values = {"state": "pending", "leased_until": due_at}
        elif state == "pending":
            values["due_at"] = due_at or self._clock.now()
        else:
            values["settled_at"] = self._clock.now()
        if sent_as:
            values["sent_as"] = list(sent_as)
        statement = _settle(tuple(values))
        if (await self._transaction.execute(statement, parameters(id=message_id, **values))).rowcount != 1:
            raise NotFound(f"no message {message_id} in the outbox")

    async def park(self, conversation_id: str) -> None:
        """Sets aside what is not delivered, also what is being tried; nothing is leased there until ``unpark``."""
        of_it = update(conversations).where(conversations.c.id == conversation_id)
        await self._transaction.execute(of_it.values(parked=True))
        waiting = update(outbox).where(_O.conversation_id == conversation_id, _O.settled_at.is_(None))
        parked = {"state": "parked", "leased_until": None, "settled_at": self._clock.now()}
        await self._transaction.execute(waiting.where(_O.state == "pending").values(**parked))

    async def unpark(self, conversation_id: str, since: datetime) -> None:
        """What was set aside is due now, in order; what was said before ``since`` is refused."""
        of_it = update(conversations).where(conversations.c.id == conversation_id)
        await self._transaction.execute(of_it.values(parked=False))
        parked = update(outbox).where(_O.conversation_id == conversation_id, _O.state == "parked")
        await self._transaction.execute(parked.where(_O.created_at < since).values(state="refused"))
        due = {"state": "pending", "settled_at": None, "due_at": self._clock.now()}
        await self._transaction.execute(parked.values(**due))


@cache
def _settle(names: tuple[str, ...]) -> Any:
    """The statement that sets these columns of a message, prepared once."""
    return update(outbox).where(_O.id == given(_O.id)).values(**all_given(outbox, *names))


def _first_state(message: OutboxMessage, parked: bool, now: datetime) -> dict[str, Any]:
    # An echo is there for those who look at the conversation: the person knows what they said.
    if message.channel in FETCHED or message.kind == "echo":
        return {"state": "sent", "settled_at": now}
    if parked:
        return {"state": "parked", "settled_at": now}
    return {"state": "pending", "settled_at": None}


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        row.conversation_id, row.kind, row.payload, row.seq, row.id, row.channel, row.attempts,
        sent_as=tuple(row.sent_as or ()),
    )  # fmt: skip

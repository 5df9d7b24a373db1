"""The storage in memory: the same behaviour as the databases (the contract suite runs on all three), nothing kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from bot.domain.conversation import Conversation
from bot.domain.errors import Conflict, NotFound
from bot.domain.messages import Inbound
from bot.domain.plan import Plan
from bot.domain.privacy import kept_private
from bot.ports import (
    FETCHED,
    Accepted,
    Audit,
    AuditEntry,
    Choice,
    Clock,
    Conversations,
    Desk,
    Due,
    Handovers,
    Inbox,
    Leases,
    Old,
    Outbox,
    OutboxMessage,
    Plans,
    Retention,
    Switch,
    SwitchState,
    TurnRecord,
    TurnResult,
    Turns,
    UnitOfWork,
)
from bot.staff_ports import Asked, Cases, Drafts, Keys, People
from tests.fakes.cases import CaseStore, FakeAsked, FakeCases, FakeDrafts
from tests.fakes.desk import DeskState, FakeDesk, FakeHandovers
from tests.fakes.staff import FakeKeys, FakePeople, StaffState


@dataclass(slots=True)
class _Row:
    message: OutboxMessage
    created_at: datetime
    due_at: datetime
    state: str = "pending"
    leased_until: datetime | None = None
    settled_at: datetime | None = None


@dataclass(slots=True)
class _Lease:
    holder: str
    until: datetime
    done_at: datetime | None = None


@dataclass(slots=True)
class _State:
    people: dict[tuple[str, str], str] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    inbound: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    messages: dict[tuple[str, str], Inbound] = field(default_factory=dict)
    received: dict[tuple[str, str], datetime] = field(default_factory=dict)
    turns: list[TurnRecord] = field(default_factory=list)
    outbox: list[_Row] = field(default_factory=list)
    last_seq: dict[str, int] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    audit: list[AuditEntry] = field(default_factory=list)
    leases: dict[str, _Lease] = field(default_factory=dict)
    switch: SwitchState = SwitchState()
    desk: DeskState = field(default_factory=DeskState)
    staff: StaffState = field(default_factory=StaffState)
    plans: dict[str, tuple[datetime, Plan]] = field(default_factory=dict)
    cases: CaseStore = field(default_factory=CaseStore)
    made: int = 0

    def number(self) -> int:
        """A number never given before."""
        self.made += 1
        return self.made


class FakeConversations:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def id_of(self, channel: str, external_id: str) -> str:
        known = self._state.people
        if (channel, external_id) not in known:
            identifier = f"conversation-{self._state.number()}"
            known[channel, external_id] = identifier
            self._state.conversations[identifier] = Conversation(identifier, channel)
        return known[channel, external_id]

    async def find(self, channel: str, external_id: str) -> str | None:
        return self._state.people.get((channel, external_id))

    async def at(self, channel: str, place: str) -> Sequence[str]:
        return [
            found
            for (where, external_id), found in self._state.people.items()
            if where == channel and (external_id == place or external_id.startswith(f"{place}/"))
        ]

    async def move(self, conversation_id: str, before: str, after: str) -> bool:
        for (channel, external_id), found in self._state.people.items():
            if found == conversation_id:
                moved = (channel, after + external_id.removeprefix(before))
                if moved in self._state.people:
                    return False
                del self._state.people[channel, external_id]
                self._state.people[moved] = conversation_id
                return True
        return False

    async def lock(self, conversation_id: str) -> Conversation:
        if conversation_id not in self._state.conversations:
            raise NotFound("this conversation is no longer there")
        undecided = [
            row.inbound_id
            for row in self._state.inbound.values()
            if row.conversation_id == conversation_id and row.result is None
        ]
        return replace(
            self._state.conversations[conversation_id],
            parked=conversation_id in self._state.parked,
            undecided=min(undecided, default=None),
        )

    async def save(self, conversation: Conversation) -> None:
        stored = self._state.conversations.get(conversation.id)
        if stored is None or stored.version != conversation.version:
            raise Conflict("the conversation was changed by somebody else: read it again")
        self._state.conversations[conversation.id] = replace(conversation, version=conversation.version + 1)

    async def forget(self, conversation_id: str) -> None:
        state = self._state
        state.conversations.pop(conversation_id, None)
        state.people = {who: found for who, found in state.people.items() if found != conversation_id}
        state.inbound = {
            who: row for who, row in state.inbound.items() if row.conversation_id != conversation_id
        }
        state.messages = {who: message for who, message in state.messages.items() if who in state.inbound}
        state.turns = [turn for turn in state.turns if turn.conversation_id != conversation_id]
        state.outbox = [row for row in state.outbox if row.message.conversation_id != conversation_id]
        state.desk.forget(conversation_id)


class FakeInbox:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def accept(self, message: Inbound, at: datetime) -> Accepted:
        conversation = await FakeConversations(self._state).id_of(message.channel, message.conversation)
        place = (message.channel, message.external_id)
        if place not in self._state.inbound:
            self._state.inbound[place] = Accepted(self._state.number(), conversation)
            self._state.messages[place] = kept_private(message)
            self._state.received[place] = at
        return self._state.inbound[place]

    async def decided(self, inbound_id: int, result: TurnResult) -> None:
        for place, accepted in self._state.inbound.items():
            if accepted.inbound_id == inbound_id and accepted.result is None:
                self._state.inbound[place] = replace(accepted, result=replace(result, traces=()))
                return
        raise Conflict("this message was decided before: answer with the stored result")

    async def undecided(self, channel: str, limit: int) -> Sequence[Inbound]:
        waiting = [place for place, row in self._state.inbound.items() if row.result is None]
        return [self._state.messages[place] for place in waiting if place[0] == channel][:limit]

    async def left(self, since: datetime, limit: int) -> Sequence[Inbound]:
        waiting = [place for place, row in self._state.inbound.items() if row.result is None]
        return [self._state.messages[place] for place in waiting if self._state.received[place] <= since][
            :limit
        ]

    async def read(self, inbound_id: int) -> Inbound | None:
        for place, row in self._state.inbound.items():
            if row.inbound_id == inbound_id and row.result is None:
                return self._state.messages[place]
        return None

    async def find(self, channel: str, conversation: str, beginning: str, ending: str) -> str | None:
        found = [
            message.external_id
            for message in self._state.messages.values()
            if (message.channel, message.conversation) == (channel, conversation)
            and message.external_id.startswith(beginning)
            and message.external_id.endswith(ending)
        ]
        return found[-1] if found else None


class FakeTurns:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def add(self, turn: TurnRecord) -> None:
        self._state.turns.append(turn)

    async def recent(self, conversation_id: str, limit: int) -> Sequence[TurnRecord]:
        return [turn for turn in self._state.turns if turn.conversation_id == conversation_id][-limit:]


class FakeOutbox:
    def __init__(self, state: _State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    async def append(self, messages: Sequence[OutboxMessage]) -> Sequence[OutboxMessage]:
        return [self._append(message) for message in messages]

    def _append(self, message: OutboxMessage) -> OutboxMessage:
        conversation = self._state.conversations.get(message.conversation_id)
        if conversation is None:
            raise NotFound("this conversation is no longer there")
        seq = self._state.last_seq.get(conversation.id, 0) + 1
        self._state.last_seq[conversation.id] = seq
        self._state.desk.last_seq[conversation.id] = seq
        stored = replace(
            message, seq=seq, id=self._state.number(), channel=message.channel or conversation.channel
        )
        row = _Row(stored, self._clock.now(), self._clock.now())
        if stored.channel in FETCHED or stored.kind == "echo":
            row.state = "sent"
        elif conversation.id in self._state.parked:
            row.state = "parked"
        self._state.outbox.append(row)
        return stored

    async def after(self, conversation_id: str, seq: int, limit: int = 200) -> Sequence[OutboxMessage]:
        messages = [row.message for row in self._state.outbox]
        return [item for item in messages if item.conversation_id == conversation_id and item.seq > seq][
            :limit
        ]

    async def lease(
        self, channel: str, limit: int, until: datetime, now: datetime, choose: Choice | None = None
    ) -> Sequence[OutboxMessage]:
        leased: list[_Row] = []
        waiting: set[str] = set()
        for row in self._state.outbox:
            conversation = row.message.conversation_id
            free = row.leased_until is None or row.leased_until <= now
            if row.message.channel != channel or row.state not in ("pending", "unknown"):
                continue
            if row.state == "unknown" and free:
                continue  # repeated once: done, whatever became of it
            if conversation not in waiting and row.state == "pending" and free and row.due_at <= now:
                leased.append(row)
            waiting.add(conversation)
        heads = sorted(leased, key=lambda row: (row.due_at, row.message.id))[:limit]
        if choose is not None:
            ids = choose([self._due(row) for row in heads])
            heads = [row for row in heads if row.message.id in ids]
        return [self._take(row, until) for row in heads]

    def _due(self, row: _Row) -> Due:
        message = row.message
        return Due(message.id, message.conversation_id, self._people[message.conversation_id], row.due_at)

    @property
    def _people(self) -> dict[str, str]:
        return {identifier: who for (_, who), identifier in self._state.people.items()}

    async def note(self, message_id: int, sent_as: Sequence[str]) -> None:
        for row in self._state.outbox:
            if row.message.id == message_id:
                row.message = replace(row.message, sent_as=tuple(sent_as))

    async def defer(self, channel: str, place: str, until: datetime) -> None:
        for row in self._state.outbox:
            to = self._people[row.message.conversation_id]
            if row.message.channel == channel and (to == place or to.startswith(f"{place}/")):
                row.due_at = max(row.due_at, until)

    async def sent_since(self, channel: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        return sorted(
            (row.settled_at, self._people[row.message.conversation_id])
            for row in self._state.outbox
            if row.message.channel == channel and row.settled_at is not None and row.settled_at >= since
            for _ in row.message.sent_as
        )

    def _take(self, row: _Row, until: datetime) -> OutboxMessage:
        row.state = "pending" if row.leased_until is None else "unknown"
        row.leased_until = until
        row.message = replace(row.message, attempts=row.message.attempts + 1)
        to = self._people[row.message.conversation_id]
        return replace(row.message, to=to, repeat=row.state == "unknown")

    async def hold(self, message_ids: Sequence[int], until: datetime) -> None:
        for row in self._state.outbox:
            if row.message.id in message_ids and row.leased_until is not None:
                row.leased_until = until

    async def settle(
        self, message_id: int, state: str, due_at: datetime | None = None, sent_as: Sequence[str] = ()
    ) -> None:
        for row in self._state.outbox:
            if row.message.id == message_id:
                row.message = replace(row.message, sent_as=tuple(sent_as) or row.message.sent_as)
                row.settled_at = None if state == "pending" or due_at else self._clock.now()
                again = state == "unknown" and due_at is not None
                row.state, row.leased_until = ("pending", due_at) if again else (state, None)
                row.due_at = (due_at or self._clock.now()) if state == "pending" else row.due_at
                return
        raise NotFound(f"no message {message_id} in the outbox")

    async def park(self, conversation_id: str) -> None:
        self._state.parked.add(conversation_id)
        for row in self._of(conversation_id, "pending"):
            row.state, row.leased_until = "parked", None

    async def unpark(self, conversation_id: str, since: datetime) -> None:
        self._state.parked.discard(conversation_id)
        for row in self._of(conversation_id, "parked"):
            row.state = "refused" if row.created_at < since else "pending"
            row.due_at = self._clock.now()

    def _of(self, conversation_id: str, state: str) -> list[_Row]:
        return [
            row
            for row in self._state.outbox
            if row.message.conversation_id == conversation_id and row.state == state
        ]


class FakeAudit:
    def __init__(self, state: _State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    async def add(self, entry: AuditEntry) -> None:
        self._state.audit.append(replace(entry, at=entry.at or self._clock.now(), id=self._state.number()))

    async def recent(self, limit: int, action: str = "") -> Sequence[AuditEntry]:
        return [entry for entry in reversed(self._state.audit) if entry.action.startswith(action)][:limit]


class FakeLeases:
    def __init__(self, state: _State, clock: Clock) -> None:
        self._leases = state.leases
        self._clock = clock

    async def take(self, name: str, holder: str, until: datetime, idle_since: datetime | None = None) -> bool:
        lease = self._leases.get(name)
        if lease is not None and lease.until > self._clock.now():
            return False
        done_at = lease.done_at if lease else None
        if idle_since is not None and done_at is not None and done_at > idle_since:
            return False
        self._leases[name] = _Lease(holder, until, done_at)
        return True

    async def keep(self, name: str, holder: str, until: datetime) -> bool:
        lease = self._leases.get(name)
        if lease is None or lease.holder != holder or lease.until <= self._clock.now():
            return False
        lease.until = until
        return True

    async def done(self, name: str, holder: str) -> None:
        if (lease := self._leases.get(name)) and lease.holder == holder:
            lease.until = lease.done_at = self._clock.now()

    async def release(self, name: str, holder: str) -> None:
        if (lease := self._leases.get(name)) and lease.holder == holder:
            lease.until = self._clock.now()


class FakePlans:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def add(self, plan: Plan, at: datetime) -> None:
        self._state.plans.setdefault(plan.id, (at, plan))

    async def read(self, plan_id: str) -> Plan | None:
        found = self._state.plans.get(plan_id)
        return found[1] if found else None


class FakeRetention:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def remove(self, kind: Old, before: datetime, limit: int) -> int:
        state = self._state
        match kind:
            case "inbox":
                old = [
                    place
                    for place, row in state.inbound.items()
                    if row.result is not None and state.received[place] < before
                ][:limit]
                for place in old:
                    del state.inbound[place], state.messages[place], state.received[place]
                return len(old)
            case "outbox":
                done = [row for row in state.outbox if row.created_at < before and row.state != "pending"]
                state.outbox = [row for row in state.outbox if row not in done[:limit]]
                return len(done[:limit]) + state.desk.remove(before, limit)
            case "turns":
                past = [turn for turn in state.turns if turn.at < before][:limit]
                state.turns = [turn for turn in state.turns if turn not in past]
                return len(past)
            case "transcripts":
                return self._empty(before, limit)
            case "conversations":
                return await self._conversations(before, limit)
            case "plans":
                gone = [name for name, (at, _) in state.plans.items() if at < before][:limit]
                for name in gone:
                    del state.plans[name]
                return len(gone)

    def _empty(self, before: datetime, limit: int) -> int:
        worded = [turn for turn in self._state.turns if turn.at < before and turn.text][:limit]
        for turn in worded:
            result = replace(turn.result, replies=(), traces=())
            self._state.turns[self._state.turns.index(turn)] = replace(turn, text="", result=result)
        return len(worded)

    async def _conversations(self, before: datetime, limit: int) -> int:
        state = self._state
        used = {row.conversation_id for row in state.inbound.values()}
        used |= {turn.conversation_id for turn in state.turns}
        used |= {row.message.conversation_id for row in state.outbox}
        unused = [
            found.id
            for found in state.conversations.values()
            if found.id not in used and (found.context.touched is None or found.context.touched < before)
        ][:limit]
        for identifier in unused:
            await FakeConversations(state).forget(identifier)
        return len(unused)


class FakeSwitch:
    def __init__(self, state: _State) -> None:
        self._state = state

    async def read(self) -> SwitchState:
        return self._state.switch

    async def turn(self, state: SwitchState) -> None:
        self._state.switch = state


class FakeUnitOfWork:
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

    def __init__(self, units: FakeUnitsOfWork, *, reading: bool) -> None:
        self._units = units
        self._reading = reading
        self._state = _State()

    async def __aenter__(self) -> Self:
        if not self._reading:
            await self._units.begin()
        self._state = deepcopy(self._units.state)
        self.inbox = FakeInbox(self._state)
        self.conversations = FakeConversations(self._state)
        self.turns = FakeTurns(self._state)
        self.outbox = FakeOutbox(self._state, self._units.clock)
        self.audit = FakeAudit(self._state, self._units.clock)
        self.leases = FakeLeases(self._state, self._units.clock)
        self.switch = FakeSwitch(self._state)
        self.retention = FakeRetention(self._state)
        self.handovers = FakeHandovers(self._state.desk)
        self.desk = FakeDesk(self._state.desk, self._units.clock)
        self.people = FakePeople(self._state.staff)
        self.keys = FakeKeys(self._state.staff)
        self.plans = FakePlans(self._state)
        self.cases = FakeCases(self._state.cases)
        self.drafts = FakeDrafts(self._state.cases)
        self.asked = FakeAsked(self._state.turns)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._reading:
            self._units.end()

    async def commit(self) -> None:
        self._units.state = deepcopy(self._state)


class FakeUnitsOfWork:
    """Units of work over one state in memory."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.state = _State()
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None

    async def begin(self) -> None:
        """One writer at a time, and no unit of work inside another one."""
        if self._holder is asyncio.current_task():
            raise RuntimeError("a unit of work was begun inside another one: end the first before")
        await self._lock.acquire()
        self._holder = asyncio.current_task()

    def end(self) -> None:
        """The next writer may begin."""
        self._holder = None
        self._lock.release()

    def __call__(self, *, reading: bool = False) -> UnitOfWork:
        return FakeUnitOfWork(self, reading=reading)

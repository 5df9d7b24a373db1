"""Cases and what the desks keep, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.domain.errors import Conflict, NotFound
from bot.domain.handover import OPEN, Case
from bot.ports import Clock, DeskEntry, Present, Topic

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class DeskState:
    """All of it."""

    cases: dict[int, Case] = field(default_factory=dict)
    entries: list[DeskEntry] = field(default_factory=list)
    topics: dict[tuple[str, int], Topic] = field(default_factory=dict)
    posts: dict[tuple[str, int, int], int] = field(default_factory=dict)
    last_seq: dict[str, int] = field(default_factory=dict)  # the conversations' own, shared with them
    present: dict[str, Present] = field(default_factory=dict)
    cases_made: int = 0
    entries_made: int = 0

    def forget(self, conversation_id: str) -> None:
        """Removes what belongs to a conversation; its topics stay, for they must still be deleted elsewhere."""
        self.cases = {n: case for n, case in self.cases.items() if case.conversation_id != conversation_id}
        self.last_seq.pop(conversation_id, None)
        self.posts = {where: n for where, n in self.posts.items() if where[0] != conversation_id}
        self.entries = [entry for entry in self.entries if entry.conversation_id != conversation_id]

    def remove(self, before: datetime, limit: int) -> int:
        """Removes old entries; and cases that are over and have none left."""
        old = [entry for entry in self.entries if entry.at is not None and entry.at < before][:limit]
        self.entries = [entry for entry in self.entries if entry not in old]
        left = {entry.conversation_id for entry in self.entries}
        over = [c.id for c in self.cases.values() if c.state not in OPEN and c.conversation_id not in left]
        for case_id in over[:limit]:
            del self.cases[case_id]
        return len(old) + len(over[:limit])


class FakeHandovers:
    def __init__(self, state: DeskState) -> None:
        self._state = state

    async def open(self, case: Case) -> Case:
        self._state.cases_made += 1
        stored = replace(case, id=self._state.cases_made, version=0)
        self._state.cases[stored.id] = stored
        return stored

    async def get(self, case_id: int) -> Case:
        if case_id not in self._state.cases:
            raise NotFound(f"no case {case_id}")
        return self._state.cases[case_id]

    async def current(self, conversation_id: str) -> Case | None:
        of_it = [case for case in self._state.cases.values() if case.conversation_id == conversation_id]
        return max(of_it, key=lambda case: case.id, default=None)

    async def save(self, case: Case) -> Case:
        stored = self._state.cases.get(case.id)
        if stored is None or stored.version != case.version:
            raise Conflict("somebody else was first: read the case again")
        self._state.cases[case.id] = replace(case, version=case.version + 1)
        return self._state.cases[case.id]

    async def queue(self, offices: Sequence[str] | None, limit: int) -> Sequence[Case]:
        found = [
            case
            for case in self._state.cases.values()
            if case.state in OPEN and (offices is None or case.office in offices)
        ]
        return sorted(found, key=lambda case: (case.waiting_since or _NEVER, case.id))[:limit]

    async def recent(self, limit: int) -> Sequence[Case]:
        over = [case for case in self._state.cases.values() if case.state not in OPEN]
        return sorted(over, key=lambda case: -case.id)[:limit]

    async def due(self, now: datetime, limit: int) -> Sequence[Case]:
        found = [
            case for case in self._state.cases.values() if case.due_at is not None and case.due_at <= now
        ]
        return sorted(found, key=lambda case: (case.due_at or _NEVER, case.id))[:limit]


class FakeDesk:
    def __init__(self, state: DeskState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    async def add(self, entry: DeskEntry) -> DeskEntry:
        self._state.entries_made += 1
        stored = replace(entry, id=self._state.entries_made, at=entry.at or self._clock.now())
        self._state.entries.append(stored)
        return stored

    async def entries(self, conversation_id: str, after: int, limit: int = 500) -> Sequence[DeskEntry]:
        found = [e for e in self._state.entries if e.conversation_id == conversation_id and e.id > after]
        return found[:limit]

    async def put_topic(self, topic: Topic) -> None:
        for where, other in self._state.topics.items():
            if topic.thread is not None and (other.chat, other.thread) == (topic.chat, topic.thread):
                self._state.topics[where] = replace(other, thread=None, last_seq=0, last_entry=0)
        self._state.topics[topic.conversation_id, topic.chat] = topic

    async def topic(self, conversation_id: str, chat: int) -> Topic | None:
        return self._state.topics.get((conversation_id, chat))

    async def topics_of(self, conversation_id: str) -> Sequence[Topic]:
        return [topic for topic in self._state.topics.values() if topic.conversation_id == conversation_id]

    async def topic_at(self, chat: int, thread: int) -> Topic | None:
        found = (t for t in self._state.topics.values() if (t.chat, t.thread) == (chat, thread))
        return next(found, None)

    async def unfilled_topics(self, limit: int) -> Sequence[Topic]:
        newest = {entry.conversation_id: entry.id for entry in self._state.entries}
        return [
            topic
            for topic in self._state.topics.values()
            if topic.unwanted
            or topic.last_seq < self._state.last_seq.get(topic.conversation_id, 0)
            or topic.last_entry < newest.get(topic.conversation_id, 0)
        ][:limit]

    async def drop_topic(self, topic: Topic) -> None:
        self._state.topics.pop((topic.conversation_id, topic.chat), None)

    async def last_seq(self, conversation_id: str) -> int:
        return self._state.last_seq.get(conversation_id, 0)

    async def put_post(self, topic: Topic, seq: int, message: int) -> None:
        self._state.posts[topic.conversation_id, topic.chat, seq] = message

    async def post(self, topic: Topic, seq: int) -> int | None:
        return self._state.posts.get((topic.conversation_id, topic.chat, seq))

    async def see(self, present: Present) -> None:
        self._state.present[present.operator] = present

    async def present(self, since: datetime) -> Sequence[Present]:
        seen = [each for each in self._state.present.values() if each.seen_at >= since]
        return sorted(seen, key=lambda each: each.operator)

"""Delivers what the outbox holds for one channel: leased, sent outside any transaction, settled by how the send ended.

In order within a conversation, many conversations at once, never faster than the channel allows. Whatever ends this
process, the outbox knows what is still to be sent; a send of unknown end is repeated once and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Generic

from bot.domain.errors import TryLater
from bot.ports import (
    Clock,
    Due,
    OutboxMessage,
    Part,
    Probe,
    Sender,
    UnitOfWork,
    UnitsOfWork,
    no_probe,
)
from bot.service.fairness import Fairness
from bot.service.pace import Pace
from bot.service.replacing import replaced
from bot.service.sending import Sending

log = logging.getLogger(__name__)

LEASE: Final = timedelta(
    seconds=10
)  # after a crash, what was being sent waits that long; longer sends are held
HOLD_AFTER: Final = timedelta(seconds=3)
AT_ONCE: Final = 30  # conversations that are being sent to
LOOK_AGAIN: Final = 1.0  # seconds: what other replicas and processes wrote is found by looking
_SOONEST: Final = 0.02  # seconds between two looks that only wait for a limit
_WINDOW: Final = 500  # conversations with something to send among which the next are chosen
_NEAR: Final = 400  # messages before and after one that replaces others: they are looked for there
_RECALL: Final = timedelta(minutes=2)  # sends of another process that still count against the limits
_FINISH: Final = 10.0  # seconds that sends under way are given when the process ends
_UNKEPT_TRIES: Final = 4

Backoff = Callable[[int], float]  # how many tries failed → seconds to wait, with jitter


class Deliverer(Generic[Part]):
    """The deliverer of one channel. Replicas never send the same message; a channel's limits hold for each of them alone, so one
    of them at a time should run (``lead.py``)."""

    def __init__(
        self,
        sender: Sender[Part],
        units: UnitsOfWork,
        clock: Clock,
        backoff: Backoff,
        probe: Probe = no_probe,
    ) -> None:
        self._sender = sender
        self._units = units
        self._clock = clock
        self._backoff = backoff
        self._probe = probe
        self.counts: Counter[str] = Counter()  # how sends ended, by state
        self._begin_anew()
        self._news = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._places: dict[int, str] = {}
        self._held: dict[int, datetime] = {}  # what is being sent, and when its lease was last made longer
        self._next: float | None = None  # seconds until a limit lets the next one go

    def _begin_anew(self) -> None:
        sender = self._sender
        self._pace = Pace(sender.overall)
        self._fairness = Fairness(self._pace, sender.limits, sender.rank)
        self._sending = Sending(
            sender, self._units, self._clock, self._backoff, self._pace, self.counts, self._probe
        )

    def wake(self) -> None:
        """There is something new to deliver. A hint: without it, it is found within a second."""
        self._news.set()

    async def run(self) -> None:
        """Delivers until cancelled; sends under way are finished then. No error ends it."""
        failures = 0
        self._begin_anew()
        recalled = False
        try:
            while True:
                self._news.clear()
                recalled = recalled or await self._try(self._recall)
                done = recalled and await self._try(self.deliver_due)
                failures = 0 if done else failures + 1
                await self._news_or(self._backoff(failures) if failures else self._pause())
        finally:
            await self._finish()

    async def _try(self, work: Callable[[], Any]) -> bool:
        try:
            await work()
        except TryLater as error:
            log.warning("%s: nothing can be delivered now: %s", self._sender.channel, error)
        except Exception:
            log.exception("%s: looking for messages to deliver failed", self._sender.channel)
        else:
            return True
        return False

    async def _recall(self) -> None:
        """What was sent of late, by whoever delivered before, counts against the limits."""
        async with self._units(reading=True) as work:
            sent = await work.outbox.sent_since(self._sender.channel, self._clock.now() - _RECALL)
        for at, to in sent:
            self._pace.count(*self._sender.limits(to), at)

    async def deliver_due(self) -> int:
        """Begins to send what is due, as much as there is room for. Returns how many messages."""
        leased = await self._lease(AT_ONCE - len(self._under_way))
        if leased:
            self._probe("leased")
        for message, parts in leased:
            self._held[message.id] = self._clock.now()
            self._places[message.id] = self._sender.limits(message.to)[0]
            task = asyncio.create_task(self._sending.deliver(message, parts))
            self._under_way[message.id] = task
            task.add_done_callback(partial(self._ended, message.id))
        return len(leased)

    async def idle(self) -> None:
        """Returns when no send is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def send_unkept(self, to: str, payload: dict[str, Any]) -> None:
        """Sends a reply that nothing may remain of, after a few tries at the most: the person asked to be forgotten."""
        message = OutboxMessage("", "reply", payload, channel=self._sender.channel, to=to)
        parts = self._render(message) or ()
        sent: list[str] = []
        for tries in range(1, _UNKEPT_TRIES + 1):
            ended = await self._sending.send(to, parts, sent)
            self.counts[ended.state] += 1
            if ended.state not in ("later", "flooded"):
                return
            await self._clock.sleep(ended.wait or self._backoff(tries))

    # -- what is sent next ------------------------------------------------------------------------------------

    async def _lease(self, room: int) -> list[tuple[OutboxMessage, Sequence[Part]]]:
        """Leases what is to be sent, with its parts; what this channel does not show is settled on the way."""
        chosen: list[tuple[OutboxMessage, Sequence[Part]]] = []
        async with self._units() as work:
            now = self._clock.now()
            await self._hold(work, now)
            passed = True
            while passed and len(chosen) < room:
                choose = partial(self._choose, room - len(chosen), [each.to for each, _ in chosen])
                leased = await work.outbox.lease(self._sender.channel, _WINDOW, now + LEASE, now, choose)
                passed = False
                for message in leased:
                    whole = await self._with_replaced(work, message)
                    if parts := self._render(whole):
                        chosen.append((message, parts))
                        continue
                    await work.outbox.settle(message.id, "refused" if parts is None else "sent")
                    passed = True  # what follows it in its conversation may be due as well
            await work.commit()
        return [(message, parts) for message, parts in chosen if message.id not in self._under_way]

    def _choose(self, room: int, begun: Sequence[str], due: Sequence[Due]) -> Sequence[int]:
        places = frozenset((*self._places.values(), *(self._sender.limits(to)[0] for to in begun)))
        chosen, self._next = self._fairness.choose(due, room, self._clock.now(), places)
        return chosen

    async def _with_replaced(self, work: UnitOfWork, message: OutboxMessage) -> OutboxMessage:
        """A message that replaces an earlier one, with what was sent for that."""
        if not message.payload.get("edits"):
            return message
        near = await work.outbox.after(message.conversation_id, message.seq - _NEAR, 2 * _NEAR)
        return replace(message, replaces=replaced(message, near))

    async def _hold(self, work: UnitOfWork, now: datetime) -> None:
        """Keeps the leases of sends that take long."""
        if long := [number for number, since in self._held.items() if now - since >= HOLD_AFTER]:
            await work.outbox.hold(long, now + LEASE)
            self._held.update(dict.fromkeys(long, now))

    def _render(self, message: OutboxMessage) -> Sequence[Part] | None:
        """The parts; none for what the channel does not show, None for what it cannot."""
        try:
            return self._sender.parts(message)
        except Exception:  # one message that cannot be shown must not hold up the others for ever
            log.exception("%s: message %d cannot be shown", self._sender.channel, message.id)
            self.counts["unfit"] += 1
            return None

    # -- waiting and ending -----------------------------------------------------------------------------------

    def _ended(self, number: int, task: asyncio.Task[None]) -> None:
        del self._under_way[number], self._held[number], self._places[number]
        if not task.cancelled() and (error := task.exception()):
            log.error("%s: delivering message %d failed", self._sender.channel, number, exc_info=error)
        self._news.set()  # the next one in that conversation may be due

    def _pause(self) -> float:
        return LOOK_AGAIN if self._next is None else min(LOOK_AGAIN, max(_SOONEST, self._next))

    async def _news_or(self, seconds: float) -> None:
        waits = [asyncio.create_task(self._news.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _finish(self) -> None:
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way.values(), timeout=_FINISH)
        for task in late:
            task.cancel()

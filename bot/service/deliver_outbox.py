"""Delivers what the outbox holds for one channel: leased, sent outside any transaction, settled by how the send ended.

In order within a conversation, many conversations at once, never faster than the channel allows. Whatever ends this
process, the outbox knows what is still to be sent; a send of unknown end is repeated once and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Generic

from bot.domain.errors import NotFound, TryLater
from bot.ports import (
    Clock,
    OutboxMessage,
    Part,
    Probe,
    Sender,
    Sent,
    UnitOfWork,
    UnitsOfWork,
    no_probe,
)
from bot.service.pace import Pace

log = logging.getLogger(__name__)

LEASE: Final = timedelta(
    seconds=10
)  # after a crash, what was being sent waits that long; longer sends are held
HOLD_AFTER: Final = timedelta(seconds=3)
AT_ONCE: Final = 30  # conversations that are being sent to
LOOK_AGAIN: Final = 1.0  # seconds: what other replicas and processes wrote is found by looking
PATIENCE: Final = 5.0  # seconds that a leased message may wait for its turn; for longer it is given back
_FINISH: Final = 10.0  # seconds that sends under way are given when the process ends
_UNKEPT_TRIES: Final = 4

Backoff = Callable[[int], float]  # how many tries failed → seconds to wait, with jitter


class Deliverer(Generic[Part]):
    """The deliverer of one channel. Any number of replicas may deliver the same channel."""

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
        self._pace = Pace(sender.overall)
        self._news = asyncio.Event()
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._held: dict[int, datetime] = {}  # what is being sent, and when its lease was last made longer
        self._done_parts: dict[int, int] = {}  # of messages put off halfway: what went out need not go again
        self.counts: Counter[str] = Counter()  # how sends ended, by state

    def wake(self) -> None:
        """There is something new to deliver. A hint: without it, it is found within a second."""
        self._news.set()

    async def run(self) -> None:
        """Delivers until cancelled; sends under way are finished then. No error ends it."""
        failures = 0
        try:
            while True:
                self._news.clear()
                failures = 0 if await self._try_round() else failures + 1
                await self._news_or(self._backoff(failures) if failures else LOOK_AGAIN)
        finally:
            await self._finish()

    async def _try_round(self) -> bool:
        try:
            await self.deliver_due()
        except TryLater as error:
            log.warning("%s: nothing can be delivered now: %s", self._sender.channel, error)
        except Exception:
            log.exception("%s: looking for messages to deliver failed", self._sender.channel)
        else:
            return True
        return False

    async def deliver_due(self) -> int:
        """Begins to send what is due, as much as there is room for. Returns how many messages."""
        leased = await self._lease(AT_ONCE - len(self._sending))
        for message, parts in leased:
            self._held[message.id] = self._clock.now()
            task = asyncio.create_task(self._deliver(message, parts))
            self._sending[message.id] = task
            task.add_done_callback(partial(self._ended, message.id))
        return len(leased)

    async def idle(self) -> None:
        """Returns when no send is under way."""
        while self._sending:
            await asyncio.wait(self._sending.values())

    async def send_unkept(self, to: str, payload: dict[str, Any]) -> None:
        """Sends a reply that nothing may remain of, after a few tries at the most: the person asked to be forgotten."""
        message = OutboxMessage("", "reply", payload, channel=self._sender.channel, to=to)
        parts = self._render(message) or ()
        done = 0
        for tries in range(1, _UNKEPT_TRIES + 1):
            ended, sent = await self._send(to, parts[done:])
            done += sent
            self.counts[ended.state] += 1
            if ended.state != "later":
                return
            await self._clock.sleep(ended.wait or self._backoff(tries))

    # -- one message ------------------------------------------------------------------------------------------

    async def _lease(self, room: int) -> list[tuple[OutboxMessage, Sequence[Part]]]:
        """Leases what is to be sent, with its parts; what this channel does not show is settled on the way."""
        chosen: list[tuple[OutboxMessage, Sequence[Part]]] = []
        async with self._units() as work:
            now = self._clock.now()
            await self._hold(work, now)
            passed = True
            while passed and len(chosen) < room:
                leased = await work.outbox.lease(self._sender.channel, room - len(chosen), now + LEASE, now)
                passed = False
                for message in leased:
                    if parts := self._render(message):
                        chosen.append((message, parts))
                        continue
                    await work.outbox.settle(message.id, "refused" if parts is None else "sent")
                    passed = True  # what follows it in its conversation may be due as well
            await work.commit()
        return [(message, parts) for message, parts in chosen if message.id not in self._sending]

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

    async def _deliver(self, message: OutboxMessage, parts: Sequence[Part]) -> None:
        before = self._done_parts.pop(message.id, 0)
        ended, sent = await self._send(message.to, parts[before:])
        self.counts[ended.state] += 1
        if ended.state in ("later", "unknown"):
            self._done_parts[message.id] = before + sent
        state, due_at = self._verdict(message, ended)
        if due_at is None:
            self._done_parts.pop(message.id, None)
        if ended.state != "sent":
            log.warning(
                "%s: message %d, try %d: %s (%s)",
                self._sender.channel, message.id, message.attempts, ended.state, ended.why,
            )  # fmt: skip
        self._probe("before settle")
        await self._settle(message, state, due_at)

    async def _send(self, to: str, parts: Sequence[Part]) -> tuple[Sent, int]:
        """Sends parts until one does not go; how that one ended, and how many went."""
        for number, part in enumerate(parts):
            if (wait := await self._turn(to)) > 0:
                return Sent("later", wait, "the channel's own limit"), number
            ended = await self._sender.send(to, part)
            self._probe("sent")
            if ended.state != "sent":
                return ended, number
        return Sent("sent"), len(parts)

    async def _turn(self, to: str) -> float:
        """Waits until a send is within the limits and returns 0; when that would take long, returns the seconds."""
        place, rates = self._sender.limits(to)
        while (wait := self._pace.take(place, rates, self._clock.now())) > 0:
            if wait > PATIENCE:
                return wait
            await self._clock.sleep(wait)
        return 0.0

    def _verdict(self, message: OutboxMessage, ended: Sent) -> tuple[str, datetime | None]:
        """The state that a send leaves its message in, and when it is due again."""
        if ended.state in ("sent", "refused"):
            return ended.state, None
        if ended.state == "unknown" and message.repeat:
            return "unknown", None
        wait = ended.wait if ended.wait is not None else self._backoff(message.attempts)
        repeat = message.repeat or ended.state == "unknown"
        return "unknown" if repeat else "pending", self._clock.now() + timedelta(seconds=wait)

    async def _settle(self, message: OutboxMessage, state: str, due_at: datetime | None) -> None:
        """Stores how a send ended; keeps at it while the database is away, for a lost note means sending twice."""
        failures = 0
        while True:
            try:
                async with self._units() as work:
                    await work.outbox.settle(message.id, state, due_at)
                    await work.commit()
                return
            except NotFound:
                return  # the conversation was forgotten meanwhile
            except TryLater:
                failures += 1
                await self._clock.sleep(self._backoff(failures))

    # -- waiting and ending -----------------------------------------------------------------------------------

    def _ended(self, number: int, task: asyncio.Task[None]) -> None:
        del self._sending[number], self._held[number]
        if not task.cancelled() and (error := task.exception()):
            log.error("%s: delivering message %d failed", self._sender.channel, number, exc_info=error)
        self._news.set()  # the next one in that conversation may be due

    async def _news_or(self, seconds: float) -> None:
        waits = [asyncio.create_task(self._news.wait()), asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _finish(self) -> None:
        if not self._sending:
            return
        _, late = await asyncio.wait(self._sending.values(), timeout=_FINISH)
        for task in late:
            task.cancel()

"""Sends one message, part by part, and stores how that ended. The outbox is told of every part before the next one goes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic

from bot.domain.errors import NotFound, TryLater
from bot.ports import Clock, OutboxMessage, Part, Probe, Sender, Sent, UnitOfWork, UnitsOfWork, no_probe
from bot.service.pace import Pace
from bot.service.reach import unreachable

log = logging.getLogger(__name__)

PATIENCE: Final = 5.0  # seconds that a leased message may wait for its turn; for longer it is given back


class Sending(Generic[Part]):
    """What becomes of a leased message."""

    def __init__(
        self,
        sender: Sender[Part],
        units: UnitsOfWork,
        clock: Clock,
        backoff: Callable[[int], float],
        pace: Pace,
        counts: Counter[str],
        probe: Probe = no_probe,
    ) -> None:
        self._sender = sender
        self._units = units
        self._clock = clock
        self._backoff = backoff
        self._pace = pace
        self._counts = counts
        self._probe = probe

    async def deliver(self, message: OutboxMessage, parts: Sequence[Part]) -> None:
        """Sends what has not been sent of a message, and settles it."""
        sent = list(message.sent_as)
        ended = await self.send(message.to, parts, sent, message.id)
        self._counts[ended.state] += 1
        if ended.state != "sent":
            log.warning(
                "%s: message %d, try %d: %s (%s)",
                self._sender.channel, message.id, message.attempts, ended.state, ended.why,
            )  # fmt: skip
        self._probe("before settle")
        await self._persist(lambda work: self._settle(work, message, ended, sent))

    async def send(
        self, to: str, parts: Sequence[Part], sent: list[str], message_id: int | None = None
    ) -> Sent:
        """Sends the parts that are not among ``sent`` yet, and adds them to it, until one does not go; how that one ended."""
        for number in range(len(sent), len(parts)):
            if (wait := await self._turn(to)) > 0:
                return Sent("later", wait, "the channel's own limit")
            ended = await self._sender.send(to, parts[number])
            self._probe("sent")
            if ended.state != "sent":
                return ended
            sent.append(ended.id)
            if message_id is not None and number + 1 < len(parts):
                await self._persist(lambda work: work.outbox.note(message_id, sent))
                self._probe("part noted")
        return Sent("sent")

    async def _turn(self, to: str) -> float:
        """Waits until a send is within the limits and returns 0; when that would take long, returns the seconds."""
        place, rates = self._sender.limits(to)
        while (wait := self._pace.take(place, rates, self._clock.now())) > 0:
            if wait > PATIENCE:
                return wait
            await self._clock.sleep(wait)
        return 0.0

    async def _settle(self, work: UnitOfWork, message: OutboxMessage, ended: Sent, sent: list[str]) -> None:
        state, due_at = self._verdict(message, ended)
        await work.outbox.settle(message.id, state, due_at, sent)
        if ended.state == "unreachable":
            await unreachable(work, message.conversation_id, ended.why)
        if ended.state == "flooded" and due_at is not None:
            place, _ = self._sender.limits(message.to)
            self._pace.close(place, due_at)
            await work.outbox.defer(self._sender.channel, place, due_at)

    def _verdict(self, message: OutboxMessage, ended: Sent) -> tuple[str, datetime | None]:
        """The state that a send leaves its message in, and when it is due again."""
        now = self._clock.now()
        if ended.state in ("sent", "refused"):
            return ended.state, None
        if ended.state == "unreachable":
            return "pending", now  # and set aside with all that follows
        if ended.state == "unknown" and message.repeat:
            return "unknown", None
        wait = ended.wait if ended.wait is not None else self._backoff(message.attempts)
        repeat = message.repeat or ended.state == "unknown"
        return "unknown" if repeat else "pending", now + timedelta(seconds=wait)

    async def _persist(self, work: Callable[[UnitOfWork], Awaitable[None]]) -> None:
        """Stores it; keeps at it while the database is away, for a lost note means sending twice."""
        failures = 0
        while True:
            try:
                async with self._units() as unit:
                    await work(unit)
                    await unit.commit()
                return
            except NotFound:
                return  # the conversation was forgotten meanwhile
            except TryLater:
                failures += 1
                await self._clock.sleep(self._backoff(failures))

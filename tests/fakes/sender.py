"""A channel that keeps what it is given and fails on request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.ports import Clock, OutboxMessage, Rate, Sent


class FakeSender:
    """Sends the lines of a reply's text as parts. ``script`` holds how the next sends end; after that all succeed."""

    def __init__(
        self,
        clock: Clock,
        channel: str = "telegram",
        overall: Sequence[Rate] = (),
        each: Sequence[Rate] = (),
    ) -> None:
        self._clock = clock
        self.channel = channel
        self.overall = overall
        self.each = each
        self.script: list[Sent] = []
        self.sent: list[tuple[str, str]] = []
        self.tries: list[tuple[datetime, str, str]] = []
        self.takes = 0.0  # seconds that a send takes

    def parts(self, message: OutboxMessage) -> Sequence[str]:
        if message.kind == "echo":
            return ()
        text: str = message.payload["text"]
        return text.split("\n")

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        return to.partition("/")[0], self.each

    def rank(self, to: str) -> int:
        return 0

    async def send(self, to: str, part: str) -> Sent:
        self.tries.append((self._clock.now(), to, part))
        await self._clock.sleep(self.takes)
        ended = self.script.pop(0) if self.script else Sent("sent")
        if ended.state == "sent":
            self.sent.append((to, part))
        return ended

"""What every way in talks to (the port ``Assistant``): a message in, a turn out, and the conversation's events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from bot.domain.messages import Inbound
from bot.ports import OutboxMessage, TurnResult, UnitsOfWork
from bot.service.notices import Notices

_LOOK_AGAIN: Final = 2.0  # seconds: another replica's messages are seen by looking, not by being told


class Handler(Protocol):
    """Acts on a message once."""

    async def handle_message(self, message: Inbound) -> TurnResult: ...


class ConversationService:
    """The use cases behind one conversation."""

    def __init__(self, handler: Handler, units: UnitsOfWork, notices: Notices) -> None:
        self._handler = handler
        self._units = units
        self._notices = notices

    async def handle(self, message: Inbound) -> TurnResult:
        """Acts on a message once and returns the turn."""
        return await self._handler.handle_message(message)

    async def events(self, channel: str, conversation: str, after: int) -> Sequence[OutboxMessage]:
        """What was said in a conversation with ``seq`` above ``after``, in order; empty for one that has not begun."""
        async with self._units(reading=True) as work:
            found = await work.conversations.find(channel, conversation)
            said = await work.outbox.after(found, after) if found else ()
        return [message for message in said if message.kind != "event"]  # those are for the desk only

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        """True as soon as there is something above ``after``; False when ``seconds`` have passed first."""
        waited = 0.0
        while waited < seconds:
            if await self.events(channel, conversation, after):
                return True
            async with self._units(reading=True) as work:
                found = await work.conversations.find(channel, conversation)
            step = min(_LOOK_AGAIN, seconds - waited)
            await self._notices.wait(found or f"{channel}:{conversation}", step)
            waited += step
        return bool(await self.events(channel, conversation, after))

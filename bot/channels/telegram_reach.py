"""Who can be reached, as Telegram reports it unasked: the bot was blocked or let in again, a group has a new number."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import ChatMember, ChatMemberUpdated, Update

from bot.channels.telegram_address import CHANNEL
from bot.ports import Clock, UnitOfWork, UnitsOfWork
from bot.service.reach import move, reachable, unreachable

_AWAY = (ChatMember.BANNED, ChatMember.LEFT)


class Reach:
    """Notes it where the outbox sees it. Both raise TryLater."""

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def moves(self, updates: Sequence[Update]) -> None:
        """Groups that moved: before what was said in them afterwards is stored."""
        told = [update.message for update in updates if update.message and update.message.migrate_to_chat_id]
        if not told:
            return
        async with self._units() as work:
            for message in told:
                await move(work, CHANNEL, str(message.chat.id), str(message.migrate_to_chat_id))
            await work.commit()

    async def members(self, updates: Sequence[Update]) -> None:
        """Who blocked the bot or let it in: after what they said before is stored."""
        told = [update.my_chat_member for update in updates if update.my_chat_member]
        if not told:
            return
        async with self._units() as work:
            for changed in told:
                await self._note(work, changed)
            await work.commit()

    async def _note(self, work: UnitOfWork, changed: ChatMemberUpdated) -> None:
        away = changed.new_chat_member.status in _AWAY
        for conversation in await work.conversations.at(CHANNEL, str(changed.chat.id)):
            if away:
                await unreachable(work, conversation, "the bot was blocked or removed")
            else:
                await reachable(work, conversation, self._clock)

"""The operators' desk in Telegram: a topic for each conversation, filled from what is stored, in order, however often this process ends.

How far a topic is filled is stored after each message, so that a kill repeats one message at the most. A topic that was deleted is
made again with the whole record. Words of operators come in elsewhere, as messages with ``desk`` set.
"""

from __future__ import annotations

import asyncio
import html
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from telegram import Bot, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram_address import parse_address
from bot.channels.telegram_errors import kind_of, seconds_of
from bot.channels.telegram_split import split
from bot.domain.catalogue import Catalogue
from bot.domain.errors import TryLater
from bot.domain.handover import Case
from bot.domain.handover_times import ESCALATED
from bot.domain.text import Language
from bot.ports import Clock, Topic, UnitsOfWork
from bot.service.desk_setup import DeskSetup, visitor
from bot.service.desk_transcript import (
    Line,
    card,
    entry_line,
    printed,
    said_line,
    sources_of,
    transcript,
)
from bot.service.notices import Notices
from bot.service.operator_desk import DESK

log = logging.getLogger(__name__)

_SPOKEN: Final = Language.ZH  # among operators
_LOOK_AGAIN: Final = 1.0
_A_MINUTE: Final = 20  # messages that Telegram allows in a group in a minute …
_MINUTE: Final = 61.0
_APART: Final = 1.1  # … and the seconds between two of them
_AT_ONCE: Final = 50
_REST: Final = 30.0  # seconds for which a group that refuses everything is left alone
_GONE: Final = ("thread not found", "topic_deleted", "topic_id_invalid", "message thread not found")
_SHUT: Final = ("topic_closed",)
_TITLE: Final = 128
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)

_EARLY: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Item:
    """A line and what of the topic is filled with it."""

    line: Line
    filled: Topic


class TelegramDesk:
    """Fills the topics of all groups. One at a time may run."""

    def __init__(
        self,
        bot: Bot,
        setup: DeskSetup,
        catalogue: Callable[[], Catalogue],
        units: UnitsOfWork,
        clock: Clock,
        notices: Notices,
    ) -> None:
        self._bot = bot
        self._setup = setup
        self._catalogue = catalogue
        self._units = units
        self._clock = clock
        self._notices = notices
        self._sent: defaultdict[int, deque[datetime]] = defaultdict(deque)
        self._rests: dict[tuple[int, str], datetime] = {}  # a group, or one of its conversations
        self._moved: dict[int, int] = {}

    async def run(self) -> None:
        """Until cancelled; no error ends it."""
        while True:
            try:
                filled = await self.fill_all()
            except TryLater as error:
                log.warning("telegram desk: %s", error)
                filled = 0
            except Exception:
                log.exception("telegram desk: filling topics failed")
                filled = 0
            if not filled:
                await self._notices.wait(DESK, _LOOK_AGAIN)

    async def fill_all(self) -> int:
        """Fills what is missing; gives how many topics there was something to do in. Groups do not wait for one another."""
        async with self._units(reading=True) as work:
            topics = await work.desk.unfilled_topics(_AT_ONCE)
        now = self._clock.now()
        groups: defaultdict[int, list[Topic]] = defaultdict(list)
        for topic in topics:
            if self._rests.get((topic.chat, ""), now) <= now:
                groups[topic.chat].append(topic)
        await asyncio.gather(*(self._fill_group(chat, found) for chat, found in groups.items()))
        return sum(map(len, groups.values())) if not self._rests_now() else 0

    def _rests_now(self) -> bool:
        """True while something is left alone for a while: there is no use in looking again at once."""
        now = self._clock.now()
        self._rests = {which: until for which, until in self._rests.items() if until > now}
        return bool(self._rests)

    async def _fill_group(self, chat: int, topics: Sequence[Topic]) -> None:
        """One topic after the other. What is wrong with one does not keep the others waiting; what is wrong with all does."""
        for topic in topics:
            if self._rests.get((chat, topic.conversation_id), self._clock.now()) > self._clock.now():
                continue
            try:
                await self._fill(topic)
            except RetryAfter as error:
                self._rest((chat, ""), seconds_of(error))
                return
            except ChatMigrated as moved:
                self._moved[chat] = moved.new_chat_id
                return
            except (BadRequest, Forbidden, InvalidToken) as error:
                if not await self._mended(topic, error):
                    self._rest((chat, topic.conversation_id), _REST)
                    log.error("telegram desk: group %d refuses: %s", chat, kind_of(error))
            except TelegramError as error:
                log.warning("telegram desk: group %d: %s", chat, kind_of(error))
                self._rest((chat, ""), 2.0)
                return

    def _rest(self, which: tuple[int, str], seconds: float) -> None:
        self._rests[which] = self._clock.now() + timedelta(seconds=seconds)

    async def _mended(self, topic: Topic, error: TelegramError) -> bool:
        """A topic that is gone is made again, one that is closed is opened."""
        words = error.message.lower()
        if any(reason in words for reason in _GONE):
            async with self._units() as work:
                await work.desk.put_topic(Topic(topic.conversation_id, topic.chat))
                await work.commit()
            log.warning("telegram desk: a topic is gone and is made again")
            return True
        if any(reason in words for reason in _SHUT) and topic.thread is not None:
            await self._bot.reopen_forum_topic(self._chat(topic), topic.thread)
            return True
        return False

    # -- one topic ----------------------------------------------------------------------------------------------

    async def _fill(self, topic: Topic) -> None:
        if topic.unwanted:
            await self._delete(topic)
            return
        async with self._units(reading=True) as work:
            case = await work.handovers.current(topic.conversation_id)
        if case is None:
            return
        if topic.thread is None:
            topic = await self._make(topic, case)
        if topic.last_entry == 0:
            topic = await self._post_card(topic, case)
        for item in await self._missing(topic, case):
            await self._post(item, case)

    async def _make(self, topic: Topic, case: Case) -> Topic:
        name = visitor(self._setup, _SPOKEN, case.conversation_id)
        office = self._setup.office_name(case.office)
        title = self._setup.say(_SPOKEN, "topic_title", number=case.number, visitor=name, office=office)
        made = await self._bot.create_forum_topic(self._chat(topic), title[:_TITLE])
        made_topic = replace(topic, thread=made.message_thread_id)
        await self._store(made_topic)
        return made_topic

    async def _post_card(self, topic: Topic, case: Case) -> Topic:
        """The card with all that was said so far; from there on the topic is filled line by line."""
        async with self._units(reading=True) as work:
            lines = await transcript(work, self._setup, case, _SPOKEN)
            last_seq = await work.desk.last_seq(topic.conversation_id)
        sources = sources_of(case, self._catalogue(), _SPOKEN)
        for part in split(card(self._setup, _SPOKEN, case, lines, sources)):
            await self._say(topic, part)
        entries = [line.entry for line in lines if line.entry]
        filled = replace(topic, last_seq=last_seq, last_entry=max(entries, default=1))
        await self._store(filled)
        return filled

    async def _missing(self, topic: Topic, case: Case) -> Sequence[_Item]:
        """What is not in the topic yet, in the order of time."""
        lines: list[Line] = []
        async with self._units(reading=True) as work:
            for message in await work.outbox.after(topic.conversation_id, topic.last_seq, 50):
                line = said_line(self._setup, _SPOKEN, message)
                posted = await work.desk.post(topic, message.seq) is not None
                if line is None or posted:  # nothing to show, or said in this very topic
                    line = Line(_EARLY, "desk", "", message.kind, {}, seq=message.seq)
                lines.append(line)
            for entry in await work.desk.entries(topic.conversation_id, topic.last_entry, 50):
                lines.append(entry_line(self._setup, _SPOKEN, entry, case.number))
        return list(self._in_order(topic, lines))

    def _in_order(self, topic: Topic, lines: Sequence[Line]) -> Sequence[_Item]:
        said = deque(line for line in lines if line.seq)
        happened = deque(line for line in lines if line.entry)
        items: list[_Item] = []
        while said or happened:
            first = said and (not happened or said[0].at <= happened[0].at)
            line = (said if first else happened).popleft()
            topic = replace(topic, last_seq=line.seq) if line.seq else replace(topic, last_entry=line.entry)
            items.append(_Item(line, topic))
        return items

    async def _post(self, item: _Item, case: Case) -> None:
        line, topic = item.line, item.filled
        number: int | None = None
        if line.text:
            number = await self._show(line, topic)
            if line.kind == "reminded" and line.payload["minutes"] >= ESCALATED:
                await self._say(replace(topic, thread=None), line.text)
        async with self._units() as work:
            if number is not None and line.seq:
                await work.desk.put_post(topic, line.seq, number)
            await work.desk.put_topic(topic)
            await work.commit()

    async def _show(self, line: Line, topic: Topic) -> int:
        """Shows a line: an edit over what it replaces, a file as a copy, words as words. Gives its number."""
        if line.payload.get("edits") and (shown := await self._edit(line, topic)):
            return shown
        copied = await self._copy(line, topic)
        return copied if copied is not None else await self._say(topic, printed(self._setup, _SPOKEN, line))

    async def _edit(self, line: Line, topic: Topic) -> int | None:
        number = await self._post_of(topic, line.payload["edits"])
        if number is None:
            return None
        text = html.escape(printed(self._setup, _SPOKEN, line), quote=False)
        try:
            await self._turn(topic)
            await self._bot.edit_message_text(
                text[:4000], chat_id=self._chat(topic), message_id=number, parse_mode=ParseMode.HTML
            )
        except BadRequest:
            return None  # too old, or gone: it is said anew
        return number

    async def _post_of(self, topic: Topic, external_id: str) -> int | None:
        """Where the message of an external id stands in the topic."""
        async with self._units(reading=True) as work:
            seq = 0
            while batch := await work.outbox.after(topic.conversation_id, seq):
                for message in batch:
                    if message.payload.get("message_id") == external_id:
                        return await work.desk.post(topic, message.seq)
                seq = batch[-1].seq
        return None

    async def _copy(self, line: Line, topic: Topic) -> int | None:
        """A file that the person sent over Telegram, as they sent it."""
        parts = str(line.payload.get("message_id", "")).split(".")
        if line.speaker != "person" or not line.payload.get("enclosures") or len(parts) < 4:
            return None
        try:
            chat, number = parse_address(parts[1]).chat, int(parts[-1])
        except ValueError:
            return None
        await self._turn(topic)
        try:
            copied = await self._bot.copy_message(
                self._chat(topic), chat, number, message_thread_id=topic.thread
            )
        except BadRequest as error:
            if any(reason in error.message.lower() for reason in (*_GONE, *_SHUT)):
                raise
            return None  # it is no longer there: the line says what it was
        return copied.message_id

    async def _say(self, topic: Topic, text: str) -> int:
        number = 0
        for part in split(text):
            await self._turn(topic)
            said: Message = await self._bot.send_message(
                self._chat(topic), html.escape(part, quote=False), parse_mode=ParseMode.HTML,
                message_thread_id=topic.thread, link_preview_options=_NO_PREVIEW,
            )  # fmt: skip
            number = number or said.message_id
        return number

    async def _delete(self, topic: Topic) -> None:
        """Nothing of what a person erased may stay."""
        if topic.thread is not None:
            try:
                await self._bot.delete_forum_topic(self._chat(topic), topic.thread)
            except (BadRequest, Forbidden, InvalidToken) as error:
                if not any(reason in error.message.lower() for reason in _GONE):
                    log.error(
                        "telegram desk: topic %d of group %d must be deleted by hand, Telegram does not let me: %s",
                        topic.thread, topic.chat, kind_of(error),
                    )  # fmt: skip
        async with self._units() as work:
            await work.desk.drop_topic(topic)
            await work.commit()

    async def _store(self, topic: Topic) -> None:
        async with self._units() as work:
            await work.desk.put_topic(topic)
            await work.commit()

    def _chat(self, topic: Topic) -> int:
        return self._moved.get(topic.chat, topic.chat)

    async def _turn(self, topic: Topic) -> None:
        """Waits until the group takes one more message."""
        sent = self._sent[topic.chat]
        while True:
            now = self._clock.now()
            while sent and (now - sent[0]).total_seconds() >= _MINUTE:
                sent.popleft()
            wait = _APART - (now - sent[-1]).total_seconds() if sent else 0.0
            if len(sent) >= _A_MINUTE:
                wait = max(wait, _MINUTE - (now - sent[0]).total_seconds())
            if wait <= 0:
                sent.append(now)
                return
            await self._clock.sleep(wait)

"""Killed with SIGKILL at every named point of a message's way: each message is answered once, in order, and delivered."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.channels.backoff import Backoff
from bot.dialogue.mind import Mind
from bot.domain.messages import Inbound
from bot.domain.text import Audience
from bot.ports import OutboxMessage, Probe, Rate, Sent, UnitsOfWork
from bot.service.deliver_outbox import Deliverer
from bot.service.handle_message import MessageHandler
from bot.service.notices import Notices
from bot.service.take_up import TakeUp
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.fakes.clock import QuickClock
from tests.minds import gazetteer, minds, wording

PEOPLE = ("anna", "bo")
TEXTS = ("环评报告表要批多久", "施工许可证要什么材料", "那要多久呢", "开发区面积多大")
MESSAGES = [
    Inbound("telegram", f"{person}-{number}", person, text)
    for number, text in enumerate(TEXTS)
    for person in PEOPLE
]
CLOCK = QuickClock(20)  # one for all lives: time goes on while nobody lives
BEFORE_DELIVERY = ("accepted", "understood", "before commit", "committed")
AT_DELIVERY = ("sent", "before settle")


class KillAt:
    """Ends this process at the ``nth`` time that a message comes to a point, as a power cut would."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._left = nth

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


class FileSender:
    """Appends what is sent to a file: what was sent before a kill stays sent."""

    channel = "telegram"
    overall: Sequence[Rate] = ()

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def parts(self, message: OutboxMessage) -> Sequence[str]:
        return (f"{message.payload['message_id']} {message.id}",) if message.kind == "reply" else ()

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        return to, ()

    def rank(self, to: str) -> int:
        return 0

    async def send(self, to: str, part: str) -> Sent:
        os.write(self._file, f"{to} {part}\n".encode())
        return Sent("sent")


class FixedMinds:
    """The knowledge folder, never switched."""

    def current(self, audience: Audience) -> Mind:
        return minds()[audience]


class Life:
    """One life of an assistant: its parts over a real database."""

    def __init__(self, url: str, sent: Path, probe: Probe) -> None:
        self.clock = CLOCK
        self.database = open_database(url)
        self.units: UnitsOfWork = SqlUnitsOfWork(self.database, self.clock)
        self.handler = MessageHandler(
            self.units, gazetteer(), FixedMinds(), wording(), self.clock, Notices(), probe=probe
        )
        backoff = Backoff(random.Random(1))
        self.deliverer = Deliverer(FileSender(sent), self.units, self.clock, backoff, probe)

    async def hear(self, messages: Sequence[Inbound]) -> None:
        await asyncio.gather(*(self.handler.handle_message(message) for message in messages))

    async def deliver(self, replies: int, sent: Path) -> None:
        """Until that many different replies have been sent and nothing more is due."""
        delivering = asyncio.create_task(self.deliverer.run())
        async with asyncio.timeout(20):
            while len(set(lines(sent))) < replies:  # noqa: ASYNC110 - a file is looked at
                await asyncio.sleep(0.02)
        await self.deliverer.idle()
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)

    async def said(self, person: str) -> list[OutboxMessage]:
        async with self.units(reading=True) as work:
            found = await work.conversations.find("telegram", person)
            assert found
            return list(await work.outbox.after(found, 0))


def lines(sent: Path) -> list[str]:
    return sent.read_text().splitlines() if sent.exists() else []


def in_a_process(main: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Runs it in a process of its own; the process's exit status, negative when it was killed."""
    child = os.fork()
    if not child:
        try:
            asyncio.run(main())
        except BaseException:  # noqa: BLE001 - told by the exit status
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def url_of(request: pytest.FixtureRequest, database: str) -> str:
    minds(), wording(), gazetteer()  # before there are other processes
    return str(request.getfixturevalue(f"{database}_url"))


def check(url: str, sent: Path, *, twice: bool) -> None:
    """Each message decided once, in order; every reply sent, in order; none twice but where nobody can know better."""

    async def look() -> None:
        life = Life(url, sent, lambda point: None)
        for person in PEOPLE:
            said = await life.said(person)
            echoes = [item.payload["message_id"] for item in said if item.kind == "echo"]
            assert echoes == [f"{person}-{number}" for number in range(len(TEXTS))]
            follow_up = [item for item in said if item.payload["message_id"] == f"{person}-2"]
            assert "施工许可" in str(follow_up[-1].payload)  # what it leans on was decided before it
            replies = [item.id for item in said if item.kind == "reply"]
            went = [int(line.split()[2]) for line in lines(sent) if line.startswith(person)]
            assert sorted(set(went)) == went if not twice else sorted(went) == went
            assert sorted(set(went)) == replies
        assert await TakeUp(life.handler, life.units, life.clock)() == 0
        await life.database.dispose()

    asyncio.run(look())
    # A send of unknown end is repeated once; one at the most was under way to each person.
    repeated = [count for count in Counter(lines(sent)).values() if count > 1]
    assert set(repeated) <= {2}
    assert len(repeated) <= (len(PEOPLE) if twice else 0)


async def first_life(url: str, sent: Path, point: str, nth: int) -> None:
    life = Life(url, sent, KillAt(point, nth))
    await life.hear(MESSAGES)
    await life.deliverer.run()  # killed at the latest here


async def second_life(url: str, sent: Path, messages: Sequence[Inbound]) -> None:
    life = Life(url, sent, lambda point: None)
    await TakeUp(life.handler, life.units, life.clock)()
    await life.hear(messages)  # the channel brings again what was not acknowledged
    replies = [item for person in PEOPLE for item in await life.said(person) if item.kind == "reply"]
    await life.deliver(len(replies), sent)
    await life.database.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("nth", [1, 4])
@pytest.mark.parametrize("point", [*BEFORE_DELIVERY, *AT_DELIVERY])
def test_a_kill_loses_nothing_doubles_nothing_and_keeps_the_order(
    point: str, nth: int, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url, sent = url_of(request, database), tmp_path / "sent"
    assert in_a_process(lambda: first_life(url, sent, point, nth)) == -signal.SIGKILL
    assert in_a_process(lambda: second_life(url, sent, MESSAGES)) == 0
    check(url, sent, twice=point in AT_DELIVERY)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("point", BEFORE_DELIVERY[1:])
def test_what_was_acknowledged_is_answered_although_nobody_brings_it_again(
    point: str, database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url, sent = url_of(request, database), tmp_path / "sent"

    async def acknowledged_then_killed() -> None:
        life = Life(url, sent, KillAt(point, 3))
        async with life.units() as work:
            for message in MESSAGES:
                await work.inbox.accept(message, life.clock.now())
            await work.commit()
        await life.hear(MESSAGES)

    assert in_a_process(acknowledged_then_killed) == -signal.SIGKILL
    assert in_a_process(lambda: second_life(url, sent, ())) == 0
    check(url, sent, twice=False)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_killed_again_and_again(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url, sent = url_of(request, database), tmp_path / "sent"
    for life in range(6):
        point = BEFORE_DELIVERY[life % len(BEFORE_DELIVERY)]
        in_a_process(lambda point=point: first_life(url, sent, point, 2))  # type: ignore[misc]
    assert in_a_process(lambda: second_life(url, sent, MESSAGES)) == 0
    check(url, sent, twice=False)

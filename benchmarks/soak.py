"""``python -m benchmarks.soak``: messages under load while bots, Rasa and database connections are killed at random.

Each person writes one message after the other, and sends it again until it is acknowledged, as Telegram does. In the end every
message must have been decided once, answered, and delivered in order; a reply may come twice only where a bot was killed
between sending and noting it. Exits with 1 when anything is otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.measure import load_note, resident_mb
from benchmarks.questions import texts
from benchmarks.replica import CHANNEL
from benchmarks.servers import rasa_server, shipped_model
from benchmarks.shape import Deliveries, Replica, database, replicas
from bot.clock import WallClock
from bot.settings import read_settings
from bot.storage.database import open_database
from bot.storage.layout import end_connections
from bot.storage.unit_of_work import SqlUnitsOfWork

_PATIENCE: Final = 60.0  # seconds without any delivery, after which what is missing counts as lost
_AGAIN: Final = 0.3  # seconds before a message that was not acknowledged is sent again


@dataclass(slots=True)
class Score:
    """What was sent and what came."""

    sent: list[str] = field(default_factory=list)
    resent: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)  # by the outbox's id
    answered: set[str] = field(default_factory=set)
    orders: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    last: float = field(default_factory=time.monotonic)

    def heard(self, words: list[str]) -> None:
        """One delivery: the message's id, the outbox's, the conversation, the number in it."""
        message, row, conversation, seq = words
        self.answered.add(message)
        self.delivered[row] += 1
        self.orders[conversation].append(int(seq))
        self.last = time.monotonic()


async def person(
    number: int, count: int, running: list[Replica], score: Score, session: aiohttp.ClientSession
) -> None:
    """One conversation: message after message, each to any replica until one has acknowledged it."""
    asked, chance = texts(400), random.Random(number)
    for place in range(count):
        identifier = f"{number}-{place}"
        score.sent.append(identifier)
        text = asked[(number * 7 + place) % len(asked)]
        body = {"id": identifier, "conversation": f"person-{number}", "text": text}
        while not await _acknowledged(session, f"{chance.choice(running).url}/say", body):
            score.resent += 1
            await asyncio.sleep(_AGAIN)
        if chance.random() < 0.05:  # Telegram sometimes brings an update twice
            score.resent += 1
            await _acknowledged(session, f"{chance.choice(running).url}/say", body)


async def _acknowledged(session: aiohttp.ClientSession, url: str, body: dict[str, str]) -> bool:
    try:
        async with session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=15)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


@dataclass(frozen=True, slots=True)
class Targets:
    """What can be killed. ``rasa``: the process of a server."""

    running: list[Replica]
    database: str
    rasa: int | None

    @property
    def kinds(self) -> list[str]:
        """What there is, bots twice as often."""
        server = ["connections"] if self.database.startswith("postgresql") else []
        return ["bot", "bot", *server, *(["rasa"] if self.rasa else [])]


async def killer(targets: Targets, score: Score, every: float, session: aiohttp.ClientSession) -> None:
    """Kills something every few seconds: a bot (started again at once), Rasa's process stopped for a while, connections."""
    chance = random.Random(4)
    while True:
        await asyncio.sleep(every * chance.uniform(0.5, 1.5))
        kind = chance.choice(targets.kinds)
        score.kills[kind] += 1
        if kind == "bot":
            victim = chance.choice(targets.running)
            victim.kill()
            await asyncio.sleep(chance.uniform(0, 1))
            victim.start()
            await victim.ready(session)  # one at a time: the others go on
        elif kind == "rasa" and targets.rasa:
            os.kill(targets.rasa, signal.SIGSTOP)  # it takes messages and answers none: worse than being gone
            await asyncio.sleep(2)
            os.kill(targets.rasa, signal.SIGCONT)
        else:
            await asyncio.to_thread(end_connections, targets.database)


@contextlib.contextmanager
def _nlu(kind: str) -> Iterator[tuple[list[str], int | None]]:
    if kind != "rasa":
        yield [], None
        return
    settings = read_settings()
    with rasa_server(settings, shipped_model(settings)) as server:
        yield [server.url], server.pid


@contextlib.asynccontextmanager
async def _killing(*arguments: object) -> AsyncIterator[None]:
    task = asyncio.create_task(killer(*arguments))  # type: ignore[arg-type]
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def soak(options: argparse.Namespace) -> list[str]:
    """What was wrong; nothing when all is well."""
    score = Score()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="yuanwen-soak-") as name,
        database(options.database) as url,
        _nlu(options.nlu) as (urls, rasa),
    ):
        deliveries = Deliveries(Path(name))
        deliveries.heard = score.heard
        deliveries.start()
        async with replicas(options.replicas, url, urls, deliveries.path, Path(name)) as running:
            each = options.messages // options.conversations
            async with (
                aiohttp.ClientSession() as session,
                _killing(Targets(running, url, rasa), score, options.every, session),
            ):
                await asyncio.gather(
                    *(
                        person(number, each, running, score, session)
                        for number in range(options.conversations)
                    )
                )
            for replica in running:
                if replica.process is None or replica.process.poll() is not None:
                    replica.start()
            await _until_answered(score)
            memory = sum(resident_mb(replica.process.pid) for replica in running if replica.process)
            wrong = _wrong(score) + await _stored(url, options.conversations, each)
        deliveries.stop()
    _tell(score, time.monotonic() - began, memory)
    return wrong


async def _until_answered(score: Score) -> None:
    """Returns when all are answered, or nothing has come for long."""
    while score.answered < set(score.sent) and time.monotonic() - score.last < _PATIENCE:  # noqa: ASYNC110
        await asyncio.sleep(0.2)


def _wrong(score: Score) -> list[str]:
    wrong = [
        f"{identifier} was never answered" for identifier in score.sent if identifier not in score.answered
    ]
    wrong += [
        f"outbox {row} was delivered {times} times" for row, times in score.delivered.items() if times > 2
    ]
    for conversation, seqs in score.orders.items():
        if seqs != sorted(seqs):
            wrong.append(f"conversation {conversation} was delivered out of order")
    twice = sum(1 for times in score.delivered.values() if times > 1)
    if twice > (score.kills["bot"] + score.kills["connections"]) * 30:
        wrong.append(f"{twice} replies came twice: more than kills can explain")
    return wrong


async def _stored(url: str, conversations: int, each: int) -> list[str]:
    """Each message has one echo in the outbox of its conversation, in the order in which it was sent."""
    engine = open_database(url)
    units, wrong = SqlUnitsOfWork(engine, WallClock()), []
    for number in range(conversations):
        echoes: list[str] = []
        async with units(reading=True) as work:
            found = await work.conversations.find(CHANNEL, f"person-{number}")
            after = 0
            while found and (batch := await work.outbox.after(found, after)):
                echoes += [item.payload["message_id"] for item in batch if item.kind == "echo"]
                after = batch[-1].seq
        if echoes != [f"{number}-{place}" for place in range(each)]:
            wrong.append(f"person {number}: {len(echoes)} messages decided, not {each} once each in order")
    await engine.dispose()
    return wrong


def _tell(score: Score, seconds: float, memory: float) -> None:
    twice = sum(1 for times in score.delivered.values() if times > 1)
    kills = ", ".join(f"{number} × {kind}" for kind, number in sorted(score.kills.items())) or "none"
    print(
        f"{len(score.sent)} messages in {seconds:.0f} s, {len(score.answered)} answered, killed: {kills}\n"
        f"sent again by the sender: {score.resent}; replies {len(score.delivered)}, of which {twice} came twice "
        f"(sent, and killed before that was noted)\nbots {memory:.0f} MB in all; {load_note()}",
        flush=True,
    )


def main() -> int:
    """Runs it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--nlu", choices=["rasa", "stub"], default="rasa")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between kills, on average")
    wrong = asyncio.run(soak(parser.parse_args()))
    for line in wrong[:20]:
        print("WRONG:", line)
    print("all is well" if not wrong else f"{len(wrong)} things are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

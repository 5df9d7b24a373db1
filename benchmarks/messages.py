"""Messages through the whole engine: accepted durably, decided, delivered from the outbox; beside stock Rasa's REST channel."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp

from benchmarks.measure import load_note, percentile, resident_mb, show, verdict
from benchmarks.questions import texts
from benchmarks.servers import rasa_server, shipped_model
from benchmarks.shape import Deliveries, Replica, database, replicas
from benchmarks.stock_rest import stock_rest_server
from bot.curation.evaluation.tables import Table
from bot.settings import read_settings

CONVERSATIONS: Final = (1, 8, 32, 200)
P95_MS: Final = 100.0  # at 32 conversations
TIMES_STOCK: Final = 10.0
_WARM: Final = 1.0  # seconds before it is counted

Say = Callable[
    [str, str, str], Awaitable[None]
]  # conversation, message id, text; returns when the answer has arrived


@dataclass(frozen=True, slots=True)
class Figures:
    """What one load gave. Times in ms, from sending a message to its answer's arrival."""

    per_second: float
    times: tuple[float, ...]

    def cells(self) -> tuple[str, ...]:
        """Messages per second, p50, p95, p99."""
        shares = (percentile(self.times, share) for share in (50, 95, 99))
        return (f"{self.per_second:.0f}", *(f"{value:.1f} ms" for value in shares))


def run(options: argparse.Namespace) -> None:
    """Prints the tables."""
    asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> None:
    stock = {} if options.no_stock else await _stock()
    settings = read_settings()
    for nlu in options.nlu:
        with contextlib.ExitStack() as stack:
            urls = (
                [stack.enter_context(rasa_server(settings, shipped_model(settings))).url]
                if nlu == "rasa"
                else []
            )
            for kind in options.databases:
                for number in options.replicas:
                    await _shape(kind, number, urls, stock)


async def _shape(kind: str, number: int, nlu: Sequence[str], stock: dict[int, Figures]) -> None:
    """One shape, all numbers of conversations."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="yuanwen-bench-") as name, database(kind) as url:
        deliveries = Deliveries(Path(name))
        deliveries.start()
        async with (
            replicas(number, url, nlu, deliveries.path, Path(name)) as running,
            _talk(running, deliveries) as say,
        ):
            for conversations in CONVERSATIONS:
                rows.append(_row(conversations, await load(say, conversations), stock))
            memory = sum(resident_mb(replica.process.pid) for replica in running if replica.process)
        deliveries.stop()
    understood = "Rasa" if nlu else "word lists"
    title = f"Messages accepted to delivered: {kind}, {number} bot replica(s), understood by {understood}"
    head = (
        "conversations",
        "messages/s",
        "p50",
        "p95",
        "p99",
        f"p95 < {P95_MS:.0f} ms",
        "stock Rasa",
        "times",
    )
    show(Table(title, head, tuple(rows), f"bots {memory:.0f} MB in all; {load_note()}"))


def _row(conversations: int, figures: Figures, stock: dict[int, Figures]) -> tuple[str, ...]:
    target = P95_MS if conversations <= 32 else None
    met = verdict(percentile(figures.times, 95), target)
    if conversations not in stock:
        return (str(conversations), *figures.cells(), met, "", "")
    other = stock[conversations]
    told = f"{other.per_second:.0f}/s, p95 {percentile(other.times, 95):.0f} ms"
    return (str(conversations), *figures.cells(), met, told, f"{figures.per_second / other.per_second:.1f}")


@contextlib.asynccontextmanager
async def _talk(running: Sequence[Replica], deliveries: Deliveries) -> AsyncIterator[Say]:
    """Says something to the replicas in turn, and waits until it is answered by a delivery."""
    waiting: dict[str, asyncio.Event] = {}

    def heard(words: list[str]) -> None:
        if (event := waiting.get(words[0])) is not None:
            event.set()

    deliveries.heard = heard
    turn = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def say(conversation: str, identifier: str, text: str) -> None:
            nonlocal turn
            turn += 1
            arrived = waiting[identifier] = asyncio.Event()
            body = {"id": identifier, "conversation": conversation, "text": text}
            async with session.post(f"{running[turn % len(running)].url}/say", json=body) as answer:
                answer.raise_for_status()
            await arrived.wait()
            del waiting[identifier]

        yield say


def _seconds(conversations: int) -> float:
    """Long enough that each person says more than a few things."""
    return 6.0 if conversations <= 32 else 20.0


async def load(say: Say, conversations: int) -> Figures:
    """That many people at once, each writing again as soon as the answer is there. No text is said twice."""
    seconds = _seconds(conversations)
    asked = texts(400)
    times: list[float] = []
    began = time.perf_counter() + _WARM

    async def person(number: int) -> None:
        conversation, place = uuid4().hex, number * 7
        while (now := time.perf_counter()) < began + seconds:
            place += 1
            await say(conversation, uuid4().hex, f"{asked[place % len(asked)]} {place}")
            if now >= began:
                times.append((time.perf_counter() - now) * 1000)

    async with asyncio.TaskGroup() as group:
        for number in range(conversations):
            group.create_task(person(number))
    return Figures(len(times) / (time.perf_counter() - began), tuple(times))


async def _stock() -> dict[int, Figures]:
    """Stock Rasa with rules and a response, through its own REST channel."""
    figures = {}
    with stock_rest_server(read_settings()) as server:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def say(conversation: str, _: str, text: str) -> None:
                body = {"sender": conversation, "message": text}
                async with session.post(f"{server.url}/webhooks/rest/webhook", json=body) as answer:
                    assert await answer.json(), "stock Rasa did not answer"

            for conversations in CONVERSATIONS:
                figures[conversations] = await load(say, conversations)
    rows = tuple((str(number), *found.cells()) for number, found in figures.items())
    head = ("conversations", "messages/s", "p50", "p95", "p99")
    note = f"nothing is stored, nothing is looked up; {load_note()}"
    show(Table("The yardstick: stock Rasa, rules, one fixed response, REST channel", head, rows, note))
    return figures

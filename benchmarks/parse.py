"""Parsing over HTTP: the shipped model beside stock Rasa (DIET), each in a real server of its own."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.measure import load_note, percentile, resident_mb, show, timed_async, verdict
from benchmarks.questions import normalised
from benchmarks.servers import rasa_server, shipped_model, stock_model
from bot.curation.evaluation.tables import Table
from bot.settings import Settings, read_settings

ONE_BY_ONE: Final = 300  # parses, one after the other
AT_ONCE: Final = 8  # requests under way
BURST: Final = 600  # requests of the throughput run
RASA_MB: Final = 700.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one server: milliseconds, requests a second, MB, seconds."""

    p50: float
    p95: float
    rate: float
    memory: float
    load: float


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    settings = read_settings()
    found = [("shipped", _measure(settings, shipped_model(settings)))]
    if not options.no_stock:
        found.append(("stock DIET", _measure(settings, stock_model(settings))))
    ours = found[0][1]
    rows = [
        (
            name,
            f"{each.p50:.2f} ms",
            f"{each.p95:.2f} ms",
            f"{each.rate:.0f}/s",
            f"{each.memory:.0f} MB",
            f"{each.load:.1f} s",
            f"{each.p50 / ours.p50:.1f}x",
            f"{ours.rate / each.rate:.1f}x",
            f"{each.memory / ours.memory:.1f}x",
        )
        for name, each in found
    ]
    head = (
        "model",
        "p50",
        "p95",
        f"{AT_ONCE} at once",
        "memory",
        "start",
        "p50 ratio",
        "rate ratio",
        "memory ratio",
    )
    note = f"target: Rasa under {RASA_MB:.0f} MB, {verdict(ours.memory, RASA_MB)}; {load_note()}"
    show(Table("Parsing over HTTP, one worker", head, tuple(rows), note))


def _measure(settings: Settings, model: Path) -> Figures:
    with rasa_server(settings, model) as server:
        one_by_one, rate = asyncio.run(_parse(server.url, normalised(ONE_BY_ONE)))
        memory = resident_mb(server.pid)
        return Figures(percentile(one_by_one, 50), percentile(one_by_one, 95), rate, memory, server.seconds)


async def _parse(url: str, texts: Sequence[str]) -> tuple[list[float], float]:
    """Milliseconds one by one, and requests a second with several at once."""
    async with aiohttp.ClientSession() as session:

        async def parse(text: str) -> None:
            async with session.post(f"{url}/model/parse", json={"text": text}) as answer:
                answer.raise_for_status()
                await answer.json()

        for text in texts[:30]:
            await parse(text)  # warm
        one_by_one = await timed_async(parse, texts)
        waiting = iter(list(islice(cycle(texts), BURST)))

        async def worker() -> None:
            for text in waiting:
                await parse(text)

        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
        return one_by_one, BURST / (time.perf_counter() - began)

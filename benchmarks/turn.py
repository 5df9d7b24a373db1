"""A whole turn: the message accepted, understood by Rasa over HTTP, decided, composed and stored in a SQLite file."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from benchmarks.measure import load_note, percentile, resident_mb, show, timed_async, verdict
from benchmarks.questions import texts
from benchmarks.servers import rasa_server, shipped_model
from bot.app import open_core
from bot.curation.evaluation.tables import Table
from bot.curation.publish import read_for_publishing
from bot.domain.messages import Inbound
from bot.domain.understanding import Source
from bot.ports import Assistant, TurnResult
from bot.settings import Settings, read_settings

TURNS: Final = 400
P50_MS: Final = 5.0
P95_MS: Final = 15.0


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    settings = read_settings()
    with rasa_server(settings, shipped_model(settings)) as server:
        with_servers = settings.model_copy(update={"nlu_urls": (server.url,)})
        rows, memory = asyncio.run(_turns(with_servers))
    head = ("parses", "p50", "p95", "slowest", f"p50 < {P50_MS:.0f} ms", f"p95 < {P95_MS:.0f} ms")
    note = f"{TURNS} turns, one after the other; this process {memory:.0f} MB; {load_note()}"
    show(Table("A turn with Rasa over HTTP, on SQLite", head, rows, note))


async def _turns(settings: Settings) -> tuple[tuple[tuple[str, ...], ...], float]:
    knowledge = read_for_publishing(settings.knowledge_dir)
    asked = texts(TURNS)
    with tempfile.TemporaryDirectory(prefix="yuanwen-bench-") as folder:
        async with open_core(settings, f"sqlite:///{Path(folder) / 'bench.db'}", knowledge) as core:
            for text in asked[:20]:
                await _say(core.assistant, text + " ")
            rows = [await _row(core.assistant, asked, name) for name in ("by Rasa", "cached")]
            return tuple(rows), resident_mb()


async def _row(assistant: Assistant, asked: Sequence[str], name: str) -> tuple[str, ...]:
    understood: list[Source] = []

    async def say(text: str) -> None:
        understood.append((await _say(assistant, text)).understanding.source)

    times = await timed_async(say, asked)
    by_rasa = sum(source is Source.RASA for source in understood)
    p50, p95 = percentile(times, 50), percentile(times, 95)
    return (
        f"{name} ({by_rasa}/{len(asked)})",
        f"{p50:.2f} ms",
        f"{p95:.2f} ms",
        f"{max(times):.2f} ms",
        verdict(p50, P50_MS),
        verdict(p95, P95_MS),
    )


async def _say(assistant: Assistant, text: str) -> TurnResult:
    return await assistant.handle(Inbound("console", uuid4().hex, uuid4().hex, text))

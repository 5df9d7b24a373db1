"""A whole turn: the message accepted, understood by Rasa over HTTP, decided, composed and stored in a SQLite file."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from uuid import uuid4

from benchmarks.measure import load_note, percentile, resident_mb, show, timed_async, verdict
from benchmarks.questions import texts
from benchmarks.servers import rasa_server, shipped_model
from bot.app import Core, open_core
from bot.curation.evaluation.tables import Table
from bot.curation.publish import read_for_publishing
from bot.dialogue.compose import Composer
from bot.dialogue.decide import decide
from bot.dialogue.hearing import hear
from bot.domain.conversation import Context
from bot.domain.messages import Inbound
from bot.domain.text import Audience, Language
from bot.domain.understanding import Source, Understanding
from bot.domain.zone_time import local_day
from bot.ports import Assistant, TurnResult
from bot.settings import Settings, read_settings

Rows = tuple[tuple[str, ...], ...]

TURNS: Final = 400
P50_MS: Final = 5.0
P95_MS: Final = 15.0
_ASKS_WHO: Final = Understanding("ask_who", 0.9, Source.RASA)


def run(options: argparse.Namespace) -> None:
    """Prints the table."""
    settings = read_settings()
    with rasa_server(settings, shipped_model(settings)) as server:
        with_servers = settings.model_copy(update={"nlu_urls": (server.url,)})
        rows, parts, memory = asyncio.run(_turns(with_servers))
    head = ("parses", "p50", "p95", "slowest", f"p50 < {P50_MS:.0f} ms", f"p95 < {P95_MS:.0f} ms")
    note = f"{TURNS} turns, one after the other; this process {memory:.0f} MB; {load_note()}"
    show(Table("A turn with Rasa over HTTP, on SQLite", head, rows, note))
    note = "of one core, whatever else the machine does; storing includes its thread"
    show(Table("The same turns by their parts, CPU time", ("part", "mean", "p95"), parts, note))


async def _turns(settings: Settings) -> tuple[Rows, Rows, float]:
    knowledge = read_for_publishing(settings.knowledge_dir)
    asked = texts(TURNS)
    with tempfile.TemporaryDirectory(prefix="yuanwen-bench-") as folder:
        async with open_core(settings, f"sqlite:///{Path(folder) / 'bench.db'}", knowledge) as core:
            for text in asked[:20]:
                await _say(core.assistant, text + " ")
            rows = []
            for name in ("by Rasa", "cached"):
                began = time.process_time()
                rows.append(await _row(core.assistant, asked, name))
                whole = (time.process_time() - began) / len(asked) * 1000
            return tuple(rows), _parts(core, asked, whole), resident_mb()


def _parts(core: Core, asked: Sequence[str], whole: float) -> Rows:
    """The thinking of each turn alone, and what is left of the whole: storing and the event loop."""
    mind = core.watch.current()[Audience.PUBLIC]
    composers = {
        language: Composer(mind, core.wording, language, local_day(core.clock.now())) for language in Language
    }
    times: dict[str, list[float]] = {"hear": [], "decide": [], "compose": []}
    for text in asked:
        moments = [time.thread_time()]
        utterance = hear(text, mind.index, mind.lexicon)
        moments.append(time.thread_time())
        decided = decide(utterance, [_ASKS_WHO] * len(utterance.questions), Context(), mind)
        moments.append(time.thread_time())
        composers[utterance.language or Language.ZH].compose(decided.decisions)
        moments.append(time.thread_time())
        for of_part, (before, after) in zip(times.values(), pairwise(moments), strict=True):
            of_part.append((after - before) * 1000)
    means = {part: sum(of_part) / len(of_part) for part, of_part in times.items()}
    rows = [(part, f"{means[part]:.2f} ms", f"{percentile(times[part], 95):.2f} ms") for part in times]
    rows.append(("store and the rest", f"{whole - sum(means.values()):.2f} ms", ""))
    return (*rows, ("whole turn, parse cached", f"{whole:.2f} ms", ""))


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

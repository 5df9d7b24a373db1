"""``yuanwen evaluate``: the project's own questions, put to the assistant as it stands in the working folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app import Core, open_core
from bot.curation.evaluation import report
from bot.curation.evaluation.asking import Asked, ask_all
from bot.curation.evaluation.questions import Question, chosen, read_questions
from bot.curation.publish import read_for_publishing
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import TryLater
from bot.settings import ROOT, Settings, read_settings

NLU_PATIENCE = 120.0  # seconds that a server of our own may take to load


def evaluate(
    kind: Annotated[
        list[str] | None, typer.Option(help="only this kind of question; may be repeated")
    ] = None,
    split: Annotated[str | None, typer.Option(help="only dev or test")] = None,
    failures: Annotated[int, typer.Option(help="print so many failures, with their trace")] = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write everything to this file too")
    ] = None,
    nlu_urls: Annotated[str | None, typer.Option(help="Rasa servers to use, comma-separated")] = None,
    questions: Annotated[Path, typer.Option(help="folder of the questions")] = ROOT / "tests" / "questions",
) -> None:
    """Ask the evaluation questions and report what is right. The knowledge is that of the folder, not of a database."""
    settings = _with_servers(read_settings(), nlu_urls)
    wanted = chosen(read_questions(questions), kind or (), split)
    knowledge = read_for_publishing(settings.knowledge_dir)
    began = time.perf_counter()
    asked = asyncio.run(_ask(settings, knowledge, wanted))
    print(f"{len(asked)} questions in {time.perf_counter() - began:.0f} s; {report.understood_by(asked)}")
    for table in report.report_tables(asked, knowledge):
        print("", *table.lines(), sep="\n")
    if failures:
        print("", *report.failure_lines(asked, failures), sep="\n")
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        data = report.as_data(asked, knowledge)
        json_file.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _with_servers(settings: Settings, urls: str | None) -> Settings:
    if not urls:
        return settings
    return settings.model_copy(update={"nlu_urls": tuple(url.strip() for url in urls.split(","))})


async def _ask(
    settings: Settings, knowledge: KnowledgeSet, questions: Sequence[Question]
) -> tuple[Asked, ...]:
    async with _core(settings, knowledge) as core:
        return await ask_all(core.assistant, questions, _progress(len(questions)))


@contextlib.asynccontextmanager
async def _core(settings: Settings, knowledge: KnowledgeSet) -> AsyncIterator[Core]:
    """An assistant with a throw-away database, once Rasa understands."""
    with tempfile.TemporaryDirectory(prefix="yuanwen-") as folder:
        async with open_core(settings, f"sqlite:///{Path(folder) / 'evaluation.db'}", knowledge) as core:
            if core.supervisor is None and not settings.nlu_urls:
                raise TryLater("no trained model to evaluate: run 'yuanwen train' first")
            if core.supervisor is not None:
                try:
                    await asyncio.wait_for(core.supervisor.ready.wait(), NLU_PATIENCE)
                except TimeoutError:
                    raise TryLater("Rasa did not start in time: see var/log/rasa.log") from None
            yield core


def _progress(total: int) -> Callable[[int], None]:
    """Counts on standard error, where somebody watches it."""

    def tell(done: int) -> None:
        if done % 25 == 0 or done == total:
            print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return tell if sys.stderr.isatty() else lambda _: None

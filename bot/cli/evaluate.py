"""``yuanwen evaluate``: the project's own questions, put to the assistant as it stands in the working folder."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot.app import Core, build_minds, open_core
from bot.cli.ready import make_ready
from bot.clock import WallClock
from bot.curation.evaluation import gate, report
from bot.curation.evaluation.asking import Asked, ask_all
from bot.curation.evaluation.calibrate import calibration_lines
from bot.curation.evaluation.calibration import subjects_of
from bot.curation.evaluation.cross_validation import Pipeline, RasaTests, side_by_side, stolen
from bot.curation.evaluation.overlap import taken
from bot.curation.evaluation.questions import Question, chosen, read_questions
from bot.curation.evaluation.rehearsal import Rehearsal, parses_of
from bot.curation.evaluation.safety import findings
from bot.curation.evaluation.sampling import write_sample
from bot.curation.language_files import read_lexicon
from bot.curation.publish import read_for_publishing
from bot.curation.template_files import read_templates
from bot.dialogue.wording import Wording
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import TryLater
from bot.nlu.child_environment import child_environment
from bot.nlu.models import rasa_python
from bot.nlu.supervisor import RASA_ENVIRONMENT
from bot.settings import ROOT, Settings, read_settings

QUESTIONS: Final = ROOT / "tests" / "questions"
NLU_PATIENCE: Final = 120.0  # seconds that a server of our own may take to load


def evaluate(
    kind: Annotated[
        list[str] | None, typer.Option(help="only this kind of question; may be repeated")
    ] = None,
    split: Annotated[str | None, typer.Option(help="only dev or test")] = None,
    failures: Annotated[int, typer.Option(help="print so many failures, with their trace")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="write everything to this file")] = None,
    nlu_urls: Annotated[str | None, typer.Option(help="Rasa servers to use, comma-separated")] = None,
    questions: Annotated[Path, typer.Option(help="folder of the questions")] = QUESTIONS,
    write_gate: Annotated[bool, typer.Option("--write-gate", help="raise the floors to the figures")] = False,
    cross_validate: Annotated[
        bool, typer.Option("--cross-validate", help="only cross-validate the pipeline on its training data")
    ] = False,
    stock: Annotated[
        bool, typer.Option("--stock", help="with --cross-validate: stock DIET too (slow)")
    ] = False,
    folds: Annotated[int, typer.Option(min=2, help="with --cross-validate: folds")] = 5,
    sample: Annotated[int, typer.Option(min=0, help="with --cross-validate: so many sentences (0: all)")] = 0,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="fit link weights, try bounds (minutes)")
    ] = False,
) -> None:
    """Ask the evaluation questions and report what is right. The knowledge is that of the folder, not of a database.

    Fails when a figure falls more than a point below its floor in gate.yaml, when a staff fact reaches the public,
    when a number is made up, or when a question has become something that the assistant learns from.
    """
    settings = _with_servers(read_settings(), nlu_urls)
    if cross_validate:
        _cross_validate(settings, folds, sample, stock=stock)
        return
    all_questions = read_questions(questions)
    make_ready(settings)
    wanted = chosen(all_questions, kind or (), split)
    knowledge = read_for_publishing(settings.knowledge_dir)
    began = time.perf_counter()
    asked = asyncio.run(_ask(settings, knowledge, wanted))
    print(f"{len(asked)} questions in {time.perf_counter() - began:.0f} s; {report.understood_by(asked)}")
    _print_report(asked, knowledge, failures)
    _write_json(json_file or settings.var_dir / "evaluation" / "last.json", report.as_data(asked, knowledge))
    sound = _print_checks(settings, asked, all_questions, knowledge)
    below = [] if split else _judge_by_gate(asked, questions / "gate.yaml", write_gate)
    if calibrate:
        print("", *_calibration(settings, knowledge, asked), sep="\n")
    if below or not sound:
        raise typer.Exit(1)


def _print_report(asked: Sequence[Asked], knowledge: KnowledgeSet, failures: int) -> None:
    for table in report.report_tables(asked, knowledge):
        print("", *table.lines(), sep="\n")
    if failures:
        print("", *report.failure_lines(asked, failures), sep="\n")


def _print_checks(
    settings: Settings, asked: Sequence[Asked], questions: Sequence[Question], knowledge: KnowledgeSet
) -> bool:
    """What holds whatever was asked. True when nothing leaked, was made up, or was learnt from."""
    found = findings(asked, knowledge, read_templates(settings.knowledge_dir).sources)
    print("", *found.lines(), sep="\n")
    lessons = taken(questions, settings.rasa_dir / "data", knowledge)
    print(f"{len(lessons)} questions are also learnt from", *(f"  {lesson}" for lesson in lessons), sep="\n")
    return found.safe and not lessons


def _cross_validate(settings: Settings, folds: int, sample: int, *, stock: bool) -> None:
    project, out = settings.rasa_dir, settings.var_dir / "evaluation"
    data = project / "data"
    if sample:
        write_sample(data, out / "sample", sample)
        data = out / "sample"
    # A server is held to one thread, so that its neighbours have the others; a training may have them all.
    variables = {name: value for name, value in RASA_ENVIRONMENT.items() if not name.endswith("_THREADS")}
    tests = RasaTests(rasa_python(project), project, data, out, child_environment(variables))
    pipelines = [Pipeline("shipped", "config.yml")]
    pipelines += [Pipeline("stock-diet", "configs/stock-diet.yml")] if stock else []
    found = [(pipeline, tests.cross_validate(pipeline, folds)) for pipeline in pipelines]
    print(*side_by_side(found, folds).lines(), sep="\n")
    for pipeline in pipelines:
        print("", *stolen(pipeline.name, tests.mistakes(pipeline)).lines(), sep="\n")


def _judge_by_gate(asked: Sequence[Asked], path: Path, write: bool) -> list[str]:
    """Prints what fell below its floor, and raises the floors if told to."""
    floors, now = gate.read_gate(path), gate.figures(asked)
    below = list(gate.fallen(now, floors))
    print(f"{len(below)} figures below their floors", *(f"  {line}" for line in below), sep="\n")
    if write:
        gate.write_gate(path, gate.raised(now, floors))
    return below


def _calibration(settings: Settings, knowledge: KnowledgeSet, asked: Sequence[Asked]) -> Iterator[str]:
    revision = Revision(1, "", WallClock().now())
    minds = build_minds(knowledge, revision, read_lexicon(settings.knowledge_dir))
    wording = Wording(read_templates(settings.knowledge_dir))
    rehearsal = Rehearsal(minds, wording, parses_of(asked))
    return calibration_lines(rehearsal, [each.question for each in asked], subjects_of(knowledge))


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _with_servers(settings: Settings, urls: str | None) -> Settings:
    if not urls:
        return settings
    return settings.model_copy(update={"nlu_urls": tuple(url.strip() for url in urls.split(","))})


async def _ask(
    settings: Settings, knowledge: KnowledgeSet, questions: Sequence[Question]
) -> tuple[Asked, ...]:
    async with evaluation_core(settings, knowledge) as core:
        return await ask_all(core.assistant, questions, _progress(len(questions)))


@contextlib.asynccontextmanager
async def evaluation_core(settings: Settings, knowledge: KnowledgeSet) -> AsyncIterator[Core]:
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

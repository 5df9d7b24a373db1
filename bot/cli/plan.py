"""``yuanwen plan``: the approvals of a project, in which order and how long by law."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.plan_supplement import supplement
from bot.cli.plan_text import plan_lines
from bot.cli.planning import Knowledge, read_json, told_plan, verified
from bot.cli.progress import tell
from bot.clock import WallClock
from bot.curation.template_files import read_templates
from bot.dialogue.plan_words import PlanWords
from bot.dialogue.wording import Wording
from bot.documents.drawer import PlanDrawer
from bot.domain.errors import InvalidInput, NotFound
from bot.domain.plan import Plan
from bot.domain.text import Language
from bot.domain.zone_time import local_day
from bot.planning.fields import read_facts, schema
from bot.planning.planner import make_plan
from bot.planning.seal import plan_to_json
from bot.service.plan_files import KINDS
from bot.settings import read_settings

app = typer.Typer(
    help="The approvals of a project: which, in which order, how long by law, which papers from whom.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
app.command()(supplement)


@app.callback()
def plan(
    context: typer.Context,
    facts: Annotated[str | None, typer.Option(help="JSON file with the facts; - for standard input")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="the whole plan as JSON, as the HTTP interface gives it")
    ] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="the JSON Schema of the facts, and nothing else")
    ] = False,
    files: Annotated[
        Path | None,
        typer.Option(help="folder for the picture, the notification (PDF, xlsx) and the calendar file"),
    ] = None,
    lang: Annotated[Language, typer.Option(help="language of the text and the files")] = Language.ZH,
) -> None:
    """Make the plan of a project, or print what facts there are (--fields)."""
    if context.invoked_subcommand:
        return
    if not fields and facts is None:
        raise InvalidInput("no facts: give --facts FILE (a JSON object), or --fields to see which there are")
    settings = read_settings()
    book = asyncio.run(Knowledge(settings).in_use())
    if fields:
        _print_json(schema(book))
        return
    assert facts is not None
    today = local_day(WallClock().now())
    made = make_plan(book, read_facts(book, read_json(facts)), today)
    wording = Wording(read_templates(settings.knowledge_dir))
    if files is not None:
        _write_files(made, files, PlanDrawer(wording), lang)
    if as_json:
        _print_json({"id": made.id, **plan_to_json(made)})
        return
    words = PlanWords(wording, lang)
    typer.echo("\n".join(plan_lines(made, words)))


@app.command()
def verify(file: Annotated[Path, typer.Argument(help="a plan: JSON, PDF or spreadsheet")]) -> None:
    """Tell whether a file is as it was made, and whether it is a plan of this knowledge. Exits 1 when it is not."""
    if not file.is_file():
        raise NotFound(f"no file {file}: say which plan to verify")
    document = file.read_bytes()
    found = asyncio.run(verified(document, read_settings()))
    typer.echo("\n".join(told_plan(found)))
    if not found.whole:
        raise typer.Exit(1)


def _write_files(plan: Plan, folder: Path, drawer: PlanDrawer, lang: Language) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in KINDS.items():
        path = folder / f"{plan.number}.{name}"
        path.write_bytes(drawer.draw(plan, kind, lang).content)
        tell(str(path))


def _print_json(data: dict[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))

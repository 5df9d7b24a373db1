"""``yuanwen knowledge …``: the curated records, in the folder and in the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.progress import tell
from bot.clock import WallClock
from bot.curation.diff import Change, changes
from bot.curation.export import export_knowledge
from bot.curation.publish import read_for_publishing
from bot.curation.training_data import drift
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import NotFound
from bot.settings import Settings, read_settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import open_database
from bot.storage.migrate import upgrade_to_head

app = typer.Typer(
    help="Check, load, export and compare the curated records; list and switch the revisions in the database.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path | None, typer.Option(help="knowledge folder; BOT_KNOWLEDGE_DIR when missing")]
Number = Annotated[
    int | None, typer.Option("--revision", help="revision in the database; the active one when missing")
]


@app.command()
def check(folder: Folder = None) -> None:
    """Report all problems of the folder at once, as FILE:LINE: CODE: MESSAGE. Exits 1 when there are any."""
    from bot.curation.checks import check_knowledge
    from bot.curation.yaml_files import read_knowledge

    settings = read_settings()
    place = folder or settings.knowledge_dir
    if not place.is_dir():
        raise NotFound(f"no folder {place}: say where the knowledge files are")
    files = read_knowledge(place)
    problems = check_knowledge(files, WallClock().now().date())
    problems += drift(files.knowledge, settings.rasa_dir / "data" / "generated")
    for problem in problems:
        typer.echo(problem)
    summary = (
        f"{len(files.knowledge.records)} records, {len(problems) or 'no'} problem{'s'[: len(problems) != 1]}"
    )
    typer.echo(summary, err=bool(problems))
    if problems:
        raise typer.Exit(1)


@app.command()
def load(
    folder: Folder = None,
    note: Annotated[str, typer.Option(help="what this revision is, for those who list them")] = "knowledge/",
) -> None:
    """Put the folder's records into the database as a new revision and make it active, all at once or not at all."""
    settings = read_settings()
    knowledge = read_for_publishing(folder or settings.knowledge_dir)
    revision, was = asyncio.run(_load(settings, knowledge, note))
    if was is not None and was.number == revision.number:
        typer.echo(f"revision {revision.number} is the same and active already: nothing to do")
        return
    typer.echo(f"revision {revision.number} is active: {len(knowledge.records)} records")
    tell("a running assistant takes it up within 5 seconds")


async def _load(settings: Settings, knowledge: KnowledgeSet, note: str) -> tuple[Revision, Revision | None]:
    async with _store(settings) as store:
        was = await store.active()
        return await store.publish(knowledge, note), was


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="a new or empty folder")], revision: Number = None
) -> None:
    """Write a revision of the database out as files that load as the same knowledge."""
    title, knowledge = asyncio.run(_read(read_settings(), revision))
    written = export_knowledge(knowledge, folder, f"Exported from {title}.")
    typer.echo(f"{title}: {len(knowledge.records)} records in {len(written)} files under {folder}")


@app.command()
def diff(folder: Folder = None, revision: Number = None) -> None:
    """Show what loading the folder would change, record by record and field by field."""
    settings = read_settings()
    new = read_for_publishing(folder or settings.knowledge_dir)
    title, old = asyncio.run(_read(settings, revision))
    found = changes(old, new)
    for change in found:
        typer.echo(change)
    typer.echo(f"{title} → folder: {_counted(found)}" if found else f"the folder equals {title}", err=True)


@app.command("list")
def list_() -> None:
    """List the revisions in the database, oldest first; the active one has a star."""
    asyncio.run(_list(read_settings()))


async def _list(settings: Settings) -> None:
    async with _store(settings) as store:
        active = await store.active()
        revisions = await store.revisions()
    if active is None or not revisions:
        raise NotFound("no revision is loaded: run 'yuanwen knowledge load'")
    for each in revisions:
        star = "*" if each.number == active.number else " "
        typer.echo(f"{star} {each.number:4} {each.created_at:%Y-%m-%d %H:%M}Z {each.digest[:12]} {each.note}")


@app.command()
def switch(number: Annotated[int, typer.Argument(help="the revision to make active")]) -> None:
    """Make another stored revision the active one. A running assistant takes it up within 5 seconds."""
    revision = asyncio.run(_switch(read_settings(), number))
    typer.echo(f"revision {revision.number} is active")


async def _switch(settings: Settings, number: int) -> Revision:
    async with _store(settings) as store:
        return await store.switch(number)


async def _read(settings: Settings, number: int | None) -> tuple[str, KnowledgeSet]:
    """A revision's title and knowledge. Raises NotFound."""
    async with _store(settings) as store:
        if number is None:
            active = await store.active()
            if active is None:
                raise NotFound("no revision is loaded: run 'yuanwen knowledge load'")
            number = active.number
        return f"revision {number}", await store.load(number)


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[CatalogueStore]:
    await upgrade_to_head(settings.database)
    engine = open_database(settings.database)
    try:
        yield CatalogueStore(engine, WallClock())
    finally:
        await engine.dispose()


def _counted(found: tuple[Change, ...]) -> str:
    return ", ".join(
        f"{sum(change.what == what for change in found)} {what}" for what in ("added", "changed", "removed")
    )

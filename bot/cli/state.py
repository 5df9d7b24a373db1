"""What is active: the database, the knowledge in it and in the folder, the NLU servers, the settings."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

from pydantic import SecretStr

from bot.cli.findings import Finding, missing, note, ok
from bot.clock import WallClock
from bot.curation.checks import check_knowledge
from bot.curation.publish import hindrances
from bot.curation.training_data import drift
from bot.curation.yaml_files import KnowledgeFiles, read_knowledge
from bot.domain.catalogue import Revision
from bot.domain.errors import YuanwenError
from bot.domain.shapes import digest_of
from bot.nlu.probe import servers_alive
from bot.settings import Settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import open_database
from bot.storage.layout import layout_of, newest_layout, shown_url


def settings_in_use(settings: Settings) -> Iterator[Finding]:
    """Every setting that is not as by default; secrets are only said to be set."""
    given = sorted(settings.model_fields_set)
    if not given:
        yield ok("settings", "all as by default")
    for name in given:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            shown = "set"
        elif name == "database_url":
            shown = shown_url(value)
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        yield ok(f"BOT_{name.upper()}", shown)


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers and has the tables of this version."""
    shown = shown_url(settings.database)
    try:
        layout = layout_of(settings.database)
    except YuanwenError as error:
        yield missing("database", f"{shown}: {error}", "see BOT_DATABASE_URL")
        return
    if layout is None:
        yield note("database", f"{shown}: no tables yet", "the first 'yuanwen run' makes them")
    elif layout == newest_layout():
        yield ok("database", f"{shown}, layout {layout}")
    elif layout < newest_layout():
        yield note("database", f"{shown}, layout {layout}", f"the next start brings it to {newest_layout()}")
    else:
        mend = "start the version that made it, or restore a backup"
        yield missing("database", f"{shown}, layout {layout} of a newer version", mend)


def knowledge(settings: Settings) -> Iterator[Finding]:
    """The revision in use, the folder's state, and whether the two are the same."""
    if not settings.knowledge_dir.is_dir():
        yield missing("knowledge folder", f"no folder {settings.knowledge_dir}", "see BOT_KNOWLEDGE_DIR")
        return
    files = read_knowledge(settings.knowledge_dir)
    yield _folder(files)
    active = asyncio.run(_active(settings))
    if active is None:
        yield note("knowledge in use", "no revision yet", "the first 'yuanwen run' loads the folder")
    elif active.digest == digest_of(files.knowledge):
        yield ok("knowledge in use", f"revision {active.number}, the same as the folder")
    else:
        mend = "run 'yuanwen knowledge diff' to see how, 'yuanwen knowledge load' to take the folder's"
        yield note("knowledge in use", f"revision {active.number}, not the same as the folder", mend)
    if any(drift(files.knowledge, settings.rasa_dir / "data" / "generated")):
        mend = "run 'yuanwen train'; until then new names are found, but not yet learnt from"
        yield note("names for training", "not as in the knowledge folder", mend)


def _folder(files: KnowledgeFiles) -> Finding:
    size = f"{len(files.knowledge.records)} records"
    mend = "run 'yuanwen knowledge check'"
    if found := hindrances(files):
        return missing("knowledge folder", f"{size}, {len(found)} problems forbid loading", mend)
    if found := check_knowledge(files, WallClock().now().date()):
        return note("knowledge folder", f"{size}, {len(found)} problems", mend)
    return ok("knowledge folder", f"{size}, no problem")


async def _active(settings: Settings) -> Revision | None:
    try:
        if layout_of(settings.database) is None:
            return None
    except YuanwenError:
        return None
    database = open_database(settings.database)
    try:
        return await CatalogueStore(database, WallClock()).active()
    finally:
        await database.dispose()


def nlu_servers(settings: Settings) -> Iterator[Finding]:
    """The servers of the settings; without any the bot starts its own."""
    if not settings.nlu_urls:
        yield ok("NLU servers", "none set: the assistant starts and watches its own")
        return
    for url, alive in asyncio.run(servers_alive(settings.nlu_urls, WallClock())).items():
        if alive:
            yield ok("NLU server", f"{url} answers")
        else:
            yield missing("NLU server", f"{url} does not answer", "start it, or correct BOT_NLU_URLS")


def port(settings: Settings) -> Iterator[Finding]:
    """Whether something listens where the assistant would."""
    host, number = settings.http_host, settings.http_port
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = number != 0 and probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", number)) == 0  # noqa: S104
    text = "something listens (the assistant, when it runs)" if taken else "free"
    yield ok(f"port {number}", text)

"""What ``yuanwen plan`` needs of the knowledge: the one in use, an earlier one, and whether a file is a plan of it."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.clock import WallClock
from bot.curation.publish import read_for_publishing
from bot.documents.sealing import read_seal
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import InvalidInput
from bot.domain.plan import Plan
from bot.domain.shapes import digest_of
from bot.planning.book import PlanningBook
from bot.planning.planner import make_plan
from bot.planning.seal import is_whole, plan_from_json
from bot.settings import Settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import Database, open_database
from bot.storage.layout import is_current
from bot.storage.unit_of_work import SqlUnitsOfWork

ID_DIGITS = 32
STANDARD_INPUT = "-"


class Knowledge:
    """The rules of planning, from the configured database; from the folder when that has none yet."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def in_use(self) -> PlanningBook:
        """The active revision's rules. Raises NotFound or InvalidInput."""
        async with self._database() as database:
            if database is not None:
                store = CatalogueStore(database, WallClock())
                if active := await store.active():
                    return _book(await store.load(active.number), active)
        knowledge = read_for_publishing(self._settings.knowledge_dir)
        # The number that it gets when it is loaded, so that the plan is then the same.
        return _book(knowledge, Revision(1, digest_of(knowledge), WallClock().now()))

    async def of_digest(self, digest: str) -> PlanningBook | None:
        """The rules of a stored revision with this digest; of the folder when it has the same; None when nobody has them."""
        async with self._database() as database:
            if database is not None:
                store = CatalogueStore(database, WallClock())
                for revision in await store.revisions():
                    if revision.digest == digest:
                        return _book(await store.load(revision.number), revision)
        knowledge = read_for_publishing(self._settings.knowledge_dir)
        if digest_of(knowledge) == digest:
            return _book(knowledge, Revision(1, digest, WallClock().now()))
        return None

    async def stored(self, plan_id: str) -> Plan | None:
        """A plan that the assistant made and kept."""
        async with self._database() as database:
            if database is None:
                return None
            async with SqlUnitsOfWork(database, WallClock())(reading=True) as work:
                return await work.plans.read(plan_id)

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[Database | None]:
        """The database when it is there and current; nothing is made or migrated for a look."""
        if not await is_current(self._settings.database):
            yield None
            return
        database = open_database(self._settings.database)
        try:
            yield database
        finally:
            await database.dispose()


def _book(knowledge: KnowledgeSet, revision: Revision) -> PlanningBook:
    return PlanningBook.of(knowledge, revision)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of a file. ``whole``: it is as it was made.

    ``follows``: the plan is what its facts and its knowledge give (None: that knowledge is not here). ``kept``: it is stored here.
    """

    sort: Literal["json", "pdf", "xlsx"]
    number: str
    seal: str
    whole: bool
    follows: bool | None = None
    kept: bool = False


async def verified(document: bytes, settings: Settings) -> Verified:
    """Raises InvalidInput for a file that is no plan at all."""
    knowledge = Knowledge(settings)
    if document[:4] in (b"%PDF", b"PK\x03\x04"):
        file = read_seal(document)
        kept = await knowledge.stored(file.seal[:ID_DIGITS])
        same = kept is not None and kept.seal == file.seal
        return Verified(file.sort, file.number, file.seal, file.intact, await _follows(kept, knowledge), same)
    plan = plan_in(document)
    kept = await knowledge.stored(plan.id)
    whole = is_whole(plan)
    return Verified(
        "json",
        plan.number,
        plan.seal,
        whole,
        await _follows(plan, knowledge) if whole else None,
        kept == plan,
    )


def plan_in(document: bytes) -> Plan:
    """The plan of a JSON file, with or without its id. Raises InvalidInput."""
    try:
        data = json.loads(document)
    except (ValueError, RecursionError):
        raise InvalidInput("no plan: give a JSON, PDF or spreadsheet file as it was made") from None
    if not isinstance(data, dict) or "seal" not in data:
        raise InvalidInput("no plan: this JSON has no seal")
    identifier = data.pop("id", None)
    plan = plan_from_json(data)
    if identifier is not None and identifier != plan.id:
        raise InvalidInput("this plan was changed: its id is not that of its seal")
    return plan


async def _follows(plan: Plan | None, knowledge: Knowledge) -> bool | None:
    """Whether the plan is made again, word for word, from its facts. None when the knowledge it was made from is not here."""
    if plan is None:
        return None
    book = await knowledge.of_digest(plan.digest)
    if book is None or book.revision.number != plan.revision:
        return None
    return make_plan(book, plan.facts, plan.made_on) == plan


def told_plan(found: Verified) -> list[str]:
    """What to say of it."""
    lines = [f"plan {found.number}, seal {found.seal}"]
    if not found.whole:
        return [*lines, "NOT as it was made: the file was changed, or is not complete"]
    lines.append("as it was made")
    if found.follows is not None:
        lines.append(
            "the plan that its facts give by the knowledge it names"
            if found.follows
            else "BUT not the plan that its facts give by the knowledge it names: made by another version, or forged"
        )
    elif not found.kept:
        why = "its knowledge is not in this database, and it" if found.sort == "json" else "its plan"
        lines.append(f"{why} is not kept here: nothing more can be said")
    if found.kept:
        lines.append("kept in this database")
    return lines


def read_json(file: str) -> object:
    """The facts of a file (- for standard input); they may stand under ``facts``, as in the HTTP interface. Raises InvalidInput."""
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidInput(f"{file}: cannot be read ({why}): give a JSON file with the facts") from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file}: not JSON ({str(error)[:100]})") from None
    return data["facts"] if isinstance(data, dict) and set(data) == {"facts"} else data

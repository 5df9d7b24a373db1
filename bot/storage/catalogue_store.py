"""The knowledge base in the database: whole revisions, one of them active. A revision never changes once stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import Conflict, NotFound
from bot.domain.shapes import (
    SECTIONS,
    digest_of,
    identifier,
    knowledge_of,
    plain,
    read_value,
    section_of,
    values_of,
)
from bot.domain.text import Audience
from bot.ports import Clock
from bot.storage.database import Database
from bot.storage.tables import active_revision, records, reference_values, revisions


class CatalogueStore:
    """Stores revisions and says which one is active. Its work is done in threads: a revision is large."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def publish(self, knowledge: KnowledgeSet, note: str = "") -> Revision:
        """Stores a new revision and makes it the active one, in one transaction.

        Knowledge equal to the active revision's is not stored again: that revision comes back.
        """
        return await self._database.run(
            lambda connection: _publish(connection, knowledge, note, self._clock.now())
        )

    async def publish_if_new(self, knowledge: KnowledgeSet, note: str = "") -> Revision | None:
        """For every start: publishes what the database never had, and None otherwise.

        A revision that somebody switched back from is not made active again by a restart.
        """
        digest = await asyncio.to_thread(digest_of, knowledge)
        if any(revision.digest == digest for revision in await self.revisions()):
            return None
        return await self.publish(knowledge, note)

    async def switch(self, number: int) -> Revision:
        """Makes a stored revision the active one. Raises NotFound."""

        def job(connection: Connection) -> Revision:
            _lock_active(connection)
            revision = _revision(connection, number)
            _activate(connection, number, self._clock.now())
            return revision

        return await self._database.run(job)

    async def active(self) -> Revision | None:
        """The active revision, or None before the first one."""
        return await self._database.run(_active, reading=True)

    async def revisions(self) -> Sequence[Revision]:
        """All stored revisions, oldest first."""

        def job(connection: Connection) -> list[Revision]:
            return [
                _to_revision(row)
                for row in connection.execute(select(revisions).order_by(revisions.c.number))
            ]

        return await self._database.run(job, reading=True)

    async def load(self, number: int) -> KnowledgeSet:
        """The knowledge of a revision, everything in it. Raises NotFound."""
        return await self._database.run(lambda connection: _load(connection, number), reading=True)

    async def remove(self, number: int) -> None:
        """Forgets an old revision; the active one stays (raises Conflict for it)."""

        def job(connection: Connection) -> None:
            active = _lock_active(connection)
            if active is not None and active.number == number:
                raise Conflict(f"revision {number} is active: switch to another one first")
            connection.execute(delete(revisions).where(revisions.c.number == number))

        await self._database.run(job)


def _publish(connection: Connection, knowledge: KnowledgeSet, note: str, now: datetime) -> Revision:
    digest = digest_of(knowledge)
    active = _lock_active(connection)
    if active is not None and active.digest == digest:
        return active
    last = connection.execute(select(func.max(revisions.c.number))).scalar()
    revision = Revision((last or 0) + 1, digest, now, note)
    values = {"number": revision.number, "created_at": now, "digest": digest, "note": note}
    connection.execute(insert(revisions), values)
    for table, rows in _rows_of(knowledge):
        numbered = [{"revision": revision.number, **row} for row in rows]
        if numbered:
            connection.execute(insert(table), numbered)
    _activate(connection, revision.number, now)
    return revision


def _load(connection: Connection, number: int) -> KnowledgeSet:
    _revision(connection, number)
    stored = connection.execute(select(records.c.content).where(records.c.revision == number))
    contents = [("records", content) for content in stored.scalars()]
    table = reference_values.c
    leaning = connection.execute(
        select(table.section, table.content)
        .where(table.revision == number)
        .order_by(table.section, table.position)
    )
    contents += [(row.section, row.content) for row in leaning]
    return knowledge_of(read_value(section, content) for section, content in contents)


def _active(connection: Connection) -> Revision | None:
    query = select(revisions).join(active_revision, active_revision.c.number == revisions.c.number)
    row = connection.execute(query).one_or_none()
    return None if row is None else _to_revision(row)


def _activate(connection: Connection, number: int, now: datetime) -> None:
    connection.execute(update(active_revision).values(number=number, switched_at=now))


def _lock_active(connection: Connection) -> Revision | None:
    """Keeps other publishers waiting until the transaction ends."""
    number = connection.execute(select(active_revision.c.number).with_for_update()).scalar()
    return None if number is None else _revision(connection, number)


def _revision(connection: Connection, number: int) -> Revision:
    row = connection.execute(select(revisions).where(revisions.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"no revision {number}: list them to see which there are")
    return _to_revision(row)


def _to_revision(row: Row[Any]) -> Revision:
    return Revision(row.number, row.digest, row.created_at, row.note)


def _rows_of(knowledge: KnowledgeSet) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Per table: the rows of a set, without the revision's number."""
    of_records: list[dict[str, Any]] = []
    of_references: list[dict[str, Any]] = []
    position = dict.fromkeys(SECTIONS, 0)
    for value in values_of(knowledge):
        section = section_of(value)
        content = plain(value)
        if section == "records":
            audience = content.get("audience", Audience.PUBLIC.value)
            row = {"kind": content["kind"], "id": content["id"], "audience": audience, "content": content}
            of_records.append(row)
            continue
        of_references.append(
            {"section": section, "position": position[section], "id": identifier(value), "content": content}
        )
        position[section] += 1
    return [(records, of_records), (reference_values, of_references)]

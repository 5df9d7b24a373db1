"""The knowledge base in the database: whole revisions, one of them active. A revision never changes once stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import NotFound
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
from bot.storage.engine import READING
from bot.storage.tables import active_revision, records, reference_values, revisions

_ROWS_AT_ONCE = 500


class CatalogueStore:
    """Stores revisions and says which one is active."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def publish(self, knowledge: KnowledgeSet, note: str = "") -> Revision:
        """Stores a new revision and makes it the active one, in one transaction.

        Knowledge equal to the active revision's is not stored again: that revision comes back.
        """
        rows = await asyncio.to_thread(_rows_of, knowledge)
        digest = await asyncio.to_thread(digest_of, knowledge)
        async with self._engine.begin() as connection:
            active = await _lock_active(connection)
            if active is not None and active.digest == digest:
                return active
            last = (await connection.execute(select(func.max(revisions.c.number)))).scalar()
            revision = Revision((last or 0) + 1, digest, self._clock.now(), note)
            await connection.execute(
                insert(revisions).values(
                    number=revision.number, created_at=revision.created_at, digest=digest, note=note
                )
            )
            for table, values in rows:
                numbered = [{"revision": revision.number, **row} for row in values]
                for start in range(0, len(numbered), _ROWS_AT_ONCE):
                    await connection.execute(insert(table), numbered[start : start + _ROWS_AT_ONCE])
            await self._activate(connection, revision.number)
        return revision

    async def switch(self, number: int) -> Revision:
        """Makes a stored revision the active one. Raises NotFound."""
        async with self._engine.begin() as connection:
            await _lock_active(connection)
            revision = await _revision(connection, number)
            await self._activate(connection, number)
        return revision

    async def publish_if_new(self, knowledge: KnowledgeSet, note: str = "") -> Revision | None:
        """For every start: publishes what the database never had, and None otherwise.

        A revision that somebody switched back from is not made active again by a restart.
        """
        digest = await asyncio.to_thread(digest_of, knowledge)
        if any(revision.digest == digest for revision in await self.revisions()):
            return None
        return await self.publish(knowledge, note)

    async def active(self) -> Revision | None:
        """The active revision, or None before the first one."""
        query = select(revisions).join(active_revision, active_revision.c.number == revisions.c.number)
        async with self._engine.connect() as connection:
            await connection.execution_options(**READING)
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _to_revision(row)

    async def revisions(self) -> Sequence[Revision]:
        """All stored revisions, oldest first."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**READING)
            rows = await connection.execute(select(revisions).order_by(revisions.c.number))
            return [_to_revision(row) for row in rows]

    async def load(self, number: int) -> KnowledgeSet:
        """The knowledge of a revision, everything in it. Raises NotFound."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**READING)
            await _revision(connection, number)
            stored = await connection.execute(select(records.c.content).where(records.c.revision == number))
            contents = [("records", content) for content in stored.scalars()]
            table = reference_values.c
            leaning = await connection.execute(
                select(table.section, table.content)
                .where(table.revision == number)
                .order_by(table.section, table.position)
            )
            contents += [(row.section, row.content) for row in leaning]
        return await asyncio.to_thread(_knowledge_from, contents)

    async def remove(self, number: int) -> None:
        """Forgets an old revision; the active one stays (Raises NotFound for it)."""
        async with self._engine.begin() as connection:
            active = await _lock_active(connection)
            if active is not None and active.number == number:
                raise NotFound(f"revision {number} is active: switch to another one first")
            await connection.execute(delete(revisions).where(revisions.c.number == number))

    async def _activate(self, connection: AsyncConnection, number: int) -> None:
        values = {"number": number, "switched_at": self._clock.now()}
        await connection.execute(update(active_revision).values(**values))


async def _lock_active(connection: AsyncConnection) -> Revision | None:
    """Keeps other publishers waiting until the transaction ends."""
    locked = select(active_revision.c.number).with_for_update()
    number = (await connection.execute(locked)).scalar()
    return None if number is None else await _revision(connection, number)


async def _revision(connection: AsyncConnection, number: int) -> Revision:
    query = select(revisions).where(revisions.c.number == number)
    if (row := (await connection.execute(query)).one_or_none()) is None:
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


def _knowledge_from(contents: list[tuple[str, Any]]) -> KnowledgeSet:
    return knowledge_of(read_value(section, content) for section, content in contents)

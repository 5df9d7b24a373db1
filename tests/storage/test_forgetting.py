"""Forgetting a person reaches every table, also those that are added later; the file keeps no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.messages import Inbound
from bot.ports import AuditEntry, OutboxMessage, TurnRecord
from bot.storage.database import open_database
from bot.storage.tables import metadata
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.contract.values import RESULT
from tests.fakes.clock import FakeClock

# They hold a conversation's number, which tells nothing, and nothing else of the person: a topic is deleted in Telegram
# before its row goes, and an operator looks at another conversation next.
_NUMBER_ONLY = {"desk_topics", "desk_presence"}


def test_whatever_belongs_to_a_conversation_goes_with_it() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name == "conversation_id" and table.name not in _NUMBER_ONLY:
                (key,) = column.foreign_keys
                assert (key.column.table.name, key.ondelete) == ("conversations", "CASCADE"), table.name


async def test_no_trace_is_left_in_the_file(sqlite_url: str) -> None:
    database, clock = open_database(sqlite_url), FakeClock()
    units = SqlUnitsOfWork(database, clock)
    async with units() as work:
        said = Inbound("telegram", "update-777", "chat-4711", "我要问一个很特别的问题")
        accepted = await work.inbox.accept(said, clock.now())
        await work.inbox.decided(accepted.inbound_id, RESULT)
        await work.turns.add(
            TurnRecord(accepted.conversation_id, accepted.inbound_id, said.text, clock.now(), 1, RESULT)
        )
        await work.outbox.append([OutboxMessage(accepted.conversation_id, "echo", {"text": said.text})])
        await work.commit()
    await database.tidy()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    assert "很特别的问题".encode() in file.read_bytes()
    async with units() as work:
        await work.conversations.forget(accepted.conversation_id)
        await work.commit()
    await database.tidy()
    for part in (file, *file.parent.glob(f"{file.name}-*")):
        for trace in ("很特别的问题", "chat-4711", "update-777"):
            assert trace.encode() not in part.read_bytes(), part.name
    await database.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_the_audit_can_be_neither_changed_nor_emptied(
    database: str, change: str, request: pytest.FixtureRequest
) -> None:
    opened = open_database(request.getfixturevalue(f"{database}_url"))
    async with SqlUnitsOfWork(opened, FakeClock())() as work:
        await work.audit.add(AuditEntry("cli:ops", "switch.off", why="a wrong answer"))
        await work.commit()
    with pytest.raises(DBAPIError, match="only ever added to"):
        await opened.run(lambda connection: connection.execute(text(change)))
    await opened.dispose()

"""What the database refuses is told without what a person wrote."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import StatementError

from bot.ports import OutboxMessage
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_an_error_does_not_repeat_what_was_to_be_stored(
    database: str, request: pytest.FixtureRequest
) -> None:
    opened = open_database(request.getfixturevalue(f"{database}_url"))
    units = SqlUnitsOfWork(opened, FakeClock())
    with pytest.raises(StatementError) as failed:  # noqa: PT012 - the unit of work belongs to what fails
        async with units() as work:
            conversation = await work.conversations.id_of("web", "c1")
            odd: dict[str, object] = {"text": "my number is 13800000000", "odd": object()}
            await work.outbox.append([OutboxMessage(conversation, "reply", odd)])
    await opened.dispose()
    assert "13800000000" not in str(failed.value)

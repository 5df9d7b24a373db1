"""The suites here run on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.ports import UnitsOfWork
from bot.storage.database import open_database
from bot.storage.unit_of_work import SqlUnitsOfWork
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(params=["fake", "sqlite", "postgres"])
async def units(request: pytest.FixtureRequest, clock: FakeClock) -> AsyncIterator[UnitsOfWork]:
    if request.param == "fake":
        yield FakeUnitsOfWork(clock)
        return
    database = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield SqlUnitsOfWork(database, clock)
    await database.dispose()

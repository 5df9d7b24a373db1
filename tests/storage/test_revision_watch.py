"""A running bot takes up a new revision by itself, and keeps the old one when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import NotFound
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import open_database
from bot.storage.revision_watch import RevisionWatch
from tests.fakes.clock import FakeClock
from tests.storage.test_catalogue_store import knowledge

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def store(sqlite_url: str) -> AsyncIterator[CatalogueStore]:
    database = open_database(sqlite_url)
    yield CatalogueStore(database, FakeClock())
    await database.dispose()


def build(knowledge: KnowledgeSet, revision: Revision) -> tuple[int, int]:
    return revision.number, len(knowledge.records)


async def until(true: Callable[[], bool]) -> None:
    """Lets other tasks run until something is so; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for knows nothing of an event
            await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def running(watch: RevisionWatch[tuple[int, int]]) -> AsyncIterator[None]:
    task = asyncio.create_task(watch.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_before_the_first_load_there_is_nothing(store: CatalogueStore) -> None:
    watch = RevisionWatch(store, build, FakeClock())
    assert await watch.refresh() is False
    with pytest.raises(NotFound, match="knowledge load"):
        watch.current()


async def test_a_new_revision_and_a_switch_back_are_taken_up(store: CatalogueStore) -> None:
    clock = FakeClock()
    watch = RevisionWatch(store, build, clock, every=2.0)
    await store.publish(knowledge("old"))
    assert await watch.refresh() is True
    assert await watch.refresh() is False
    async with running(watch):
        await store.publish(knowledge("new"))
        await until(lambda: clock.sleepers == 1)
        assert watch.current() == (1, 7)
        clock.advance(2)
        await until(lambda: watch.current() == (2, 7))
        await store.switch(1)
        await until(lambda: clock.sleepers == 1)
        clock.advance(2)
        await until(lambda: watch.current() == (1, 7))
    assert watch.revision.number == 1


async def test_it_builds_beside_the_event_loop(store: CatalogueStore) -> None:
    await store.publish(knowledge())
    threads: list[threading.Thread] = []

    def noting(_: KnowledgeSet, revision: Revision) -> Revision:
        threads.append(threading.current_thread())
        return revision

    await RevisionWatch(store, noting, FakeClock()).refresh()
    assert threads[0] is not threading.main_thread()


async def test_a_revision_that_cannot_be_used_leaves_the_old_one_and_is_told_once(
    store: CatalogueStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    tries: list[int] = []

    def picky(knowledge: KnowledgeSet, revision: Revision) -> tuple[int, int]:
        tries.append(revision.number)
        if revision.number == 2:
            raise ValueError("cannot be used")
        return build(knowledge, revision)

    watch = RevisionWatch(store, picky, clock)
    await store.publish(knowledge("old"))
    await watch.refresh()
    await store.publish(knowledge("bad"))
    with caplog.at_level(logging.ERROR, "bot.storage.revision_watch"):
        async with running(watch):
            for number in (2, 3):
                await until(lambda: clock.sleepers == 1)
                clock.advance(2)
                await until(lambda wanted=number: len(tries) == wanted)  # type: ignore[misc]
            assert watch.current() == (1, 7)
            await store.publish(knowledge("good"))
            await until(lambda: clock.sleepers == 1)
            clock.advance(2)
            await until(lambda: watch.current() == (3, 7))
    assert len(caplog.records) == 1


async def test_what_is_built_for_a_day_is_built_anew_when_the_day_is_over(store: CatalogueStore) -> None:
    clock = FakeClock()
    built = []

    def for_today(_: KnowledgeSet, revision: Revision) -> tuple[int, int]:
        built.append(clock.now().day)
        return revision.number, clock.now().day

    await store.publish(knowledge())
    watch = RevisionWatch(store, for_today, clock, stale=lambda value: value[1] != clock.now().day)
    assert await watch.refresh() is True
    assert await watch.refresh() is False
    clock.advance(86_400)
    assert await watch.refresh() is True
    assert await watch.refresh() is False
    assert built == [clock.now().day - 1, clock.now().day]

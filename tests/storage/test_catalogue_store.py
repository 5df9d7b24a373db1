"""Revisions are stored whole, switched at once and come back equal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import Conflict, NotFound
from bot.domain.shapes import digest_of, knowledge_of
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import Database, open_database
from tests import knowledge_values as make
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    database = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    await database.dispose()


@pytest.fixture
def store(database: Database) -> CatalogueStore:
    return CatalogueStore(database, FakeClock())


def knowledge(name: str = "Committee") -> KnowledgeSet:
    """One value of every section; ``name`` makes the difference between two sets."""
    references: dict[str, dict[str, Any]] = {
        "laws": {"id": "act", "name": make.both("the act"), "gist": make.both("rules"), "checked": False},
        "contact_points": {
            "id": "hotline", "name": make.both("12345"), "use": make.both("when unsure"), "basis": make.both("national"),
        },
        "ambiguous_names": {"name": "committee", "candidates": ["body/committee"], "default": "body/committee"},
        "subjects": {"id": "lights", "members": ["matter/street-lights", "concept/term"]},
        "cautions": {"id": "c-1", "text": make.both("no promises")},
        "law_changes": {"id": "l-1", "change": make.both("a new code"), "source": make.both("the code")},
    }  # fmt: skip
    records = [
        make.body(name=make.both(name), marks={"functions": {"as_of": "2022", "checked": False}}),
        make.matter(),
        make.procedure(),
        make.park(figure={"number": 157.48, "unit": make.both("km²")}),
        make.mechanism(audience="staff"),
        make.concept(),
        make.pathway(),
    ]
    values = [make.value(record) for record in records]
    return knowledge_of(values + [make.value(data, section) for section, data in references.items()])


async def test_before_the_first_load_nothing_is_active(store: CatalogueStore) -> None:
    assert await store.active() is None
    assert await store.revisions() == []
    with pytest.raises(NotFound):
        await store.load(1)


async def test_what_is_published_comes_back_equal_and_active(store: CatalogueStore) -> None:
    revision = await store.publish(knowledge(), "first")
    assert await store.active() == revision
    assert (revision.number, revision.note, revision.digest) == (1, "first", digest_of(knowledge()))
    assert await store.load(1) == knowledge()


async def test_publishing_the_same_again_makes_no_revision(store: CatalogueStore) -> None:
    first = await store.publish(knowledge())
    assert await store.publish(knowledge(), "again") == first
    assert [revision.number for revision in await store.revisions()] == [1]


async def test_switching_back_and_forth(store: CatalogueStore) -> None:
    old = await store.publish(knowledge("old"))
    new = await store.publish(knowledge("new"))
    assert await store.active() == new
    assert await store.switch(old.number) == old
    assert await store.active() == old
    assert await store.load(new.number) == knowledge("new")
    with pytest.raises(NotFound):
        await store.switch(3)
    assert await store.active() == old


async def test_content_seen_before_becomes_a_new_revision_after_another(store: CatalogueStore) -> None:
    await store.publish(knowledge("old"))
    await store.publish(knowledge("new"))
    assert (await store.publish(knowledge("old"))).number == 3


async def test_a_restart_does_not_undo_a_switch_back(store: CatalogueStore) -> None:
    old = await store.publish_if_new(knowledge("old"))
    assert old is not None
    await store.publish_if_new(knowledge("new"))
    await store.switch(old.number)
    assert await store.publish_if_new(knowledge("new")) is None
    assert await store.active() == old


async def test_several_publishers_at_once(store: CatalogueStore) -> None:
    await asyncio.gather(*(store.publish(knowledge(f"n{number % 2}")) for number in range(4)))
    stored = await store.revisions()
    assert [revision.number for revision in stored] == list(range(1, len(stored) + 1))
    assert await store.active() == stored[-1]


async def test_a_failed_load_changes_nothing(store: CatalogueStore) -> None:
    first = await store.publish(knowledge())
    broken = knowledge("x" * 10)
    record = make.value(make.concept(identifier="term"))
    twice = KnowledgeSet(
        {**broken.records, **{type(ref)(ref.kind, "other"): record for ref in list(broken.records)[:1]}}
    )
    with pytest.raises(Exception, match=r"(?i)unique"):  # two rows of one id
        await store.publish(twice)
    assert await store.active() == first
    assert await store.revisions() == [first]


async def test_an_old_revision_can_be_removed_but_not_the_active_one(store: CatalogueStore) -> None:
    await store.publish(knowledge("old"))
    await store.publish(knowledge("new"))
    await store.remove(1)
    assert [revision.number for revision in await store.revisions()] == [2]
    with pytest.raises(Conflict):
        await store.remove(2)
    assert await store.load(2) == knowledge("new")

"""The folder at a start: loaded when it is new to the database, not even read when it is not, never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.curation.publish import read_for_publishing
from bot.curation.seed import FolderSeed, folder_seal
from bot.domain.errors import InvalidInput
from bot.domain.shapes import digest_of
from tests.curation.folders import records
from tests.knowledge_values import body, procedure


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def seed(tmp_path: Path, warnings: list[str]) -> FolderSeed:
    records(tmp_path / "knowledge", body(), procedure())
    return FolderSeed(tmp_path / "knowledge", tmp_path / "cache" / "knowledge.json", warnings.append)


def test_new_knowledge_is_given_until_the_database_has_it(seed: FolderSeed) -> None:
    given = seed(set())
    assert given is not None
    assert seed(set()) == given  # it was not stored after all
    assert seed({digest_of(given), "another"}) is None


def test_an_unchanged_folder_is_not_read_again(seed: FolderSeed) -> None:
    given = seed(set())
    assert given is not None
    before = folder_seal(seed.folder)
    (seed.folder / "records.yaml").touch()
    assert folder_seal(seed.folder) == before
    (seed.folder / "records.yaml").write_text("changed", encoding="utf-8")
    assert folder_seal(seed.folder) != before


def test_a_changed_folder_is_read_again(seed: FolderSeed) -> None:
    given = seed(set())
    assert given is not None
    records(seed.folder, body())
    assert seed({digest_of(given)}) == read_for_publishing(seed.folder)


def test_a_folder_with_mistakes_stops_a_first_start_only(seed: FolderSeed, warnings: list[str]) -> None:
    records(seed.folder, body(), body())
    with pytest.raises(InvalidInput, match="cannot be loaded"):
        seed(set())
    assert seed({"a revision"}) is None
    assert len(warnings) == 1
    assert warnings[0].endswith("the revision in the database stays in use")


@pytest.mark.parametrize("memory", ["", "[]", "{}", '{"seal": 1}', "\udcff"])
def test_a_spoilt_memory_only_costs_time(seed: FolderSeed, memory: str) -> None:
    seed.memory.parent.mkdir()
    seed.memory.write_bytes(memory.encode("utf-8", "surrogateescape"))
    assert seed({"a revision"}) is not None

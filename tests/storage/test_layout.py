"""Which layout a database has, on both databases, without changing anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bot.domain.errors import InvalidInput, TryLater
from bot.storage.layout import is_current, layout_of, newest_layout, shown_url, sqlite_file
from bot.storage.migrate import alembic_config


def test_the_newest_layout_is_the_one_that_the_migrations_lead_to() -> None:
    assert newest_layout() == ScriptDirectory.from_config(alembic_config()).get_current_head()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_database_with_all_tables_is_current(request: pytest.FixtureRequest, kind: str) -> None:
    assert await is_current(request.getfixturevalue(f"{kind}_url"))


async def test_a_database_without_tables_has_no_layout(empty_postgres_url: str, tmp_path: Path) -> None:
    assert layout_of(empty_postgres_url) is None
    assert layout_of(f"sqlite:///{tmp_path}/none.db") is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    assert not await is_current(f"sqlite:///{tmp_path}/empty.db")


def test_a_database_that_does_not_answer_is_tried_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater):
        layout_of(f"postgresql://postgres@/postgres?host={tmp_path}")
    with pytest.raises(InvalidInput):
        layout_of("mysql://x/y")


def test_a_file_that_is_no_database_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all, but text " * 50)
    with pytest.raises(TryLater):
        layout_of(f"sqlite:///{tmp_path}/text.db")


def test_urls_are_shown_without_their_password() -> None:
    assert shown_url("postgresql://bot:secret@host/name") == "postgresql://bot:***@host/name"
    assert sqlite_file("sqlite:////a/b.db") == Path("/a/b.db")
    assert sqlite_file("sqlite:///:memory:") is None
    assert sqlite_file("postgresql://bot@host/name") is None

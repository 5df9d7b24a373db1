"""Statements that the two databases write in different words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_once(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> Any:
    """An INSERT that does nothing when a unique row like it is there; PostgreSQL first waits for whoever inserts it now."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).values(**values).on_conflict_do_nothing()

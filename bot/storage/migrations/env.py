"""Alembic's entry: runs the migrations on the connection that ``migrate`` gives, or on ``-x url=…`` from the command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from bot.storage.engine import open_sync_engine
from bot.storage.migrate import wait_for_turn
from bot.storage.tables import metadata


def run(connection: Connection) -> None:
    """All in one transaction, which the caller began and commits."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.get_x_argument(as_dictionary=True).get("url") or context.config.get_main_option(
        "sqlalchemy.url"
    )
    if not url:
        raise SystemExit("say which database: alembic -c bot/storage/alembic.ini -x url=sqlite:///FILE …")
    engine = open_sync_engine(url)
    with engine.begin() as connection:
        wait_for_turn(connection)
        run(connection)
    engine.dispose()


main()

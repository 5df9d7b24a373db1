"""``yuanwen switch``: silences the assistant everywhere, and lets it speak again."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from bot.clock import WallClock
from bot.domain.errors import InvalidInput
from bot.domain.privacy import mask
from bot.ports import SwitchState, UnitsOfWork
from bot.service.switch import read_switch, turn_switch
from bot.settings import read_settings
from bot.storage.database import open_database
from bot.storage.layout import is_current, shown_url
from bot.storage.unit_of_work import SqlUnitsOfWork

T = TypeVar("T")

app = typer.Typer(help="Silence the assistant everywhere, and let it speak again.", no_args_is_help=True)
_Reason = Annotated[str, typer.Option("--reason", help="why; kept in the audit")]


@app.command()
def off(reason: _Reason) -> None:
    """Every replica answers with a set notice from now on, within two seconds. People who are talked to by staff notice nothing."""
    if not reason.strip():
        raise InvalidInput("--reason is empty: say in a few words why the assistant is switched off")
    asyncio.run(_turn(off=True, reason=mask(reason.strip())))
    print("switched off: every replica says so within two seconds; 'yuanwen switch on' lets it speak again")


@app.command()
def on(reason: _Reason = "") -> None:
    """The assistant answers again."""
    asyncio.run(_turn(off=False, reason=mask(reason.strip())))
    print("switched on: every replica answers again within two seconds")


@app.command()
def status() -> None:
    """Whether it is on or off; why, since when and by whom."""
    print(_told(asyncio.run(_with_units(read_switch))))


def _told(state: SwitchState) -> str:
    told = "off" if state.off else "on"
    if state.at is None:
        return told
    since = f"{told} since {state.at:%Y-%m-%d %H:%M:%S} UTC, by {state.actor}"
    return f"{since}: {state.reason}" if state.reason else since


async def _turn(*, off: bool, reason: str) -> None:
    actor = f"cli:{getpass.getuser()}"
    await _with_units(lambda units: turn_switch(units, WallClock(), off=off, actor=actor, reason=reason))


async def _with_units(work: Callable[[UnitsOfWork], Awaitable[T]]) -> T:
    """Works on the configured database. Raises InvalidInput when no assistant has ever run on it."""
    url = read_settings().database
    if not await is_current(url):
        raise InvalidInput(
            f"no assistant of this version has run on {shown_url(url)}: start it, or see BOT_DATABASE_URL"
        )
    database = open_database(url)
    try:
        return await work(SqlUnitsOfWork(database, WallClock()))
    finally:
        await database.dispose()

"""``yuanwen staff``: the zone's own people, their one-time codes, and their end."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, TypeVar

import typer

from bot.app import secret_key
from bot.clock import WallClock
from bot.domain.catalogue import KnowledgeSet
from bot.domain.errors import InvalidInput
from bot.domain.privacy import mask
from bot.domain.records import Kind
from bot.domain.staff import Account, Role, StaffPerson
from bot.domain.zone_time import ZONE_TIME
from bot.service.staff_access import StaffAccess
from bot.service.staff_codes import Codes
from bot.settings import Settings, read_settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import Database, open_database
from bot.storage.layout import is_current, shown_url
from bot.storage.unit_of_work import SqlUnitsOfWork

T = TypeVar("T")

app = typer.Typer(help="The zone's own people: who they are, how they get in.", no_args_is_help=True)
_Person = Annotated[str, typer.Argument(help="the person's id: small letters, digits, hyphens")]


@app.command()
def add(
    person: _Person,
    name: Annotated[str, typer.Option(help="how colleagues know them; never shown to the public")],
    role: Annotated[list[Role] | None, typer.Option(help="repeat for several")] = None,
    office: Annotated[list[str] | None, typer.Option(help="id of a body; repeat for several")] = None,
    until: Annotated[str, typer.Option(help="last day, as 2027-06-30; for good when missing")] = "",
) -> None:
    """Adds a person. They get in with a code: see 'invite'."""
    now = WallClock().now()
    roles = frozenset(role or [Role.STAFF])
    new = StaffPerson(person, name.strip(), roles, frozenset(office or ()), now, _end_of(until))

    async def work(access: StaffAccess, database: Database) -> None:
        await access.add(_actor(), new, await _bodies(database))

    _run(work)
    print(
        f"added {person}: {', '.join(sorted(roles))}. 'yuanwen staff invite {person}' gives a one-time code"
    )


@app.command()
def invite(person: _Person) -> None:
    """Prints a one-time code: for '/link CODE' in a private chat with the bot, or for the sign-in page."""
    code, ends = _run(lambda access, _: access.invite(_actor(), person))
    print(code)
    shown = ends.astimezone(ZONE_TIME)
    page = f"{(read_settings().public_url or '').rstrip('/')}/desk/login"
    told = f"holds until {shown:%H:%M:%S} (Beijing time), works once: '/link {code}' to the bot, or at {page}"
    typer.echo(told, err=True)


@app.command("list")
def list_(
    everybody: Annotated[bool, typer.Option("--all", help="also who is revoked or expired")] = False,
) -> None:
    """Prints who is there: id, roles, offices, where they are linked, until when."""
    now = WallClock().now()
    for person, accounts in _run(lambda access, _: access.everybody()):
        if everybody or person.active(now):
            print(_line(person, accounts, now))


@app.command()
def revoke(person: _Person, reason: Annotated[str, typer.Option(help="why; kept in the audit")] = "") -> None:
    """Ends everything of a person at once: linked chats, sessions, open codes. The id is never given again."""
    _run(lambda access, _: access.revoke(_actor(), person, mask(reason.strip())))
    print(f"revoked {person}: signed out everywhere, nothing is answered to them as staff any more")


@app.command("reset-factor")
def reset_factor(person: _Person) -> None:
    """Takes the second factor away from somebody whose device is lost; they sign in with a new code."""
    _run(lambda access, _: access.remove_second_factor(_actor(), person))
    print(f"{person} has no second factor now, and is signed out everywhere")


def _line(person: StaffPerson, accounts: object, now: datetime) -> str:
    state = "" if person.active(now) else "  REVOKED" if person.revoked_at else "  EXPIRED"
    linked = ", ".join(_shown(each) for each in accounts) if isinstance(accounts, list | tuple) else ""
    last = person.expires_at and (person.expires_at - timedelta(seconds=1)).astimezone(ZONE_TIME)
    ends = f"  until {last:%Y-%m-%d}" if last else ""
    factor = "  second factor" if person.totp_salt else ""
    return (
        f"{person.id}  {person.name}  {','.join(sorted(person.roles))}  {','.join(sorted(person.offices)) or '-'}"
        f"{'  ' + linked if linked else ''}{factor}{ends}{state}"
    )


def _shown(account: Account) -> str:
    """An account without the number that would name the person elsewhere."""
    return f"{account.channel} …{account.name[-3:]}"


def _end_of(day: str) -> datetime | None:
    """The end of a day in the zone. Raises InvalidInput."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZONE_TIME)
    except ValueError:
        raise InvalidInput(f"--until {day}: a day is written as 2027-06-30") from None


def _actor() -> str:
    return f"cli:{getpass.getuser()}"


async def _bodies(database: Database) -> set[str] | None:
    """The ids that an office may have; None while no knowledge is loaded."""
    store = CatalogueStore(database, WallClock())
    active = await store.active()
    if active is None:
        return None
    knowledge: KnowledgeSet = await store.load(active.number)
    return {ref.id for ref in knowledge.records if ref.kind is Kind.BODY}


def _run(work: Callable[[StaffAccess, Database], Awaitable[T]]) -> T:
    return asyncio.run(_with_access(read_settings(), work))


async def _with_access(settings: Settings, work: Callable[[StaffAccess, Database], Awaitable[T]]) -> T:
    """Works on the configured database. Raises InvalidInput when no assistant has ever run on it."""
    url = settings.database
    if not await is_current(url):
        raise InvalidInput(
            f"no assistant of this version has run on {shown_url(url)}: start it, or see BOT_DATABASE_URL"
        )
    database = open_database(url)
    try:
        clock = WallClock()
        access = StaffAccess(SqlUnitsOfWork(database, clock), clock, Codes(secret_key(settings)))
        return await work(access, database)
    finally:
        await database.dispose()

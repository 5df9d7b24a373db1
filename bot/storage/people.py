"""The zone's own people in the database, and the accounts that they write from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, select, update

from bot.domain.errors import Conflict, NotFound
from bot.domain.staff import Account, Role, StaffPerson
from bot.storage.database import Transaction
from bot.storage.statements import given, insert_of, parameters
from bot.storage.tables import staff_accounts, staff_people

_P: Final = staff_people.c
_A: Final = staff_accounts.c
# Asked for every message that comes in: prepared once.
_OF_ACCOUNT: Final = (
    select(staff_people)
    .join(staff_accounts, _A.person == _P.id)
    .where(_A.channel == given(_A.channel), _A.name == given(_A.name))
)


class SqlPeople:
    """See the port ``People``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, person: StaffPerson) -> None:
        """Raises Conflict when the id was ever given."""
        new = insert_of(self._transaction.dialect, staff_people).on_conflict_do_nothing()
        added = await self._transaction.execute(new, {"id": person.id, **_row(person)})
        if added.rowcount != 1:
            raise Conflict(f"the id {person.id} was given before")

    async def save(self, person: StaffPerson) -> None:
        """Raises NotFound."""
        saved = update(staff_people).where(_P.id == person.id).values(**_row(person))
        if (await self._transaction.execute(saved)).rowcount != 1:
            raise NotFound(f"nobody has the id {person.id}")

    async def find(self, person: str) -> StaffPerson | None:
        """The person with this id."""
        row = (await self._transaction.execute(select(staff_people).where(_P.id == person))).first()
        return _person(row) if row else None

    async def everybody(self) -> Sequence[StaffPerson]:
        """All people, by id."""
        rows = await self._transaction.execute(select(staff_people).order_by(_P.id))
        return [_person(row) for row in rows]

    async def of_account(self, account: Account) -> StaffPerson | None:
        """Whoever writes from an account."""
        asked = parameters(channel=account.channel, name=account.name)
        row = (await self._transaction.execute(_OF_ACCOUNT, asked)).first()
        return _person(row) if row else None

    async def link(self, account: Account, person: str, at: datetime) -> None:
        """One row an account: whosesoever it was, it is this person's now."""
        values = {"channel": account.channel, "name": account.name, "person": person, "linked_at": at}
        new = insert_of(self._transaction.dialect, staff_accounts)
        changed = {"person": person, "linked_at": at}
        await self._transaction.execute(
            new.on_conflict_do_update(index_elements=["channel", "name"], set_=changed), values
        )

    async def unlink(self, person: str) -> int:
        """Gives how many accounts were linked."""
        gone = delete(staff_accounts).where(_A.person == person)
        return int((await self._transaction.execute(gone)).rowcount)

    async def accounts(self, person: str) -> Sequence[Account]:
        """The accounts of a person."""
        query = select(_A.channel, _A.name).where(_A.person == person).order_by(_A.channel, _A.name)
        return [Account(row.channel, row.name) for row in await self._transaction.execute(query)]


def _row(person: StaffPerson) -> dict[str, Any]:
    return {
        "name": person.name, "roles": sorted(person.roles), "offices": sorted(person.offices),
        "added_at": person.added_at, "expires_at": person.expires_at, "revoked_at": person.revoked_at,
        "totp_salt": person.totp_salt, "totp_step": person.totp_step,
    }  # fmt: skip


def _person(row: Row[Any]) -> StaffPerson:
    return StaffPerson(
        row.id, row.name, frozenset(map(Role, row.roles)), frozenset(row.offices), row.added_at, row.expires_at,
        row.revoked_at, row.totp_salt, row.totp_step,
    )  # fmt: skip

"""What the use cases around the zone's own people need from storage: people, their accounts, and what lets them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.cases import BoundaryCase, CaseFilter, Draft
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.staff import Account, Invite, StaffPerson, StaffSession


class People(Protocol):
    """The zone's own people and the accounts that they write from. An account belongs to one person at most."""

    async def add(self, person: StaffPerson) -> None:
        """A new person. Raises Conflict when the id was ever given."""
        ...

    async def save(self, person: StaffPerson) -> None:
        """Everything about a person as it is now. Raises NotFound."""
        ...

    async def find(self, person: str) -> StaffPerson | None:
        """The person with this id, active or not."""
        ...

    async def everybody(self) -> Sequence[StaffPerson]:
        """All people, active or not, by id."""
        ...

    async def of_account(self, account: Account) -> StaffPerson | None:
        """Whoever writes from an account, active or not."""
        ...

    async def link(self, account: Account, person: str, at: datetime) -> None:
        """The account is this person's from now on, whosesoever it was."""
        ...

    async def unlink(self, person: str) -> int:
        """No account is this person's any more; gives how many were."""
        ...

    async def accounts(self, person: str) -> Sequence[Account]:
        """The accounts of a person."""
        ...


class Keys(Protocol):
    """What lets people in: invites, web sessions, known browsers; and how often somebody tried in vain."""

    async def invite(self, invite: Invite) -> None: ...
    async def open_invites(self, now: datetime) -> Sequence[Invite]: ...
    async def use(self, digest: str, at: datetime) -> bool:
        """Compare-and-set: of several that use an invite at once, one gets True."""
        ...

    async def withdraw(self, person: str, at: datetime) -> int:
        """Ends all open invites of a person."""
        ...

    async def open_session(self, session: StaffSession) -> None: ...
    async def session(self, digest: str) -> StaffSession | None: ...
    async def end(self, digest: str, at: datetime) -> None: ...
    async def end_all(self, person: str, at: datetime) -> int:
        """Ends every session and known browser of a person; gives how many were open."""
        ...

    async def failed(self, who: str, at: datetime) -> None:
        """Somebody (a hash of an address, an account or a person) tried in vain."""
        ...

    async def failures(self, who: str, since: datetime) -> int: ...
    async def tidy(self, before: datetime) -> None:
        """Forgets attempts, and invites and sessions that ended, before then."""
        ...


class Cases(Protocol):
    """Boundary cases."""

    async def add(self, case: BoundaryCase) -> None: ...
    async def get(self, number: str) -> BoundaryCase:
        """Raises NotFound."""
        ...

    async def save(self, case: BoundaryCase) -> BoundaryCase:
        """The case with its new version. Raises Conflict when somebody else saved it since it was read."""
        ...

    async def listed(self, wanted: CaseFilter, limit: int) -> Sequence[BoundaryCase]:
        """The cases that fit, those due first."""
        ...


class Drafts(Protocol):
    """Drafts of the knowledge."""

    async def add(self, draft: Draft) -> Draft:
        """The draft with its number."""
        ...

    async def get(self, draft_id: int) -> Draft:
        """Raises NotFound."""
        ...

    async def end(self, draft: Draft) -> None:
        """The draft is published or rejected. Raises Conflict when it was so before."""
        ...

    async def listed(self, state: str, limit: int) -> Sequence[Draft]:
        """The drafts of a state (any, when empty), newest first."""
        ...


class Asked(Protocol):
    """How often matters were asked about."""

    async def counts(self, since: datetime) -> Sequence[tuple[str, int]]:
        """Records (KIND/ID) with how many turns since then used them."""
        ...


class Revisions(Protocol):
    """The knowledge, revision by revision."""

    async def active(self) -> Revision | None: ...
    async def load(self, number: int) -> KnowledgeSet: ...
    async def publish(self, knowledge: KnowledgeSet, note: str = "") -> Revision: ...

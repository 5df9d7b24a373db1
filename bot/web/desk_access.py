"""Who is at the desk: a session of the zone's own people, with the right for the route; changes only with the session's own token.

The session stands in a cookie that scripts cannot read and other sites cannot send; whoever changes something also sends the
header ``X-CSRF-Token``, which only a page of ours can know.
"""

from __future__ import annotations

import hmac
from typing import Final, Protocol

from aiohttp import web

from bot.domain.staff import Right, Role, StaffPerson
from bot.service.operator_desk import Operator
from bot.web.errors import ApiError

COOKIE: Final = "yuanwen_staff"
CSRF: Final = "X-CSRF-Token"


class Sessions(Protocol):
    """Whose session a token is."""

    async def person_of(self, token: str) -> StaffPerson | None: ...


class Csrf(Protocol):
    """The token that goes with a session."""

    def csrf(self, token: str) -> str: ...


class DeskAccess:
    """Lets operators in."""

    def __init__(self, sessions: Sessions, codes: Csrf) -> None:
        self._sessions = sessions
        self._codes = codes

    async def operator(self, request: web.Request) -> Operator:
        """Who asks. Raises ApiError: 401 without a session, 403 without the right, or for a change without the token."""
        token = request.cookies.get(COOKIE, "")
        person = await self._sessions.person_of(token) if token else None
        if person is None:
            raise ApiError(401, "unauthorized", "sign in first")
        if not person.may(Right.CONVERSE):
            raise ApiError(403, "forbidden", "only operators may do that")
        if request.method not in ("GET", "HEAD"):
            given = request.headers.get(CSRF, "")
            if not hmac.compare_digest(given.encode(), self._codes.csrf(token).encode()):
                raise ApiError(403, "forbidden", "the page is out of date: load it again")
        everywhere = Role.ADMINISTRATOR in person.roles or not person.offices
        return Operator(person.id, person.name, None if everywhere else person.offices)

    def csrf(self, request: web.Request) -> str:
        """The token that the page sends with changes."""
        return self._codes.csrf(request.cookies.get(COOKIE, ""))

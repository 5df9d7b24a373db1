"""Whose request it is at the desk: by a signed cookie or a bearer token, asked of the storage each time.

A request that changes something and comes with the cookie must carry the session's CSRF word, from a page of this site. The
cookie is never read by scripts and never sent from another site's page.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.domain.messages import Inbound
from bot.domain.staff import Right, StaffPerson
from bot.domain.text import Audience
from bot.service.recognise import STAFF_PAGE
from bot.service.staff_access import DEVICE_LASTS, SESSION_LASTS, SignedIn, StaffAccess
from bot.web.desk_access import COOKIE, CSRF
from bot.web.errors import ApiError

KNOWN: Final = "yuanwen_known"
_BEARER: Final = "Bearer "
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffGate:
    """Lets the zone's people through. ``secure``: cookies go over HTTPS only."""

    def __init__(self, access: StaffAccess, *, secure: bool = False) -> None:
        self.access = access
        self._secure = secure

    async def person(self, request: web.Request) -> StaffPerson | None:
        """Who is signed in, as long as the request comes from no other site's page."""
        token = self.token(request)
        if not token or (not _bearer(request) and not same_site(request)):
            return None
        return await self.access.person_of(token)

    async def need(self, request: web.Request, right: Right, csrf: str = "") -> StaffPerson:
        """Who is signed in and may. Raises ApiError: 401 nobody is, 403 not allowed or without the CSRF word.

        ``csrf``: the word as a form sent it; programs send it as a header.
        """
        person = await self.person(request)
        if person is None:
            raise ApiError(401, "unauthorized", "please sign in")
        if request.method not in _SAFE and not _bearer(request):
            word = csrf or request.headers.get(CSRF, "")
            if not hmac.compare_digest(word.encode(), self.csrf(request).encode()):
                raise ApiError(403, "forbidden", "the page is too old: load it again")
        if not person.may(right):
            raise ApiError(403, "forbidden", "not allowed")
        return person

    def token(self, request: web.Request) -> str:
        """The session's token; empty without one."""
        return _bearer(request) or request.cookies.get(COOKIE, "")

    def csrf(self, request: web.Request) -> str:
        """The word that this session's forms carry."""
        return self.access.codes.csrf(self.token(request))

    def sign_in(self, response: web.StreamResponse, signed: SignedIn) -> None:
        """Sets the cookies of a session that was just opened."""
        self._set(response, COOKIE, signed.token, int(SESSION_LASTS.total_seconds()), "/")
        if signed.device:
            self._set(response, KNOWN, signed.device, int(DEVICE_LASTS.total_seconds()), "/desk")

    def sign_out(self, response: web.StreamResponse) -> None:
        """Takes the session's cookie away; the browser stays known."""
        response.del_cookie(COOKIE, path="/")

    def _set(self, response: web.StreamResponse, name: str, value: str, seconds: int, path: str) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path=path, httponly=True, secure=self._secure, samesite="Strict"
        )

    # -- on the chat page -------------------------------------------------------------------------------------

    async def spoken_in(self, request: web.Request, conversation: str) -> str:
        """Where a signed-in person's messages are kept: a conversation that nobody without the session can name."""
        person = await self.person(request)
        return f"{STAFF_PAGE}{person.id}.{conversation}" if person else conversation

    async def spoken(self, request: web.Request, message: Inbound) -> Inbound:
        """A posted message as a signed-in person's; as it is for everybody else."""
        person = await self.person(request)
        if person is None:
            return message
        kept_in = f"{STAFF_PAGE}{person.id}.{message.conversation}"
        identifier = message.external_id.removeprefix(f"{message.conversation}:")
        return replace(
            message, conversation=kept_in, external_id=f"{kept_in}:{identifier}", sender=person.id,
            audience=Audience.STAFF,
        )  # fmt: skip


def same_site(request: web.Request) -> bool:
    """False when a browser says that another site's page sends the request.

    ``Sec-Fetch-Site`` comes first: a form of a page without referrer sends ``Origin: null`` even to its own site.
    """
    if (said := request.headers.get("Sec-Fetch-Site")) is not None:
        return said in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _bearer(request: web.Request) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix(_BEARER).strip() if header.startswith(_BEARER) else ""

"""``/desk/login``, ``/desk/factor``, ``/desk/logout``, ``/desk/me``: in, a second factor, out, and who one is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pyotp
from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.staff import Right
from bot.service.staff_access import Attempt, SecondFactorNeeded, TooManyTries
from bot.web.addresses import client_address
from bot.web.desk_pages import DeskPages
from bot.web.desk_session import KNOWN, StaffGate, same_site
from bot.web.errors import ApiError, Malformed
from bot.web.options import Options

_LONGEST: Final = 200
_HOME: Final = "/desk/coverage"


class DeskLogin:
    """The routes' handlers. Forms get pages, JSON gets JSON."""

    def __init__(self, gate: StaffGate, pages: DeskPages, options: Options) -> None:
        self._gate = gate
        self._pages = pages
        self._options = options

    async def page(self, request: web.Request) -> web.Response:
        """``GET /desk/login``."""
        return self._login(request)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """``POST /desk/login``: ``code`` and, where it is set up, ``totp``; a known browser needs ``totp`` only."""
        if not same_site(request):
            raise ApiError(403, "forbidden", "not from another site's page")
        fields, form = await _fields(request)
        address = client_address(request, self._options.trusted_proxies)
        device = request.cookies.get(KNOWN, "")
        attempt = Attempt(address, fields.get("code", ""), fields.get("totp", ""), device)
        try:
            signed = await self._gate.access.sign_in(attempt)
        except TooManyTries as error:
            return self._refused(request, form, 429, "too_many", error)
        except SecondFactorNeeded as error:
            return self._refused(request, form, 401, "factor_needed", error, fields.get("code", ""))
        except Refused as error:
            return self._refused(request, form, 401, "not_valid", error)
        csrf = self._gate.access.codes.csrf(signed.token)
        response: web.Response
        if form:
            next_page = _HOME if signed.person.totp_salt else "/desk/factor"
            response = web.Response(status=303, headers={"Location": next_page, "Cache-Control": "no-store"})
        else:
            response = _json({"person": signed.person.id, "token": signed.token, "csrf": csrf})
        self._gate.sign_in(response, signed)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        """``POST /desk/logout``."""
        fields, form = await _fields(request)
        await self._gate.need(request, Right.LOOK_UP, fields.get("csrf", ""))
        await self._gate.access.sign_out(self._gate.token(request))
        response = web.Response(status=303, headers={"Location": "/desk/login"}) if form else _json({})
        self._gate.sign_out(response)
        return response

    async def me(self, request: web.Request) -> web.Response:
        """``GET /desk/me``: id, name, roles, offices, rights, and the CSRF word."""
        person = await self._gate.need(request, Right.LOOK_UP)
        return _json(
            {
                "person": person.id,
                "name": person.name,
                "roles": sorted(person.roles),
                "offices": sorted(person.offices),
                "rights": sorted(person.rights),
                "second_factor": bool(person.totp_salt),
                "csrf": self._gate.csrf(request),
            }
        )

    # -- the second factor ------------------------------------------------------------------------------------

    async def factor_page(self, request: web.Request) -> web.Response:
        """``GET /desk/factor``: the secret for an authenticator, once; skipped where it is set up."""
        person = await self._gate.need(request, Right.LOOK_UP)
        if person.totp_salt:
            raise web.HTTPSeeOther(_HOME)
        return self._factor(request, person.id)

    async def set_factor(self, request: web.Request) -> web.Response:
        """``POST /desk/factor``: the code that shows that the authenticator has it."""
        fields, _ = await _fields(request)
        person = await self._gate.need(request, Right.LOOK_UP, fields.get("csrf", ""))
        try:
            salt = fields.get("salt", "")
            signed = await self._gate.access.set_second_factor(person.id, salt, fields.get("totp", ""))
        except TooManyTries:
            return self._factor(request, person.id, 429, "too_many")
        except Refused:
            return self._factor(request, person.id, 401, "factor_wrong")
        await self._gate.access.sign_out(self._gate.token(request))
        response = web.Response(status=303, headers={"Location": _HOME, "Cache-Control": "no-store"})
        self._gate.sign_in(response, signed)
        return response

    def _factor(
        self, request: web.Request, person: str, status: int = 200, problem: str = ""
    ) -> web.Response:
        salt, secret = self._gate.access.new_second_factor()
        shown = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        uri = pyotp.TOTP(secret).provisioning_uri(name=person, issuer_name="Yuanwen")
        return self._pages.render(
            request, "factor", status, salt=salt, secret=shown, uri=uri, problem=problem,
            csrf=self._gate.csrf(request), home=_HOME,
        )  # fmt: skip

    def _login(
        self, request: web.Request, status: int = 200, problem: str = "", code: str = ""
    ) -> web.Response:
        known = bool(request.cookies.get(KNOWN))
        return self._pages.render(request, "login", status, problem=problem, known=known, code=code)

    def _refused(
        self, request: web.Request, form: bool, status: int, problem: str, error: Refused, code: str = ""
    ) -> web.Response:
        if form:
            return self._login(request, status, problem, code)
        if status == 429:
            raise ApiError(429, "too_many_requests", str(error), retry_after=900)
        raise ApiError(401, problem if problem == "factor_needed" else "unauthorized", str(error))


async def _fields(request: web.Request) -> tuple[Mapping[str, str], bool]:
    """The posted fields, and whether a form sent them."""
    if request.content_type == "application/json":
        try:
            data: Any = json.loads((await request.read()).decode())
        except (ValueError, RecursionError):
            raise Malformed("body", "not valid JSON in UTF-8") from None
        if not isinstance(data, dict):
            raise Malformed("body", "a JSON object is expected")
        return {str(key): str(value)[:_LONGEST] for key, value in data.items()}, False
    posted = await request.post()
    return {key: value[:_LONGEST] for key, value in posted.items() if isinstance(value, str)}, True


def _json(value: Any) -> web.Response:
    return web.json_response(value, headers={"Cache-Control": "no-store"})

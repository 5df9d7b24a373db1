"""``/api/v1/plans``: facts in, the plan out; and the plan again by its id."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from aiohttp import web

from bot.domain.errors import InvalidInput, NotFound
from bot.domain.plan import Plan
from bot.planning.seal import plan_to_json
from bot.web.addresses import client_address
from bot.web.errors import ApiError, Malformed
from bot.web.limits import Gate
from bot.web.options import Options

_ID: Final = re.compile(r"[0-9a-f]{32}")
_PRIVATE: Final = {"Cache-Control": "no-store"}


class Planner(Protocol):
    """What the routes need of planning."""

    def fields(self) -> dict[str, Any]: ...
    async def make(self, facts: object) -> Plan: ...
    async def find(self, plan_id: str) -> Plan: ...


class Plans:
    """The handlers."""

    def __init__(self, planner: Planner, gate: Gate, options: Options) -> None:
        self._planner = planner
        self._gate = gate
        self._options = options

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Makes and keeps the plan of the facts in the body: the facts themselves, or under ``facts``."""
        return await self._made(request, facts_in(await _read(request)))

    async def get(self, request: web.Request) -> web.StreamResponse:
        """A plan that was made before."""
        self._gate.read(client_address(request, self._options.trusted_proxies))
        plan = await self._planner.find(plan_id(request))
        return _answer(request, {"id": plan.id, **plan_to_json(plan)})

    async def get_new(self, request: web.Request) -> web.StreamResponse:
        """The plan of the facts in the query (``?project_type=new&floor_area=20000``); without any, the JSON Schema of the facts."""
        if request.query:
            return await self._made(request, {name: _told(text) for name, text in request.query.items()})
        self._gate.read(client_address(request, self._options.trusted_proxies))
        return _answer(request, self._planner.fields())

    async def _made(self, request: web.Request, facts: object) -> web.StreamResponse:
        self._gate.plan(client_address(request, self._options.trusted_proxies))
        try:
            plan = await self._planner.make(facts)
        except InvalidInput as error:
            raise ApiError(400, "invalid_request", str(error)) from None
        except NotFound as error:
            raise ApiError(503, "unavailable", str(error), retry_after=60) from None
        return _answer(request, {"id": plan.id, **plan_to_json(plan)})


def plan_id(request: web.Request) -> str:
    """The id in the address. Raises Malformed."""
    identifier = request.match_info["plan"]
    if not _ID.fullmatch(identifier):
        raise Malformed("plan id", "32 hexadecimal digits, as the plan was given out with")
    return identifier


def facts_in(data: object) -> object:
    """The facts of a body. ``{"facts": {…}}`` and the facts alone are both understood."""
    if isinstance(data, Mapping) and set(data) == {"facts"}:
        return data["facts"]
    return data


def _told(text: str) -> object:
    """A value of the query: true, false, null and numbers as in JSON, anything else as it is written."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, list | dict | str) else value


async def _read(request: web.Request) -> object:
    body = await request.read()
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("body", "must be JSON in UTF-8") from None


def _answer(request: web.Request, data: Mapping[str, Any]) -> web.Response:
    response = web.json_response(
        data, headers=_PRIVATE, dumps=lambda value: json.dumps(value, ensure_ascii=False)
    )
    response.enable_compression()
    return response

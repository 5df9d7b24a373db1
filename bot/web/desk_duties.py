"""Duties at the desk: the matrix out and in, coverage, boundary cases, drafts. JSON, but for the sheet and one page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.domain.cases import BoundaryCase, CaseDecision, CaseFilter, CaseState, Draft
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.errors import InvalidInput
from bot.domain.records import Record
from bot.domain.staff import Right
from bot.domain.zone_time import local_day
from bot.ports import Clock
from bot.service.boundary_cases import BoundaryCases
from bot.service.coverage import CoverageReport
from bot.service.drafts import DraftDesk
from bot.staff_ports import Revisions
from bot.web.desk_pages import DeskPages
from bot.web.desk_session import StaffGate
from bot.web.errors import ApiError, Malformed

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST: Final = 2 * 1024 * 1024
_DECISION: Final = TypeAdapter(CaseDecision)
_CATEGORIES: Final = ("invest", "plan", "approve", "safety", "environment", "urban", "social", "internal")
_SCOPES: Final = (
    "zone-wide", "project-plot", "digital-security-park", "township-area", "built-up-area", "newly-included",
    "county-wide", "internal",
)  # fmt: skip


class Sheet(Protocol):
    """What an edited matrix says."""

    @property
    def matters(self) -> tuple[Record, ...]: ...
    @property
    def problems(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Curating:
    """What only the curation can do: sheets, and telling differences as lines."""

    write: Callable[[KnowledgeSet, Revision], bytes]
    read: Callable[[bytes, KnowledgeSet], Sheet]
    difference: Callable[[KnowledgeSet, KnowledgeSet], list[str]]


@dataclass(frozen=True, slots=True)
class Duties:
    """The use cases behind the routes."""

    cases: BoundaryCases
    drafts: DraftDesk
    coverage: CoverageReport
    revisions: Revisions
    curating: Curating
    clock: Clock


class DeskDuties:
    """The routes' handlers."""

    def __init__(self, gate: StaffGate, pages: DeskPages, duties: Duties) -> None:
        self._gate = gate
        self._pages = pages
        self._duties = duties

    # -- the matrix -------------------------------------------------------------------------------------------

    async def matrix(self, request: web.Request) -> web.Response:
        """``GET /desk/responsibilities.xlsx``."""
        await self._gate.need(request, Right.SEE_MATRIX)
        revision, knowledge = await self._active()
        data = await asyncio.to_thread(self._duties.curating.write, knowledge, revision)
        name = f"responsibilities-{revision.number}.xlsx"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Content-Type": XLSX,
        }
        return web.Response(body=data, headers=headers)

    async def take_matrix(self, request: web.Request) -> web.Response:
        """``POST /desk/responsibilities.xlsx``: the edited sheet as the body → what it changes, and the draft's number."""
        person = await self._gate.need(request, Right.CURATE)
        data = await _body(request)
        _, knowledge = await self._active()
        sheet = await asyncio.to_thread(_said, self._duties.curating.read, data, knowledge)
        if sheet.problems:
            return _json({"draft": None, "problems": list(sheet.problems), "changes": []}, status=400)
        title = f"sheet of {local_day(self._duties.clock.now())}"
        draft = await _plain(self._duties.drafts.make(person, title, "sheet", sheet.matters))
        changes = self._changes(draft) if draft else []
        return _json({"draft": draft.id if draft else None, "problems": [], "changes": changes})

    def _changes(self, draft: Draft) -> list[str]:
        return self._duties.curating.difference(KnowledgeSet.of(draft.before), KnowledgeSet.of(draft.records))

    async def _active(self) -> tuple[Revision, KnowledgeSet]:
        revision = await self._duties.revisions.active()
        if revision is None:
            raise ApiError(404, "not_found", "no knowledge is loaded")
        return revision, await self._duties.revisions.load(revision.number)

    # -- coverage ---------------------------------------------------------------------------------------------

    async def coverage(self, request: web.Request) -> web.Response:
        """``GET /desk/coverage``: the page; asked for JSON, the figures."""
        if await self._gate.person(request) is None and "text/html" in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther("/desk/login")
        person = await self._gate.need(request, Right.SEE_MATRIX)
        found = await self._duties.coverage.read(person)
        if "text/html" not in request.headers.get("Accept", ""):
            rows = [asdict(row) for row in found.rows]
            return _json({"revision": found.revision, "matters": rows})
        csrf = self._gate.csrf(request)
        return self._pages.render(
            request,
            "coverage",
            coverage=found,
            categories=_CATEGORIES,
            scopes=_SCOPES,
            person=person,
            csrf=csrf,
        )

    # -- boundary cases ---------------------------------------------------------------------------------------

    async def cases(self, request: web.Request) -> web.Response:
        """``GET /desk/cases?state=&office=&matter=&overdue=1``."""
        person = await self._gate.need(request, Right.SEE_CASES)
        state = request.query.get("state", "")
        if state and state not in tuple(CaseState):
            raise Malformed("state", f"one of {', '.join(CaseState)}")
        today = local_day(self._duties.clock.now())
        wanted = CaseFilter(
            CaseState(state) if state else None,
            request.query.get("office", ""),
            request.query.get("matter", ""),
            today if request.query.get("overdue") == "1" else None,
        )
        cases = await self._duties.cases.listed(person, wanted)
        return _json({"cases": [_case(case, case.overdue(today)) for case in cases]})

    async def case(self, request: web.Request) -> web.Response:
        """``GET /desk/cases/{number}``."""
        person = await self._gate.need(request, Right.SEE_CASES)
        case = await self._duties.cases.read(person, request.match_info["number"])
        return _json(_case(case, case.overdue(local_day(self._duties.clock.now()))))

    async def decide(self, request: web.Request) -> web.Response:
        """``POST /desk/cases/{number}/decision``: ``lead``, ``basis`` {zh, en}, ``effective_from``, ``support``, ``note``."""
        person = await self._gate.need(request, Right.DECIDE_CASES)
        try:
            decision = _DECISION.validate_json(await request.read())
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise Malformed(".".join(map(str, first["loc"])) or "body", first["msg"]) from None
        number = request.match_info["number"]
        return _json(_case(await _plain(self._duties.cases.decide(person, number, decision)), overdue=False))

    async def close(self, request: web.Request) -> web.Response:
        """``POST /desk/cases/{number}/close``: ``why``."""
        person = await self._gate.need(request, Right.DECIDE_CASES)
        why = await _why(request)
        closed = await _plain(self._duties.cases.close(person, request.match_info["number"], why))
        return _json(_case(closed, overdue=False))

    # -- drafts -----------------------------------------------------------------------------------------------

    async def drafts(self, request: web.Request) -> web.Response:
        """``GET /desk/drafts?state=draft``."""
        person = await self._gate.need(request, Right.CURATE)
        found = await self._duties.drafts.listed(person, request.query.get("state", "draft"))
        return _json({"drafts": [_draft(draft) for draft in found]})

    async def draft(self, request: web.Request) -> web.Response:
        """``GET /desk/drafts/{id}``, with its differences."""
        person = await self._gate.need(request, Right.CURATE)
        draft = await self._duties.drafts.read(person, _number(request))
        return _json({**_draft(draft), "changes": self._changes(draft)})

    async def publish(self, request: web.Request) -> web.Response:
        """``POST /desk/drafts/{id}/publish``: by somebody else than its author."""
        person = await self._gate.need(request, Right.CURATE)
        return _json(_draft(await _plain(self._duties.drafts.publish(person, _number(request)))))

    async def reject(self, request: web.Request) -> web.Response:
        """``POST /desk/drafts/{id}/reject``: ``why``."""
        person = await self._gate.need(request, Right.CURATE)
        why = await _why(request)
        return _json(_draft(await _plain(self._duties.drafts.reject(person, _number(request), why))))


async def _plain(work: Any) -> Any:
    """What is wrong with a staff member's own input is told in its own words: they hold nothing that staff may not see."""
    try:
        return await work
    except InvalidInput as error:
        raise ApiError(400, "invalid_request", str(error)) from None


def _said(read: Callable[[bytes, KnowledgeSet], Sheet], data: bytes, knowledge: KnowledgeSet) -> Sheet:
    try:
        return read(data, knowledge)
    except InvalidInput as error:
        raise ApiError(400, "invalid_request", str(error)) from None


async def _body(request: web.Request) -> bytes:
    """A sheet is larger than any other body: read by itself, up to its own limit."""
    data = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > _LARGEST:
            raise ApiError(413, "too_large", "the sheet is larger than 2 MiB")
    return bytes(data)


async def _why(request: web.Request) -> str:
    try:
        body = json.loads((await request.read()).decode())
    except (ValueError, RecursionError):
        raise Malformed("body", "not valid JSON in UTF-8") from None
    why = body.get("why") if isinstance(body, dict) else None
    if not isinstance(why, str):
        raise Malformed("why", "a text is needed")
    return why


def _number(request: web.Request) -> int:
    text = request.match_info["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("draft", "a number is expected")
    return int(text)


def _case(case: BoundaryCase, overdue: bool) -> dict[str, Any]:
    adapter = TypeAdapter(BoundaryCase)
    data: dict[str, Any] = adapter.dump_python(case, mode="json", exclude={"version", "reminded"})
    return {**data, "overdue": overdue}


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "title": draft.title,
        "source": draft.source,
        "author": draft.author,
        "made_at": draft.made_at.isoformat(),
        "state": draft.state,
        "reviewer": draft.reviewer,
        "why": draft.why,
        "revision": draft.revision,
        "records": [f"{record.kind}/{record.id}" for record in draft.records],
    }


def _json(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers={"Cache-Control": "no-store"})

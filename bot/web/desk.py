"""The operators' desk over HTTP: JSON routes and one event stream under ``/desk/api``. The page is another module's.

Every route needs a session of somebody with the right ``converse`` (401, 403); every POST needs the header ``X-CSRF-Token`` with
the value of ``csrf`` from ``GET /desk/api/queue``. ``?lang=en`` gives names and notes in English (default ``zh``).

    GET  /desk/api/queue                    {"me": {"id", "name"}, "csrf", "cases": [CASE], "present": [{"id", "name", "case"}],
                                             "offices": [{"id", "name"}], "canned": [{"id", "zh", "en"}]}
    GET  /desk/api/recent                   {"cases": [CASE]}            those that are over, newest first
    GET  /desk/api/cases/N                  {"case": CASE, "lines": [LINE], "last": "SEQ.ENTRY", "suggestions": [SUGGESTION]}
    POST /desk/api/cases/N/claim            {}
    POST /desk/api/cases/N/reply            {"text", "message_id"?}      the same message_id again is said once
    POST /desk/api/cases/N/suggestion       {"id", "message_id"?}        sends a curated answer with its sources
    POST /desk/api/cases/N/canned           {"id", "message_id"?}        sends a reply kept ready, in the person's language
    POST /desk/api/cases/N/change           {"message_id", "text"}       what was said before; "text" null takes it back
    POST /desk/api/cases/N/note             {"text"}
    POST /desk/api/cases/N/transfer         {"office"}
    POST /desk/api/cases/N/back             {}                           to the bot
    POST /desk/api/cases/N/close            {}
    POST /desk/api/presence                 {"case": N or null}          every 20 s; gives {"present": […]}
    GET  /desk/api/events?case=N            server-sent events: ``queue`` ({"cases", "present"}) whenever something has changed, and
                                            with ``case`` a ``line`` (LINE) for each new one; its id SEQ.ENTRY resumes (Last-Event-ID)

POST answers are {"case": CASE}; CASE, LINE, SUGGESTION as in ``desk_shapes``. Who loses a race gets 409 with the code ``taken`` and the
name of who was first in ``message``; what the state does not allow gets 409 ``not_possible``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import web

from bot.domain.errors import InvalidInput, NotFound, Refused
from bot.domain.handover import Case, NotAllowed
from bot.domain.text import Language
from bot.ports import Clock
from bot.service.desk_transcript import Line
from bot.service.operator_desk import LONGEST, Operator, OperatorDesk, Taken, Words
from bot.service.suggestions import Suggestions
from bot.web.desk_access import DeskAccess
from bot.web.desk_shapes import case_shape, line_shape, present_shape, suggestion_shape
from bot.web.errors import ApiError, Malformed

_BASE: Final = "/desk/api"
_LOOK_AGAIN: Final = 2.0  # seconds: what other replicas did is found by looking
_HEARTBEAT: Final = 15.0
_NO_STORE: Final = {"Cache-Control": "no-store"}
_STREAM: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}

Act = Callable[[Operator, int, dict[str, Any]], Awaitable[Case]]


class DeskRoutes:
    """The handlers."""

    def __init__(
        self, desk: OperatorDesk, access: DeskAccess, suggestions: Suggestions, clock: Clock
    ) -> None:
        self._desk = desk
        self._access = access
        self._suggestions = suggestions
        self._clock = clock
        self._closing = asyncio.Event()

    def add(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get(f"{_BASE}/queue", self.queue)
        app.router.add_get(f"{_BASE}/recent", self.recent)
        app.router.add_get(f"{_BASE}/events", self.events, allow_head=False)
        app.router.add_post(f"{_BASE}/presence", self.presence)
        app.router.add_get(f"{_BASE}/cases/{{case}}", self.case)
        acts: dict[str, Act] = {
            "claim": self._claim, "reply": self._reply, "suggestion": self._suggestion, "canned": self._canned,
            "change": self._change, "note": self._note, "transfer": self._transfer, "back": self._back,
            "close": self._close,
        }  # fmt: skip
        for name, act in acts.items():
            app.router.add_post(f"{_BASE}/cases/{{case}}/{name}", self._acting(act))
        app.on_shutdown.append(self._close_streams)

    # -- reading ------------------------------------------------------------------------------------------------

    async def queue(self, request: web.Request) -> web.Response:
        """What there is to do, and what the page needs to begin."""
        operator, language = await self._access.operator(request), _language(request)
        offices = self._desk.setup.offices
        answer = {
            "me": {"id": operator.id, "name": operator.name},
            "csrf": self._access.csrf(request),
            **await self._snapshot(operator, language),
            "offices": [{"id": office.id, "name": office.name[language]} for office in offices.offices],
            "canned": [
                {"id": canned.id, "zh": canned.text.zh, "en": canned.text.en} for canned in offices.canned
            ],
        }
        return web.json_response(answer, headers=_NO_STORE)

    async def recent(self, request: web.Request) -> web.Response:
        """What is over."""
        operator, language = await self._access.operator(request), _language(request)
        cases = [self._shape(case, language) for case in await self._desk.recent(operator)]
        return web.json_response({"cases": cases}, headers=_NO_STORE)

    async def case(self, request: web.Request) -> web.Response:
        """One case with all that was said and done."""
        operator, language = await self._access.operator(request), _language(request)
        try:
            case, lines = await self._desk.view(operator, _case_id(request), language)
        except (NotFound, Refused) as error:
            raise _as_answer(error) from error
        said = [line.text for line in lines if line.speaker == "person"][-2:]
        suggestions = await self._suggestions.of(case, said)
        answer = {
            "case": self._shape(case, language),
            "lines": [line_shape(line) for line in lines],
            "last": _mark(_last(lines, (0, 0))),
            "suggestions": [suggestion_shape(each) for each in suggestions],
        }
        return web.json_response(answer, headers=_NO_STORE)

    async def presence(self, request: web.Request) -> web.Response:
        """The operator is there, with a case before them or none."""
        operator = await self._access.operator(request)
        case = (await _body(request)).get("case")
        if case is not None and (not isinstance(case, int) or isinstance(case, bool)):
            raise Malformed("case", "must be a number or null")
        others = await self._desk.see(operator, "" if case is None else str(case))
        return web.json_response({"present": [present_shape(each) for each in others]}, headers=_NO_STORE)

    # -- acting -------------------------------------------------------------------------------------------------

    def _acting(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            operator = await self._access.operator(request)
            case_id, body = _case_id(request), await _body(request)
            try:
                # What was begun is finished, also when the page has gone meanwhile.
                case = await asyncio.shield(asyncio.ensure_future(act(operator, case_id, body)))
            except (Taken, NotAllowed, InvalidInput, NotFound, Refused) as error:
                raise _as_answer(error) from error
            return web.json_response({"case": self._shape(case, _language(request))}, headers=_NO_STORE)

        return handler

    async def _claim(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        return await self._desk.claim(operator, case)

    async def _reply(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        words = Words(_text(body, "text", LONGEST), message_id=_message_id(operator, body))
        return await self._desk.reply(operator, case, words)

    async def _suggestion(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        language = (await self._desk.case(operator, case)).language
        made = self._suggestions.one(_text(body, "id", 64), language)
        words = Words(made.text, sources=made.sources, message_id=_message_id(operator, body))
        return await self._desk.reply(operator, case, words)

    async def _canned(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        wanted = _text(body, "id", 64)
        canned = next((each for each in self._desk.setup.offices.canned if each.id == wanted), None)
        if canned is None:
            raise InvalidInput("there is no such reply")
        language = (await self._desk.case(operator, case)).language
        words = Words(canned.text[language], message_id=_message_id(operator, body))
        return await self._desk.reply(operator, case, words)

    async def _change(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        gone = body.get("text") is None
        text = "" if gone else _text(body, "text", LONGEST)
        words = Words(text, message_id=f"{operator.id}:{_text(body, 'message_id', 100)}")
        return await self._desk.change(operator, case, words, gone=gone)

    async def _note(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        return await self._desk.note(operator, case, _text(body, "text", LONGEST))

    async def _transfer(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        return await self._desk.transfer(operator, case, _text(body, "office", 120))

    async def _back(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        return await self._desk.hand_back(operator, case)

    async def _close(self, operator: Operator, case: int, body: dict[str, Any]) -> Case:
        return await self._desk.close(operator, case)

    # -- the stream ---------------------------------------------------------------------------------------------

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Until the page goes, or the session ends: it is asked for again with every change."""
        operator, language = await self._access.operator(request), _language(request)
        case_id = int(request.query["case"]) if request.query.get("case", "").isdecimal() else None
        after = _place(request.headers.get("Last-Event-ID") or request.query.get("after", "0.0"))
        if case_id is not None:
            try:
                await self._desk.case(operator, case_id)
            except (NotFound, Refused) as error:
                raise _as_answer(error) from error
        response = web.StreamResponse(headers=_STREAM)
        await response.prepare(request)
        before, silent = "", 0.0
        try:
            await response.write(b"retry: 2000\n\n")
            while not self._closing.is_set():
                operator = await self._access.operator(request)
                snapshot = await self._snapshot(operator, language)
                if (shown := _comparable(snapshot)) != before:
                    await response.write(_frame("queue", snapshot))
                    before, silent = shown, 0.0
                if case_id is not None:
                    lines = await self._desk.lines(operator, case_id, language, after)
                    for line in lines:
                        after = _last([line], after)
                        await response.write(_frame("line", line_shape(line), _mark(after)))
                        silent = 0.0
                if not await self._news():
                    silent += _LOOK_AGAIN
                if silent >= _HEARTBEAT:
                    await response.write(b": alive\n\n")
                    silent = 0.0
        except (ConnectionError, ApiError, NotFound, Refused):
            pass  # the page has gone, or may look no longer
        return response

    async def _news(self) -> bool:
        waits = [
            asyncio.create_task(self._desk.wait(_LOOK_AGAIN)),
            asyncio.create_task(self._closing.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[0].done() and bool(waits[0].result())
        finally:
            for wait in waits:
                wait.cancel()

    async def _close_streams(self, _: web.Application) -> None:
        self._closing.set()

    async def _snapshot(self, operator: Operator, language: Language) -> dict[str, Any]:
        cases = [self._shape(case, language) for case in await self._desk.queue(operator)]
        present = [present_shape(each) for each in await self._desk.here(operator)]
        return {"cases": cases, "present": present}

    def _shape(self, case: Case, language: Language) -> dict[str, Any]:
        return case_shape(self._desk.setup, case, language, self._clock.now())


def _comparable(snapshot: dict[str, Any]) -> str:
    """The snapshot but for its clocks, which the page lets run by itself."""
    cases = [{**case, "waiting": case["waiting"] is not None} for case in snapshot["cases"]]
    return json.dumps({**snapshot, "cases": cases}, sort_keys=True)


def _frame(event: str, data: dict[str, Any], identifier: str = "") -> bytes:
    head = f"id: {identifier}\n" if identifier else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _last(lines: Sequence[Line], after: tuple[int, int]) -> tuple[int, int]:
    return max([after[0], *(line.seq for line in lines)]), max([after[1], *(line.entry for line in lines)])


def _mark(place: tuple[int, int]) -> str:
    return f"{place[0]}.{place[1]}"


def _place(text: str) -> tuple[int, int]:
    seq, _, entry = text.partition(".")
    if not (seq.isdecimal() and entry.isdecimal() and len(text) <= 32):
        raise Malformed("after", "two numbers: SEQ.ENTRY")
    return int(seq), int(entry)


def _language(request: web.Request) -> Language:
    return Language.EN if request.query.get("lang") == "en" else Language.ZH


def _case_id(request: web.Request) -> int:
    text = request.match_info["case"]
    if not text.isdecimal() or len(text) > 15:
        raise ApiError(404, "not_found", "there is no such case")
    return int(text)


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except (ValueError, RecursionError) as error:
        raise Malformed("body", "not valid JSON in UTF-8") from error
    if not isinstance(body, dict):
        raise Malformed("body", "a JSON object is expected")
    return body


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
        raise Malformed(name, f"a text of 1 to {longest} characters")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _message_id(operator: Operator, body: dict[str, Any]) -> str:
    return f"{operator.id}:{_text(body, 'message_id', 100)}" if body.get("message_id") is not None else ""


def _as_answer(error: Exception) -> ApiError:
    match error:
        case Taken():
            return ApiError(409, "taken", str(error))
        case NotAllowed():
            return ApiError(409, "not_possible", str(error))
        case InvalidInput():
            return ApiError(400, "invalid_request", str(error))
        case Refused():
            return ApiError(403, "forbidden", str(error))
        case _:
            return ApiError(404, "not_found", "there is no such case (any more)")

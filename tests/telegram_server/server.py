"""The server: the Bot API on a free port of this machine, over what people do and what bots have sent."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from tests.telegram_server import people
from tests.telegram_server.check import decode, problems
from tests.telegram_server.faults import Answer, Fault, Reset, Slow, another_poller
from tests.telegram_server.markup import shown

TOKEN = "42:AAtest-token_of_no_bot"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method, and when it came (seconds)."""

    method: str
    params: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that a person has got. ``text`` as it is shown; ``buttons`` in rows of (label, value)."""

    chat: int
    text: str
    number: int
    at: float
    thread: int | None = None
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def values(self) -> list[str]:
        """The values of all buttons."""
        return [value for row in self.buttons for _, value in row]


class _Refusal(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@dataclass
class TelegramServer:
    """Start it, let people act, look at what was ``delivered``. ``complaints``: calls that Telegram would not take."""

    token: str = TOKEN
    calls: list[Call] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    commands: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    migrated: dict[int, int] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        self._updates: list[dict[str, Any]] = []
        self._numbers = count(1001)
        self._messages = count(1)
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._changed = asyncio.Condition()
        self._polls = 0
        self._runner: web.AppRunner | None = None

    # -- its life ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listens on a free port, or on the one it had before."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Nobody listens any more; everything it knows stays."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    # -- what people do ---------------------------------------------------------------------------------------

    async def write(self, sender: int, text: str, **more: Any) -> dict[str, Any]:
        """A person writes to the bot in private."""
        return await self.send(people.private(sender), sender, text=text, **more)

    async def send(self, chat: dict[str, Any], sender: int, **content: Any) -> dict[str, Any]:
        """A message with any content in any chat. Returns the update."""
        made = people.message(chat, sender, next(self._messages), **content)
        return await self.put({"message": made})

    async def press(self, sender: int, value: str, identifier: str | None = None) -> dict[str, Any]:
        """A person presses a button with ``value`` under the last message of the bot that has it."""
        under = next(
            each for each in reversed(self.delivered) if each.chat == sender and value in each.values
        )
        message = {
            **people.message(people.private(sender), 42, under.number, text=under.text),
            "from": people.BOT,
        }
        query = people.press(sender, identifier or f"press-{next(self._messages)}", value, message)
        return await self.put({"callback_query": query})

    async def put(self, update: dict[str, Any]) -> dict[str, Any]:
        """Any update; it gets the next number unless it has one (a duplicate, an old one)."""
        made = {"update_id": next(self._numbers), **update}
        async with self._changed:
            self._updates.append(made)
            self._changed.notify_all()
        return made

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method go wrong, in this order."""
        self._faults[method].extend(faults)

    # -- looking ----------------------------------------------------------------------------------------------

    @property
    def unconfirmed(self) -> int:
        """Updates that no bot has confirmed."""
        return len(self._updates)

    def texts(self, chat: int) -> list[str]:
        """What a person was sent, in order."""
        return [each.text for each in self.delivered if each.chat == chat]

    def called(self, method: str) -> list[Call]:
        """All calls of a method."""
        return [call for call in self.calls if call.method == method]

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Returns as soon as it is so. Raises TimeoutError when it is not so in time."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(true)

    async def delivered_to(self, chat: int, messages: int, seconds: float = 20.0) -> list[str]:
        """The texts that a person has got, as soon as they are so many."""
        await self.until(lambda: len(self.texts(chat)) >= messages, seconds)
        return self.texts(chat)

    # -- being called -----------------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _error(Answer(401, "Unauthorized"))
        method = request.match_info["method"]
        params = decode(method, {**request.query, **await _fields(request)})
        call = Call(method, params, time.monotonic())
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        if found := problems(method, params):
            self.complaints += found
            return _error(Answer(404 if "no such method" in found[0] else 400, f"Bad Request: {found[0]}"))
        return await self._answer(request, call)

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        faults = self._faults[call.method]
        fault = faults.popleft() if faults else None
        if isinstance(fault, Answer):
            return _error(fault)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Reset) and not fault.after:
            return _break(request)
        try:
            result = await self._do(call)
        except _Refusal as refusal:
            return _error(refusal.answer)
        if isinstance(fault, Reset):
            return _break(request)
        return web.json_response({"ok": True, "result": result})

    async def _do(self, call: Call) -> Any:
        match call.method:
            case "getMe":
                return people.BOT
            case "getUpdates":
                return await self._get_updates(call.params)
            case "sendMessage":
                return await self._send_message(call)
            case "setMyCommands":
                menu = [(each["command"], each["description"]) for each in call.params["commands"]]
                self.commands[call.params.get("language_code", "")] = menu
            case "answerCallbackQuery":
                self.answered.append(call.params["callback_query_id"])
        async with self._changed:
            self._changed.notify_all()
        return True

    async def _get_updates(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        self._polls += 1  # an older request that still waits is ended, as Telegram does it
        mine = self._polls
        offset = params.get("offset", 0)
        kinds = params.get("allowed_updates") or ["message", "callback_query", "edited_message"]
        async with self._changed:
            self._updates = [each for each in self._updates if each["update_id"] >= offset]
            self._changed.notify_all()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(params.get("timeout", 0)):
                    await self._changed.wait_for(lambda: self._updates or self._polls != mine)
        if self._polls != mine:
            raise _Refusal(another_poller())
        self._updates = [each for each in self._updates if any(kind in each for kind in kinds)]
        return self._updates[: params.get("limit", 100)]

    async def _send_message(self, call: Call) -> dict[str, Any]:
        chat, params = call.params["chat_id"], call.params
        self._refuse(chat)
        text = self._shown(params)
        markup = params.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple(
            tuple((each["text"], each.get("callback_data", "")) for each in row) for row in markup
        )
        if any(not label or not 1 <= len(value.encode()) <= 64 for row in buttons for label, value in row):
            self.complaints.append("sendMessage: a button that Telegram does not take")
            raise _Refusal(Answer(400, "Bad Request: BUTTON_DATA_INVALID"))
        number = next(self._messages)
        thread = params.get("message_thread_id")
        async with self._changed:
            self.delivered.append(Delivered(chat, text, number, call.at, thread, buttons))
            self._changed.notify_all()
        kind = people.private(chat) if chat > 0 else people.group(chat)
        return {**people.message(kind, 42, number, text=text), "from": people.BOT}

    def _refuse(self, chat: int) -> None:
        if chat in self.blocked:
            raise _Refusal(Answer(403, "Forbidden: bot was blocked by the user"))
        if chat in self.migrated:
            moved = (("migrate_to_chat_id", self.migrated[chat]),)
            raise _Refusal(Answer(400, "Bad Request: group chat was upgraded to a supergroup chat", moved))

    def _shown(self, params: Mapping[str, Any]) -> str:
        try:
            text = shown(params["text"]) if params.get("parse_mode") == "HTML" else params["text"]
        except ValueError as error:
            self.complaints.append(f"sendMessage: {error}")
            raise _Refusal(Answer(400, f"Bad Request: can't parse entities: {error}")) from None
        length = len(text.strip().encode("utf-16-le")) // 2
        if not 1 <= length <= 4096:
            self.complaints.append(f"sendMessage: a text of {length} units")
            raise _Refusal(Answer(400, "Bad Request: message is too long or empty"))
        return str(text).strip()


async def _fields(request: web.Request) -> dict[str, str]:
    if request.content_type == "application/json":
        return {
            name: value if isinstance(value, str) else str(value)
            for name, value in (await request.json()).items()
        }
    return {name: str(value) for name, value in (await request.post()).items()}


def _error(answer: Answer) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": answer.status, "description": answer.description}
    if answer.parameters:
        body["parameters"] = dict(answer.parameters)
    return web.json_response(body, status=answer.status)


def _break(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[TelegramServer]:
    """A server, stopped at the end. The test fails when a call was not as the Bot API wants it."""
    server = TelegramServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
    assert server.complaints == []

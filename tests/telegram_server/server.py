"""The server: the Bot API on a free port of this machine, over what people do and what bots have sent."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from aiohttp import web

from tests.telegram_server import people
from tests.telegram_server.check import decode, problems
from tests.telegram_server.faults import Answer, Fault, Reset, Slow, another_poller
from tests.telegram_server.markup import shown
from tests.telegram_server.webhook import Webhook

TOKEN = "42:AAtest-token_of_no_bot"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method, and when it came (seconds)."""

    method: str
    params: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that a person has got. ``text`` as it is shown; ``buttons`` in rows of (label, value); ``answers`` and ``copies``:
    numbers of other messages; ``file``: the name or id of what was sent; ``edited``: it was written over."""

    chat: int
    text: str
    number: int
    at: float
    thread: int | None = None
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    answers: int | None = None
    copies: int | None = None
    file: str = ""
    edited: bool = False

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
    alerts: list[str] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    deactivated: set[int] = field(default_factory=set)
    topics_gone: set[tuple[int, int]] = field(default_factory=set)
    deleted: list[int] = field(default_factory=list)
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
        self._topics = count(501)
        self.webhook = Webhook(self)

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
        await self.webhook.stop()
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
        """A person presses a button under the last message of the bot that has one whose (signed) value ends with ``value``."""
        under, value = next(
            (each, signed)
            for each in reversed(self.delivered)
            for signed in each.values
            if each.chat == sender and signed.endswith(value)
        )
        message = {
            **people.message(people.private(sender), 42, under.number, text=under.text),
            "from": people.BOT,
        }
        query = people.press(sender, identifier or f"press-{next(self._messages)}", value, message)
        return await self.put({"callback_query": query})

    async def edit(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """A person changes the text of a message that they have sent."""
        before = update["message"]
        changed = people.message(before["chat"], before["from"]["id"], before["message_id"], text=text)
        return await self.put(
            {"edited_message": {**changed, "date": before["date"], "edit_date": int(time.time())}}
        )

    async def member(self, chat: dict[str, Any], sender: int, status: str) -> dict[str, Any]:
        """Somebody blocks the bot (``kicked``), lets it in again (``member``) …"""
        was = {"status": "member", "user": people.BOT}
        now = {"status": status, "user": people.BOT, **({"until_date": 0} if status == "kicked" else {})}
        changed = {
            "chat": chat,
            "from": people.person(sender),
            "date": int(time.time()),
            "old_chat_member": was,
            "new_chat_member": now,
        }
        return await self.put({"my_chat_member": changed})

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

    async def next_update(self) -> dict[str, Any]:
        """The oldest update that no bot has taken, when there is one."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._updates)
            return self._updates[0]

    async def confirm(self, update: dict[str, Any]) -> None:
        """A bot has taken it."""
        async with self._changed:
            self._updates.remove(update)
            self._changed.notify_all()

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
        async with asyncio.timeout(seconds):
            while not true():
                # What the bot keeps for itself changes without a call: that is looked at now and then.
                async with self._changed:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), 0.05)

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
            case "sendPhoto" | "sendDocument" | "copyMessage":
                return await self._send_file(call)
            case "editMessageText":
                return await self._edit(call)
            case "deleteMessage":
                self.deleted.append(call.params["message_id"])
                self.delivered = [each for each in self.delivered if not _is(each, call.params)]
            case "createForumTopic":
                return {
                    "message_thread_id": next(self._topics),
                    "name": call.params["name"],
                    "icon_color": 0,
                }
            case "setWebhook":
                self.webhook.set(call.params)
            case "deleteWebhook":
                await self.webhook.stop()
            case "getWebhookInfo":
                return self.webhook.info
            case "setMyCommands":
                menu = [(each["command"], each["description"]) for each in call.params["commands"]]
                scope = call.params.get("scope", {}).get("chat_id", "")
                self.commands[str(scope) + call.params.get("language_code", "")] = menu
            case "answerCallbackQuery":
                self.answered.append(call.params["callback_query_id"])
                if text := call.params.get("text"):
                    self.alerts.append(text)
        async with self._changed:
            self._changed.notify_all()
        return True

    async def _get_updates(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.url:
            raise _Refusal(Answer(409, "Conflict: can't use getUpdates method while webhook is active"))
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
        self._refuse(call.params)
        text = self._shown(call.params)
        return await self._deliver(call, text=text, buttons=self._buttons(call))

    async def _send_file(self, call: Call) -> dict[str, Any]:
        self._refuse(call.params)
        file = next((str(call.params[name]) for name in ("photo", "document") if name in call.params), "")
        return await self._deliver(call, file=file, copies=call.params.get("message_id"))

    async def _deliver(self, call: Call, text: str = "", **more: Any) -> dict[str, Any]:
        chat, params = call.params["chat_id"], call.params
        number = next(self._messages)
        thread, answers = (
            params.get("message_thread_id"),
            params.get("reply_parameters", {}).get("message_id"),
        )
        made = Delivered(chat, text, number, call.at, thread, answers=answers, **more)
        async with self._changed:
            self.delivered.append(made)
            self._changed.notify_all()
        if call.method == "copyMessage":
            return {"message_id": number}
        kind = people.private(chat) if chat > 0 else people.group(chat)
        return {**people.message(kind, 42, number, text=text), "from": people.BOT}

    async def _edit(self, call: Call) -> dict[str, Any]:
        self._refuse(call.params)
        text, buttons = self._shown(call.params), self._buttons(call)
        place = next((n for n, each in enumerate(self.delivered) if _is(each, call.params)), None)
        if place is None:
            raise _Refusal(Answer(400, "Bad Request: message to edit not found"))
        before = self.delivered[place]
        if (before.text, before.buttons) == (text, buttons):
            raise _Refusal(
                Answer(400, "Bad Request: message is not modified: specified new message content is the same")
            )
        async with self._changed:
            self.delivered[place] = replace(before, text=text, buttons=buttons, edited=True)
            self._changed.notify_all()
        made = people.message(people.private(before.chat), 42, before.number, text=text)
        return {**made, "from": people.BOT, "edit_date": int(time.time())}

    def _buttons(self, call: Call) -> tuple[tuple[tuple[str, str], ...], ...]:
        markup = call.params.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = tuple(
            tuple((each["text"], each.get("callback_data", "")) for each in row) for row in markup
        )
        if any(not label or not 1 <= len(value.encode()) <= 64 for row in buttons for label, value in row):
            self.complaints.append(f"{call.method}: a button that Telegram does not take")
            raise _Refusal(Answer(400, "Bad Request: BUTTON_DATA_INVALID"))
        return buttons

    def _refuse(self, params: Mapping[str, Any]) -> None:
        chat = params["chat_id"]
        if (chat, params.get("message_thread_id")) in self.topics_gone:
            raise _Refusal(Answer(400, "Bad Request: message thread not found"))
        if chat in self.deactivated:
            raise _Refusal(Answer(403, "Forbidden: user is deactivated"))
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


def _is(message: Delivered, params: Mapping[str, Any]) -> bool:
    return (message.chat, message.number) == (params["chat_id"], params["message_id"])


async def _fields(request: web.Request) -> dict[str, str]:
    if request.content_type == "application/json":
        return {
            name: value if isinstance(value, str) else str(value)
            for name, value in (await request.json()).items()
        }
    sent = await request.post()
    files = {name: value.filename for name, value in sent.items() if isinstance(value, web.FileField)}
    fields = {name: str(value) for name, value in sent.items() if name not in files}
    # A field that says attach://NAME means the file sent under that name.
    return {name: files.get(value.removeprefix("attach://"), value) for name, value in fields.items()} | {
        name: str(value) for name, value in files.items() if name in ("photo", "document")
    }


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

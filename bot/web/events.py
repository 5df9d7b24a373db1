"""``GET …/events``: what was said in a conversation, as a stream or, asked for JSON, all there is so far.

Each event: ``id`` is its number in the conversation, ``event`` its kind, ``data`` its payload with ``seq``
and ``kind``. The page makes use of these in a payload: ``text``, ``buttons``, ``sources``, ``attachments``,
``mode``, ``lang``, ``at`` (ISO 8601 with time zone) and, in an echo, ``message_id`` as it was posted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Sequence
from typing import Any

from aiohttp import web

from bot.ports import Assistant, OutboxMessage
from bot.web.addresses import client_address
from bot.web.desk_session import StaffGate
from bot.web.errors import report
from bot.web.incoming import CHANNEL, conversation_of, last_seen, posted_id
from bot.web.limits import Gate, StreamPlaces
from bot.web.options import Options

_AT_ONCE = 1000  # events in one JSON answer
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}
_OPENING = b"retry: 2000\n: here\n\n"
_HEARTBEAT = b": alive\n\n"


class Events:
    """The route's handler."""

    def __init__(
        self,
        assistant: Assistant,
        gate: Gate,
        places: StreamPlaces,
        options: Options,
        staff: StaffGate | None = None,
    ) -> None:
        self._assistant = assistant
        self._gate = gate
        self._places = places
        self._options = options
        self._staff = staff
        self._closing = asyncio.Event()

    async def get(self, request: web.Request) -> web.StreamResponse:
        """A stream, or with ``Accept: application/json`` one answer."""
        conversation = conversation_of(request)
        after = last_seen(request)
        address = client_address(request, self._options.trusted_proxies)
        self._gate.read(address)
        conversation = await self._spoken_in(request, conversation)
        if request.headers.get("Accept", "").startswith("application/json"):
            return await self._collected(conversation, after)
        with self._places.place(address, conversation):
            return await self._stream(request, conversation, after)

    async def _spoken_in(self, request: web.Request, conversation: str) -> str:
        """A signed-in person's conversation is another one, with the same id: nobody else reads it."""
        return conversation if self._staff is None else await self._staff.spoken_in(request, conversation)

    async def close(self, _: web.Application) -> None:
        """Ends all streams."""
        self._closing.set()

    async def _collected(self, conversation: str, after: int) -> web.Response:
        events: list[dict[str, Any]] = []
        while len(events) < _AT_ONCE and (
            batch := await self._assistant.events(CHANNEL, conversation, after)
        ):
            events += [_data(message, conversation) for message in batch]
            after = batch[-1].seq
        answer = {"events": events, "more": len(events) >= _AT_ONCE}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def _stream(self, request: web.Request, conversation: str, after: int) -> web.StreamResponse:
        batch: Sequence[OutboxMessage] = await self._assistant.events(CHANNEL, conversation, after)
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        try:
            await self._write(request, response, conversation, after, batch)
            await response.write_eof()
        except ConnectionError:
            pass  # the reader has gone
        except Exception as error:  # noqa: BLE001 - logged; the reader comes back
            # Too late for an error's answer. A stream that ends is taken up again at the last event.
            report(request, error)
        return response

    async def _write(
        self,
        request: web.Request,
        response: web.StreamResponse,
        conversation: str,
        after: int,
        batch: Sequence[OutboxMessage],
    ) -> None:
        await response.write(_OPENING)
        named = request.match_info["id"]
        # A stream ends with the session that it was opened with.
        while not self._closing.is_set() and await self._spoken_in(request, named) == conversation:
            for message in batch:
                await response.write(_frame(message, conversation))
                after = message.seq
            if not batch and not await self._until_more(conversation, after):
                await response.write(_HEARTBEAT)
            batch = await self._assistant.events(CHANNEL, conversation, after)

    async def _until_more(self, conversation: str, after: int) -> bool:
        """True when there may be more; False when it is time for a heartbeat."""
        if await self._or_closing(
            self._assistant.wait(CHANNEL, conversation, after, self._options.heartbeat)
        ):
            return True
        return self._closing.is_set()

    async def _or_closing(self, waiting: Coroutine[Any, Any, bool]) -> bool:
        tasks = [asyncio.create_task(waiting), asyncio.create_task(self._closing.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return tasks[0].done() and tasks[0].result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _data(message: OutboxMessage, conversation: str) -> dict[str, Any]:
    payload = {**message.payload}
    if "message_id" in payload:
        payload["message_id"] = posted_id(str(payload["message_id"]), conversation)
    return {**payload, "seq": message.seq, "kind": message.kind}


def _frame(message: OutboxMessage, conversation: str) -> bytes:
    data = json.dumps(
        _data(message, conversation), ensure_ascii=False
    )  # no line break: JSON writes them as \n
    return f"id: {message.seq}\nevent: {message.kind}\ndata: {data}\n\n".encode()

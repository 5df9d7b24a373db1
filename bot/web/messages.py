"""``POST …/messages``: one message in, the turn out."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from bot.ports import Assistant, TurnResult
from bot.service.wire import to_wire
from bot.web.addresses import client_address
from bot.web.desk_session import StaffGate
from bot.web.errors import ApiError
from bot.web.incoming import Sent, conversation_of, read_message
from bot.web.limits import Gate
from bot.web.options import Options


class Messages:
    """The route's handler."""

    def __init__(
        self, assistant: Assistant, gate: Gate, options: Options, staff: StaffGate | None = None
    ) -> None:
        self._assistant = assistant
        self._gate = gate
        self._options = options
        self._staff = staff
        self._running: set[asyncio.Task[TurnResult]] = set()

    async def post(self, request: web.Request) -> web.Response:
        """Hands the message to the assistant and answers with the turn."""
        conversation = conversation_of(request)
        self._gate.message(client_address(request, self._options.trusted_proxies), conversation)
        sent = await read_message(request, conversation)
        if self._staff is not None:
            sent = replace(sent, inbound=await self._staff.spoken(request, sent.inbound))
        result = await self._turn(sent)
        return web.json_response(to_wire(result, sent.id), headers={"Cache-Control": "no-store"})

    async def _turn(self, sent: Sent) -> TurnResult:
        # A turn goes on when its sender has gone or waits no longer: the next try gets its result.
        task = asyncio.create_task(self._assistant.handle(sent.inbound))
        self._running.add(task)
        task.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._options.turn_limit)
        except TimeoutError as error:
            raise ApiError(
                503, "unavailable", "no answer in time; please try again", retry_after=2
            ) from error

    def _done(self, task: asyncio.Task[TurnResult]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen: whoever still waits gets it, too

    async def finish(self, _: web.Application) -> None:
        """Waits for turns whose senders have gone."""
        if self._running:
            await asyncio.wait(self._running, timeout=self._options.turn_limit)

"""One bot replica to be loaded, and killed: ``python -m benchmarks.replica '{"database": …}'``.

It takes messages as a webhook would (``POST /say``; answered when the turn is stored), delivers from the outbox as to any
channel, and tells each delivery with a datagram to whoever measures: the message's own id and the outbox's.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from bot.app import Core, open_core
from bot.channels.backoff import Backoff
from bot.cli.logs import set_up_logs
from bot.curation.publish import read_for_publishing
from bot.domain.errors import YuanwenError
from bot.domain.messages import Inbound
from bot.ports import OutboxMessage, Rate, Sent
from bot.service.deliver_outbox import Deliverer
from bot.settings import Settings, read_settings

CHANNEL: Final = "bench"
_NOBODY: Final = "http://127.0.0.1:9"  # no server there: the word lists understand
_NEVER_TOO_FAST: Final = {"person_burst": 10**9, "person_per_minute": 1e12}


@dataclass(frozen=True, slots=True)
class Order:
    """What the replica is started with. ``told``: the socket that hears of deliveries; ``nlu``: Rasa servers, or none."""

    database: str
    port: int
    told: str
    nlu: tuple[str, ...]
    folder: str


class DatagramSender:
    """A channel without limits, whose messages go to the one who measures."""

    channel = CHANNEL
    overall: Sequence[Rate] = ()

    def __init__(self, told: str) -> None:
        self._told = told
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def parts(self, message: OutboxMessage) -> Sequence[str]:
        """One datagram a reply."""
        if message.kind != "reply":
            return ()
        return (f"{message.payload['message_id']} {message.id} {message.conversation_id} {message.seq}",)

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        """None."""
        return to, ()

    def rank(self, to: str) -> int:
        """All the same."""
        return 0

    async def send(self, to: str, part: str) -> Sent:
        """Waits for as long as the other side is busy."""
        self._socket.sendto(part.encode(), self._told)
        return Sent("sent")


def settings_for(order: Order) -> Settings:
    """The settings of every day, but for where things are and how fast one may write."""
    given = {
        "database_url": order.database,
        "nlu_urls": order.nlu or (_NOBODY,),
        "var_dir": Path(order.folder),
        **_NEVER_TOO_FAST,
    }
    return read_settings().model_copy(update=given)


async def serve(order: Order) -> None:
    """Until it is ended."""
    settings = settings_for(order)
    knowledge = read_for_publishing(settings.knowledge_dir)
    async with open_core(settings, order.database, knowledge) as core:
        deliverer = Deliverer(
            DatagramSender(order.told), core.units, core.clock, Backoff(random.Random(order.port))
        )
        core.notices.on(CHANNEL, deliverer.wake)
        runner = web.AppRunner(_application(core), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", order.port).start()
        async with asyncio.TaskGroup() as group:
            group.create_task(core.keep_house())
            group.create_task(deliverer.run())


def _application(core: Core) -> web.Application:
    async def say(request: web.Request) -> web.Response:
        body: dict[str, Any] = json.loads(await request.read())
        message = Inbound(CHANNEL, body["id"], body["conversation"], body["text"])
        try:
            result = await core.assistant.handle(message)
        except YuanwenError as error:
            return web.json_response({"error": str(error)}, status=503)
        return web.json_response(
            {"replies": len(result.replies), "source": result.understanding.source.value}
        )

    async def ready(_: web.Request) -> web.Response:
        return web.json_response({})

    application = web.Application()
    application.add_routes([web.post("/say", say), web.get("/ready", ready)])
    return application


def main() -> None:
    """Runs one replica."""
    set_up_logs()
    given = json.loads(sys.argv[1])
    asyncio.run(serve(Order(**{**given, "nlu": tuple(given["nlu"])})))


if __name__ == "__main__":
    main()

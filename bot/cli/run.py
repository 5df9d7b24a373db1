"""``yuanwen run``: the assistant, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import Core, open_core, secret_key
from bot.cli.logs import set_up_logs
from bot.cli.progress import tell
from bot.cli.ready import make_ready
from bot.curation.seed import FolderSeed
from bot.domain.errors import InvalidInput
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from bot.web.metrics import Metrics
    from bot.web.telegram import TelegramDoor

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run() -> None:
    """Start the assistant: chat page, HTTP interface and, with a token, Telegram. Ctrl-C stops everything."""
    settings = read_settings()
    set_up_logs(logging.INFO, as_json=settings.log_format == "json")
    refuse_taken_port(settings.http_host, settings.http_port)
    make_ready(settings)
    asyncio.run(_until_stopped(settings))


def refuse_taken_port(host: str, port: int) -> None:
    """Finds out before anything is built or loaded. Raises InvalidInput with one line that names the setting."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise InvalidInput(f"BOT_HTTP_HOST: {host} is no address of this machine") from None
    except OSError as error:
        raise _cannot_listen(host, port, error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> InvalidInput:
    if error.errno == errno.EADDRINUSE:
        return InvalidInput(
            f"port {port} is in use: stop what listens there, or set BOT_HTTP_PORT to another"
        )
    if error.errno == errno.EACCES:
        return InvalidInput(f"port {port} is not allowed for this user: set BOT_HTTP_PORT to 1024 or more")
    return InvalidInput(f"cannot listen at {host} port {port} ({error.strerror}): see BOT_HTTP_HOST")


async def _until_stopped(settings: Settings) -> None:
    """Serves until a signal comes; a second one does not wait for anything."""
    serving = asyncio.create_task(_serve(settings))
    loop = asyncio.get_running_loop()
    for number in STOPPING:
        loop.add_signal_handler(number, serving.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        for number in STOPPING:
            loop.remove_signal_handler(number)


async def _serve(settings: Settings) -> None:
    memory = settings.var_dir / "cache" / "knowledge.json"
    seed = FolderSeed(settings.knowledge_dir, memory, tell)
    async with open_core(settings, settings.database, seed) as core, _ways_in(core) as address:
        print(f"Yuanwen answers at {address}", flush=True)
        tell(_understanding(core))
        try:
            await asyncio.Event().wait()
        finally:
            tell("stopping …")


@contextlib.asynccontextmanager
async def _ways_in(core: Core) -> AsyncIterator[str]:
    """The web part and what runs beside it; gives the web address."""
    from prometheus_client import CollectorRegistry

    from bot.cli.duties import duties_of, staff_gate
    from bot.readiness import CoreReadiness
    from bot.web.application import add_desk, add_desk_page, add_plans, add_telegram, build_web
    from bot.web.desk import DeskRoutes
    from bot.web.desk_access import DeskAccess
    from bot.web.desk_routes import add_duties
    from bot.web.metrics import Metrics
    from bot.web.options import Options
    from bot.web.server import start_web
    from bot.web.words import page_words

    settings = core.settings
    options = Options(
        frame_ancestors=tuple(settings.frame_ancestors.split()), trusted_proxies=settings.trusted_proxies
    )
    metrics = Metrics(CollectorRegistry())
    staff = staff_gate(core)
    app = build_web(core.assistant, CoreReadiness(core), metrics, page_words(core.wording), options, staff)
    add_duties(app, staff, duties_of(core), page_words(core.wording, "staff_pages"), options)
    door = _door(settings)
    if door is not None:
        add_telegram(app, door)
    add_plans(app, core.plans, core.plan_files, options)
    access = DeskAccess(core.staff, core.staff.codes)
    add_desk(app, DeskRoutes(core.desk, access, core.suggestions, core.clock))
    add_desk_page(app, page_words(core.wording, "deskpage"))
    try:
        server = await start_web(app, settings.http_host, settings.http_port)
    except OSError as error:
        raise _cannot_listen(settings.http_host, settings.http_port, error) from None
    beside = [
        asyncio.create_task(core.watch.run(), name="revision-watch"),
        asyncio.create_task(core.keep_house(), name="housekeeping"),
    ]
    if settings.telegram_token:
        beside.append(asyncio.create_task(_telegram(core, door, metrics), name="telegram"))
    try:
        yield f"http://{_shown(settings.http_host)}:{server.port}/"
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await server.stop()


def _door(settings: Settings) -> TelegramDoor | None:
    """Where Telegram brings updates, when it is to do so."""
    from bot.web.telegram import TelegramDoor

    if not settings.public_url or not settings.telegram_token or not settings.telegram_webhook_secret:
        return None
    return TelegramDoor(settings.telegram_webhook_secret.get_secret_value())


async def _telegram(core: Core, door: TelegramDoor | None, metrics: Metrics) -> None:
    """The Telegram channel. When it cannot go on, the other ways in do."""
    # Its library takes a second to import: only those who have a bot there wait for it.
    from bot.channels.telegram import DeskLink, Links, Parts, run_telegram
    from bot.web.metrics import Counted

    counted = Parts(core.clock, core.units, core.wording, Counted(core.assistant, metrics))
    desk = DeskLink(core.desk.setup, core.public_catalogue, core.notices)
    links = Links(secret_key(core.settings), door, metrics, core.notices, files=core.plan_files, desk=desk)
    try:
        await run_telegram(counted, core.settings, links)
    except InvalidInput as error:
        tell(f"Telegram is off: {error}")
    except Exception:
        logging.getLogger(__name__).exception("Telegram is off")


def _shown(host: str) -> str:
    """The host as it stands in an address a person can open."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared with, not listened at
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _understanding(core: Core) -> str:
    """What understands questions now."""
    if core.supervisor is None:
        return f"understanding by {', '.join(core.settings.nlu_urls)}"
    log = core.settings.var_dir / "log" / "rasa.log"
    return f"Rasa is loading; word lists understand until then (its log: {_relative(log)})"


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

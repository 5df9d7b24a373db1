"""Puts the web part together: which address leads where."""

from __future__ import annotations

from aiohttp import web

from bot.ports import Assistant, Readiness
from bot.web.access_log import AccessLog
from bot.web.assets import page_assets
from bot.web.desk import DeskRoutes
from bot.web.desk_page import DeskPage
from bot.web.desk_session import StaffGate
from bot.web.errors import answer_errors
from bot.web.events import Events
from bot.web.headers import add_headers
from bot.web.health import Health
from bot.web.limits import Gate, StreamPlaces
from bot.web.messages import Messages
from bot.web.metrics import Counted, Metrics
from bot.web.options import Options
from bot.web.pages import Pages
from bot.web.plan_files import Files, PlanFileRoute
from bot.web.plans import Planner, Plans
from bot.web.telegram import PATH, TelegramDoor
from bot.web.words import Words

_CONVERSATION = "/api/v1/conversations/{id}"


def build_web(
    assistant: Assistant,
    readiness: Readiness,
    metrics: Metrics,
    words: Words,
    options: Options | None = None,
    staff: StaffGate | None = None,
) -> web.Application:
    """The application, its turns counted in ``metrics``. More routes may be added before it is started.

    ``staff``: knows the zone's own people by their sessions; without it everybody is the public.
    """
    options = options or Options()
    app = web.Application(
        middlewares=[AccessLog(metrics, options).middleware(), answer_errors],
        client_max_size=options.body_limit,
    )
    app.on_response_prepare.append(add_headers)
    _add_conversations(app, Counted(assistant, metrics), readiness, metrics, options, staff)
    _add_pages(app, words, options)
    return app


def _add_conversations(
    app: web.Application,
    assistant: Assistant,
    readiness: Readiness,
    metrics: Metrics,
    options: Options,
    staff: StaffGate | None,
) -> None:
    gate, places = Gate(options), StreamPlaces(options)
    messages = Messages(assistant, gate, options, staff)
    events = Events(assistant, gate, places, options, staff)
    health = Health(readiness, metrics, places, options)
    app.router.add_post(f"{_CONVERSATION}/messages", messages.post)
    app.router.add_get(f"{_CONVERSATION}/events", events.get, allow_head=False)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.on_shutdown.append(events.close)
    app.on_cleanup.append(messages.finish)


def add_plans(app: web.Application, planner: Planner, files: Files, options: Options | None = None) -> None:
    """The routes of planning, with a gate of their own."""
    options = options or Options()
    gate = Gate(options)
    plans = Plans(planner, gate, options)
    app.router.add_get("/api/v1/plans/{plan}/{file}", PlanFileRoute(files, gate, options).get)
    app.router.add_post("/api/v1/plans", plans.post)
    app.router.add_get("/api/v1/plans", plans.get_new)
    app.router.add_get("/api/v1/plans/{plan}", plans.get)


def add_desk_page(app: web.Application, words: Words) -> None:
    """The page of the operators' desk."""
    app.router.add_get("/desk", DeskPage(page_assets(), words).get)


def _add_pages(app: web.Application, words: Words, options: Options) -> None:
    assets = page_assets()
    pages = Pages(assets, words, options)
    app.router.add_get("/", pages.chat)
    app.router.add_get("/embed.js", pages.embed)
    app.router.add_get("/static/{digest}/{name}", assets.get)


def add_desk(app: web.Application, routes: DeskRoutes) -> None:
    """The operators' desk."""
    routes.add(app)


def add_telegram(app: web.Application, door: TelegramDoor) -> None:
    """The address to which Telegram brings updates."""
    app.router.add_post(PATH, door.post)

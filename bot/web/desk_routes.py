"""Which address of the desk leads where: signing in, duties, cases, drafts. Conversations have theirs elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.domain.text import Language
from bot.web.assets import page_assets
from bot.web.desk_duties import DeskDuties, Duties
from bot.web.desk_login import DeskLogin
from bot.web.desk_pages import DeskPages
from bot.web.desk_session import StaffGate
from bot.web.options import Options


def add_duties(
    app: web.Application,
    gate: StaffGate,
    duties: Duties,
    words: Mapping[Language, Mapping[str, str]],
    options: Options,
) -> None:
    """Adds the routes. ``words``: the texts of its pages."""
    pages = DeskPages(words, page_assets().base)
    login, work = DeskLogin(gate, pages, options), DeskDuties(gate, pages, duties)
    router = app.router
    router.add_get("/desk/login", login.page)
    router.add_post("/desk/login", login.sign_in)
    router.add_post("/desk/logout", login.sign_out)
    router.add_get("/desk/me", login.me)
    router.add_get("/desk/factor", login.factor_page)
    router.add_post("/desk/factor", login.set_factor)
    router.add_get("/desk/responsibilities.xlsx", work.matrix)
    router.add_post("/desk/responsibilities.xlsx", work.take_matrix)
    router.add_get("/desk/coverage", work.coverage)
    router.add_get("/desk/cases", work.cases)
    router.add_get("/desk/cases/{number}", work.case)
    router.add_post("/desk/cases/{number}/decision", work.decide)
    router.add_post("/desk/cases/{number}/close", work.close)
    router.add_get("/desk/drafts", work.drafts)
    router.add_get("/desk/drafts/{id}", work.draft)
    router.add_post("/desk/drafts/{id}/publish", work.publish)
    router.add_post("/desk/drafts/{id}/reject", work.reject)

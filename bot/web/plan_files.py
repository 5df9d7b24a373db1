"""``GET /api/v1/plans/{plan}/{file}``: the picture, PDF, spreadsheet and calendar file of a plan."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from bot.domain.text import Language
from bot.ports import PlanFile, PlanFileKind
from bot.service.plan_files import KINDS
from bot.web.addresses import client_address
from bot.web.errors import Malformed
from bot.web.limits import Gate
from bot.web.options import Options
from bot.web.plans import plan_id


class Files(Protocol):
    """Where the files come from."""

    async def file(self, plan_id: str, kind: PlanFileKind, language: Language) -> PlanFile: ...


class PlanFileRoute:
    """The handler. A plan never changes, so neither do its files; but they are the person's own, and kept by nobody else."""

    def __init__(self, files: Files, gate: Gate, options: Options) -> None:
        self._files = files
        self._gate = gate
        self._options = options

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The file in ``?lang`` (``zh`` when missing)."""
        self._gate.plan(client_address(request, self._options.trusted_proxies))
        plan, name = plan_id(request), request.match_info["file"]
        lang = request.query.get("lang", "zh")
        if lang not in tuple(Language):
            raise Malformed("lang", "zh or en")
        if name not in KINDS:
            raise web.HTTPNotFound
        file = await self._files.file(plan, KINDS[name], Language(lang))
        shown = "inline" if KINDS[name] == "chart" else "attachment"
        ending = name.rpartition(".")[2]
        headers = {
            "Content-Disposition": f"{shown}; filename=\"plan.{ending}\"; filename*=UTF-8''{quote(file.name)}",
            "Cache-Control": "private, max-age=3600",
        }
        return web.Response(body=file.content, content_type=file.content_type, headers=headers)

"""``GET /desk``: the operators' page. It holds no data: what it shows it fetches with the session of whoever looks at it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.text import Language
from bot.web.assets import Assets
from bot.web.headers import page_policy
from bot.web.languages import page_language
from bot.web.pages import for_script
from bot.web.words import Words

_FOLDER: Final = Path(__file__).parent / "pages"


class DeskPage:
    """The handler; the page is made once for each language. It can stand in no other site's frame."""

    def __init__(self, assets: Assets, words: Words) -> None:
        environment = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )  # fmt: skip
        template = environment.get_template("desk.html")
        data = Markup(for_script(words))  # noqa: S704 - escaped for its place by for_script
        self._pages = {
            language: template.render(
                lang=language.value, say=words[language], words=data, base=assets.base
            ).encode()
            for language in Language
        }
        self._headers = {
            "Content-Security-Policy": page_policy(()),
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language",
        }

    async def get(self, request: web.Request) -> web.Response:
        """The page in the browser's language."""
        return web.Response(body=self._pages[page_language(request)], headers=self._headers)

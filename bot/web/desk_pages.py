"""Renders the small pages of the desk that need no script: signing in, the second factor, the coverage of duties."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.text import Language
from bot.web.languages import page_language

_FOLDER: Final = Path(__file__).parent / "pages"
# No script at all, forms to this site only, in no other site's frame.
_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class DeskPages:
    """``words``: the texts of these pages, by language and name; ``base``: where styles are."""

    def __init__(self, words: Mapping[Language, Mapping[str, str]], base: str) -> None:
        self._words = words
        self._base = base
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def render(self, request: web.Request, page: str, status: int = 200, **values: Any) -> web.Response:
        """One page in the browser's language, never kept by it."""
        language = page_language(request)
        text = self._templates.get_template(f"{page}.html").render(
            lang=language.value, say=self._words[language], base=self._base, **values
        )
        headers = {
            "Content-Security-Policy": _POLICY,
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",  # else a form would not say where it comes from
        }
        return web.Response(body=text.encode(), status=status, headers=headers)

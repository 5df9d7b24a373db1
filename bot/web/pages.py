"""The chat page and the script that puts it into other sites, made once at the start. The words are given."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.text import Language
from bot.web.assets import Assets
from bot.web.headers import page_policy
from bot.web.languages import page_language
from bot.web.options import Options
from bot.web.words import Words

_FOLDER: Final = Path(__file__).parent / "pages"
_EMBED_WORDS: Final = "/*WORDS*/ {}"


class Pages:
    """The routes' handlers."""

    def __init__(self, assets: Assets, words: Words, options: Options) -> None:
        environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        template = environment.get_template("chat.html")
        data = Markup(for_script(words))  # noqa: S704 - escaped for its place by _for_script
        self._chat = {
            language: template.render(
                lang=language.value,
                say=words[language],
                words=data,
                base=assets.base,
                modules=assets.modules,
            ).encode()
            for language in Language
        }
        self._embed = _embed_script(assets, words)
        self._chat_headers = {
            "Content-Security-Policy": page_policy(options.frame_ancestors),
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language",
        }

    async def chat(self, request: web.Request) -> web.Response:
        """``GET /``."""
        return _unless_known(request, self._chat[page_language(request)], self._chat_headers)

    async def embed(self, request: web.Request) -> web.Response:
        """``GET /embed.js``."""
        headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return _unless_known(request, self._embed, headers)


def _unless_known(request: web.Request, body: bytes, headers: dict[str, str]) -> web.Response:
    """The body, or 304 when the browser has it."""
    tag = hashlib.sha256(body).hexdigest()[:20]
    headers = {**headers, "ETag": f'"{tag}"'}
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)


def for_script(value: object) -> str:
    """JSON that can stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _embed_script(assets: Assets, words: Words) -> bytes:
    own: dict[str, object] = {
        language.value: {name: text for name, text in words[language].items() if name.startswith("embed_")}
        for language in Language
    }
    own["mark"] = f"{assets.base}/mark.svg"
    script = assets.text("embed.js")
    if _EMBED_WORDS not in script:
        raise ValueError(f"embed.js has no place for its words: {_EMBED_WORDS}")
    return script.replace(_EMBED_WORDS, for_script(own)).encode()

"""The pages' files (scripts, styles, pictures): read once, packed once, kept by browsers for good.

Their address holds a digest of them all: a changed file has a new address, and modules import each other by
relative names as they are.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content_type: str
    plain: bytes
    packed: bytes


@cache
def page_assets() -> Assets:
    """The files of our pages, read and packed once for all of them."""
    return Assets()


class Assets:
    """All files of the pages. Raises OSError when the folder cannot be read."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._files: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.iterdir()):
            if content_type := _TYPES.get(path.suffix):
                content = path.read_bytes()
                digest.update(path.name.encode() + b"\0" + content)
                self._files[path.name] = Asset(content_type, content, gzip.compress(content, mtime=0))
        self.digest = digest.hexdigest()[:16]

    @property
    def base(self) -> str:
        """The address below which the files are."""
        return f"/static/{self.digest}"

    @property
    def modules(self) -> tuple[str, ...]:
        """The names of the chat page's scripts, so that it can ask for them at once."""
        others = ("embed", "desk")
        return tuple(name for name in self._files if name.endswith(".js") and not name.startswith(others))

    def text(self, name: str) -> str:
        """A file's text. Raises KeyError."""
        return self._files[name].plain.decode()

    async def get(self, request: web.Request) -> web.Response:
        """``GET /static/DIGEST/NAME``."""
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        # During an update one copy of the service may be asked for what another copy's page names.
        current = request.match_info["digest"] == self.digest
        headers = {
            "Cache-Control": _FOR_GOOD if current else "no-cache",
            "Content-Type": asset.content_type,
            "Cross-Origin-Resource-Policy": "cross-origin",  # the mark stands in other sites, too
            "Vary": "Accept-Encoding",
        }
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=asset.plain, headers=headers)

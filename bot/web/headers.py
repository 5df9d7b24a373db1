"""The headers that every answer carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot.web.keys import REQUEST_ID

# A page that has a policy of its own sets it first; this one is for everything that is no page.
_NO_PAGE: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS: Final = {
    "Content-Security-Policy": _NO_PAGE,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_policy(frame_ancestors: Sequence[str]) -> str:
    """A page's policy: everything from this site, nothing inline, markup only built node by node."""
    framing = " ".join(frame_ancestors) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
        f"frame-ancestors {framing}"
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Adds what is missing, just before an answer is sent."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "yuanwen"
    response.headers["X-Request-ID"] = request.get(REQUEST_ID, "-")

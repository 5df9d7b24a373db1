"""Which language a page starts in."""

from __future__ import annotations

from aiohttp import web

from bot.domain.text import Language


def page_language(request: web.Request) -> Language:
    """``?lang=``, else the first of ours that the browser wants, else Chinese."""
    asked = request.query.get("lang", "")
    if asked in tuple(Language):
        return Language(asked)
    wanted = sorted(_wishes(request.headers.get("Accept-Language", "")), reverse=True)
    return wanted[0][2] if wanted else Language.ZH


def _wishes(header: str) -> list[tuple[float, int, Language]]:
    """(weight, minus position, language) of each of our languages named in ``Accept-Language``."""
    found = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        name = tag.partition("-")[0].lower()
        if name in tuple(Language):
            found.append((_weight(rest), -position, Language(name)))
    return [wish for wish in found if wish[0] > 0]


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q="))
    except ValueError:
        return 1.0

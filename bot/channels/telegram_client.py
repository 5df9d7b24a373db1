"""The Bot API client: python-telegram-bot's, with time limits of ours and without a word in the log.

Every address of the Bot API holds the token, and the library's debug log holds what people wrote.
"""

from __future__ import annotations

import logging
import os
from typing import Final
from urllib.parse import urlsplit

from telegram import Bot
from telegram.request import HTTPXRequest

READ: Final = 15.0  # seconds for an answer; a send that takes longer counts as of unknown end
CONNECT: Final = 5.0
WRITE: Final = 5.0
POOL: Final = 2.0
CONNECTIONS: Final = 48  # sends at once, presses answered and typing shown beside them

_SILENT: Final = ("httpx", "httpcore", "telegram")


def make_client(token: str, api_url: str) -> Bot:
    """A client that has not spoken yet. ``api_url``: the base of the Bot API, such as ``https://api.telegram.org/bot``."""
    # The library's own way to choose the type of waiting times that its next version has; the other one warns.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    base = api_url.rstrip("/")
    local = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
    return Bot(
        token,
        base_url=base,
        base_file_url=f"{base.removesuffix('/bot')}/file/bot",
        request=_request(CONNECTIONS, through_proxy=not local),
        get_updates_request=_request(1, through_proxy=not local),
    )


def _request(connections: int, *, through_proxy: bool) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=READ,
        write_timeout=WRITE,
        connect_timeout=CONNECT,
        pool_timeout=POOL,
        httpx_kwargs={"trust_env": through_proxy},
    )

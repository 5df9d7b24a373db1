"""What an error of a send means for the message: not delivered, perhaps delivered, or never to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.ports import Sent

_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Nobody is there (any more) to read it, or we may not write: no try will change that, for this message or the next.
_NOBODY: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "not enough rights",
    "have no rights to send",
    "chat_write_forbidden",
    "group chat was deactivated",
    "thread not found",
    "topic_closed",
    "topic_deleted",
)


def how_it_ended(error: TelegramError) -> Sent:
    """The end of a send that raised ``error``. A server that reports a fault of its own has delivered nothing."""
    why = kind_of(error)
    match error:
        case RetryAfter():
            return Sent("flooded", seconds_of(error), why)
        case Forbidden():
            return Sent("unreachable", why=why)
        case BadRequest():
            return Sent("unreachable" if nobody_there(error) else "refused", why=why)
        case InvalidToken():
            return Sent("later", 60.0, "the token is refused")
        case NetworkError() if isinstance(error.__cause__, httpx.HTTPError):
            return Sent("later" if isinstance(error.__cause__, _NOT_SENT) else "unknown", why=why)
        case NetworkError():
            return Sent("later", why=why)
        case _:
            return Sent("unknown", why=why)


def nobody_there(error: BadRequest) -> bool:
    """True when a refusal is about the person or the chat, not about the message."""
    return is_about(error, _NOBODY)


def is_about(error: BadRequest, reasons: Sequence[str]) -> bool:
    """True when Telegram's words hold one of the reasons (in small letters)."""
    return any(reason in error.message.lower() for reason in reasons)


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def kind_of(error: TelegramError) -> str:
    """The kind of error, with Telegram's own words when it is an answer of Telegram's (ours may hold the address)."""
    answered = not isinstance(error.__cause__, httpx.HTTPError)
    said = " ".join(error.message.split())[:200] if answered else type(error.__cause__).__name__
    return f"{type(error).__name__}: {said}"

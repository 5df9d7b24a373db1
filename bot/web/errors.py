"""Errors over HTTP: ``{"error": {"code", "message"}}``, with one of a closed set of statuses; nothing leaks.

What is not expected becomes a 503 with a set text; the log gets the kind of error and where it happened,
not its words: they can hold what a person wrote.
"""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain import errors as domain
from bot.web.keys import REQUEST_ID

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApiError(Exception):
    """An answer that is an error. ``retry_after`` in seconds."""

    def __init__(self, status: int, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class Malformed(ApiError):
    """400: the request is wrong; ``field`` is named in the message."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(400, "invalid_request", f"{field}: {problem}")


class TooMany(ApiError):
    """429: the same again, later."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            429, "too_many_requests", "too many requests; please wait a moment and try again", retry_after
        )


def error_response(error: ApiError) -> web.Response:
    """The JSON form of an error."""
    response = web.json_response(
        {"error": {"code": error.code, "message": error.message}}, status=error.status
    )
    response.headers["Cache-Control"] = "no-store"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into an answer of the public form."""
    try:
        return await handler(request)
    except ApiError as error:
        return error_response(error)
    except web.HTTPException as error:
        return _of_http(error)
    except domain.YuanwenError as error:
        return error_response(_of_domain(error))
    except ConnectionError:
        raise  # the other side has gone: there is nobody to answer
    except Exception as error:  # noqa: BLE001 - logged, and answered in the set form
        report(request, error)
        return error_response(_unavailable())


def _of_http(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    if error.status == 413:
        return error_response(ApiError(413, "too_large", "the body is larger than 64 KiB"))
    if error.status in (404, 405):
        return error_response(ApiError(404, "not_found", "there is nothing at this address for this method"))
    if error.status < 500:
        return error_response(ApiError(400, "invalid_request", "the request cannot be read"))
    return error_response(_unavailable())


def _of_domain(error: domain.YuanwenError) -> ApiError:
    match error:
        case domain.InvalidInput():
            return ApiError(400, "invalid_request", "the input is not valid")
        case domain.Refused():
            return ApiError(403, "forbidden", "not allowed")
        case domain.NotFound():
            return ApiError(404, "not_found", "there is no such thing (any more)")
        case domain.Conflict():
            return ApiError(409, "conflict", "changed by somebody else at the same time; please try again")
        case _:
            return _unavailable()


def _unavailable() -> ApiError:
    return ApiError(503, "unavailable", "the service cannot answer just now; please try again", retry_after=2)


def report(request: web.Request, error: Exception) -> None:
    """Logs an unexpected error: its kind and where it came from, not its words."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
    kind = type(error).__name__
    log.error("request %s failed: %s at %s", request.get(REQUEST_ID, "-"), kind, " < ".join(reversed(places)))

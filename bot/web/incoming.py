"""Reads what comes in over HTTP into values, or raises Malformed naming the field."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.domain.messages import Inbound
from bot.domain.text import Language
from bot.web.errors import Malformed
from bot.web.keys import CONVERSATION

CHANNEL = "web"
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_LARGEST_SEQ = 2**53 - 1  # the largest whole number that a page's number type holds exactly


@dataclass(frozen=True, slots=True)
class Sent:
    """One posted message: ``id`` as the sender knows it, and the message for the assistant."""

    id: str
    inbound: Inbound


def conversation_of(request: web.Request) -> str:
    """The conversation's id from the address."""
    identifier = request.match_info["id"]
    if not _CONVERSATION.fullmatch(identifier):
        raise Malformed("conversation id", "8 to 64 letters, digits, '_' or '-'")
    request[CONVERSATION] = identifier
    return identifier


async def read_message(request: web.Request, conversation: str) -> Sent:
    """The posted message."""
    body = _json_object(await request.read())
    text = _text(body.get("text"))
    identifier = _message_id(body.get("message_id"))
    # Two conversations may well use the same message id: it counts within its conversation only.
    inbound = Inbound(
        CHANNEL, f"{conversation}:{identifier}", conversation, text, _language(body.get("lang"))
    )
    return Sent(identifier, inbound)


def posted_id(external_id: str, conversation: str) -> str:
    """A message's id as its sender knows it."""
    return external_id.removeprefix(f"{conversation}:")


def last_seen(request: web.Request) -> int:
    """The number of the last event that the reader has: ``Last-Event-ID``, else ``after``, else 0."""
    if (header := request.headers.get("Last-Event-ID", "").strip()) and _is_seq(header):
        return int(header)
    after = request.query.get("after", "0")
    if not _is_seq(after):
        raise Malformed("after", "a whole number from 0")
    return int(after)


def _is_seq(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= _LARGEST_SEQ


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"))
    except (
        ValueError,
        RecursionError,
    ) as error:  # not UTF-8, not JSON, a number or a depth beyond all measure
        raise Malformed("body", "not valid JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Malformed("body", "a JSON object is expected")
    return value


def _text(value: object) -> str:
    if value is None:
        raise Malformed("text", "is required")
    if not isinstance(value, str):
        raise Malformed("text", "must be a string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("text", "half of a surrogate pair is no text") from error
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL holds no zero character


def _language(value: object) -> Language | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in tuple(Language):
        raise Malformed("lang", "must be 'zh' or 'en'")
    return Language(value)


def _message_id(value: object) -> str:
    if value is None:
        return uuid.uuid4().hex
    if not isinstance(value, str) or not _MESSAGE_ID.fullmatch(value):
        raise Malformed("message_id", "must be a string of 1 to 100 letters, digits, '_', '-', '.' or ':'")
    return value

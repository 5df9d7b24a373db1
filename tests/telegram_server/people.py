"""What people do, as updates: they write, press, send pictures, in private and in groups."""

from __future__ import annotations

import re
import time
from typing import Any

BOT = {"id": 42, "is_bot": True, "first_name": "Yuanwen", "username": "yuanwen_test_bot"}
_COMMAND = re.compile(r"^/[a-z_]+(@\w+)?")
_MENTION = re.compile(r"(?<!\w)@\w{5,}")


def person(number: int, language: str = "zh-hans") -> dict[str, Any]:
    """A user, whose private chat has the same number."""
    return {"id": number, "is_bot": False, "first_name": f"Person {number}", "language_code": language}


def private(number: int) -> dict[str, Any]:
    """The private chat with a person."""
    return {"id": number, "type": "private", "first_name": f"Person {number}"}


def group(number: int, *, forum: bool = False) -> dict[str, Any]:
    """A group; its number is negative."""
    return {"id": number, "type": "supergroup", "title": "A group", **({"is_forum": True} if forum else {})}


def message(chat: dict[str, Any], sender: int, number: int, **content: Any) -> dict[str, Any]:
    """A message with its entities marked as Telegram marks them."""
    made = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person(sender), **content}
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(content.get(text), str) and (found := _entities(content[text])):
            made.setdefault(entities, found)
    return made


def _entities(text: str) -> list[dict[str, Any]]:
    found = [("mention", match) for match in _MENTION.finditer(text)]
    if command := _COMMAND.match(text):
        found = [("bot_command", command)] + [each for each in found if each[1].start() >= command.end()]
    return [
        {"type": kind, "offset": _units(text[: match.start()]), "length": _units(match[0])}
        for kind, match in found
    ]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def press(sender: int, identifier: str, value: str, under: dict[str, Any]) -> dict[str, Any]:
    """A press of a button under a message of the bot's."""
    return {
        "id": identifier,
        "from": person(sender),
        "message": under,
        "chat_instance": "1",
        "data": value,
    }

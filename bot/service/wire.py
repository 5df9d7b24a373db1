"""The public JSON form of a turn, the same for HTTP, the command line and the turn record."""

from __future__ import annotations

from typing import Any

from bot.domain.conversation import Mode
from bot.domain.messages import Attachment, Button, Outcome, Reply, SourceLine
from bot.domain.text import Language
from bot.domain.understanding import Source, Understanding
from bot.ports import TurnResult


def to_wire(result: TurnResult, message_id: str | None = None) -> dict[str, Any]:
    """A turn as JSON-ready values, in the public shape."""
    heard = result.understanding
    return {
        "id": message_id,
        "outcome": result.outcome.value,
        "lang": result.language.value,
        "mode": result.mode.value,
        "replies": [reply_to_wire(reply) for reply in result.replies],
        "records": list(result.records),
        "understanding": {
            "intent": heard.intent,
            "confidence": round(heard.confidence, 4),
            "model": heard.model,
            "source": heard.source.value,
        },
        "ms": round(result.ms, 1),
    }


def reply_to_wire(reply: Reply) -> dict[str, Any]:
    """One reply as JSON-ready values."""
    return {
        "text": reply.text,
        "buttons": [{"label": button.label, "value": button.value} for button in reply.buttons],
        "sources": [
            {"title": line.title, "article": line.article, "as_of": line.as_of, "checked": line.checked}
            for line in reply.sources
        ],
        "attachments": [
            {"name": file.name, "content_type": file.content_type, "url": file.url}
            for file in reply.attachments
        ],
    }


def from_wire(data: dict[str, Any]) -> TurnResult:
    """The turn that ``to_wire`` wrote (without traces), for answering a duplicate as before."""
    heard = data["understanding"]
    return TurnResult(
        outcome=Outcome(data["outcome"]),
        language=Language(data["lang"]),
        mode=Mode(data["mode"]),
        replies=tuple(reply_from_wire(reply) for reply in data["replies"]),
        records=tuple(data["records"]),
        understanding=Understanding(
            heard["intent"], heard["confidence"], Source(heard["source"]), heard.get("model")
        ),
        ms=data["ms"],
    )


def reply_from_wire(data: dict[str, Any]) -> Reply:
    """One reply from its JSON form."""
    return Reply(
        data["text"],
        tuple(Button(**button) for button in data["buttons"]),
        tuple(SourceLine(**line) for line in data["sources"]),
        tuple(Attachment(**file) for file in data["attachments"]),
    )

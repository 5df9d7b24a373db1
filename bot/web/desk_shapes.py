"""Cases, lines and who is there as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.handover import Case
from bot.domain.handover_times import ESCALATED
from bot.domain.text import Language
from bot.ports import Present
from bot.service.desk_setup import DeskSetup, visitor
from bot.service.desk_transcript import Line


def case_shape(setup: DeskSetup, case: Case, language: Language, now: datetime) -> dict[str, Any]:
    """A case. ``waiting``: seconds of working time since the person's first unanswered message, null when all is answered;
    ``ticking``: whether the office is open, so that the clock runs."""
    calendar = setup.calendar(case.office)
    since = case.waiting_since
    return {
        "id": case.id,
        "number": case.number,
        "visitor": visitor(setup, language, case.conversation_id),
        "state": case.state.value,
        "office": {"id": case.office, "name": setup.office_name(case.office)[language]},
        "reason": case.reason,
        "language": case.language.value,
        "question": case.question,
        "records": list(case.records),
        "opened_at": case.opened_at.isoformat(),
        "waiting_since": since.isoformat() if since else None,
        "waiting": round(calendar.worked(since, now).total_seconds()) if since else None,
        "ticking": calendar.is_open(now),
        "reminded": case.reminded,
        "escalated": case.reminded >= ESCALATED,
        "operator": {"id": case.operator, "name": case.operator_name} if case.operator else None,
        "rating": case.rating,
        "comment": case.comment,
    }


def line_shape(line: Line) -> dict[str, Any]:
    """A line of a conversation. ``seq`` of what was said, ``entry`` of what happened at the desk, null for the other one."""
    payload = line.payload
    return {
        "at": line.at.isoformat(),
        "speaker": line.speaker,
        "kind": line.kind,
        "text": line.text,
        "seq": line.seq or None,
        "entry": line.entry or None,
        "message_id": payload.get("message_id"),
        "edits": payload.get("edits"),
        "deleted": bool(payload.get("deleted")),
        "sources": payload.get("sources", []) if line.speaker != "desk" else [],
    }


def present_shape(present: Present) -> dict[str, Any]:
    """Somebody at the desk, and the conversation that is open before them."""
    return {"name": present.name, "id": present.operator, "case": _number(present.conversation_id)}


def suggestion_shape(suggestion: Any) -> dict[str, Any]:
    """A curated answer that can be sent."""
    return asdict(suggestion)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None

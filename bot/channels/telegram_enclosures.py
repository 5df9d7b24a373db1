"""What a message holds beside its text, as values: which file, of what kind, or which place. Pure; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from telegram import Message

from bot.domain.messages import Enclosure

Kind = Literal["photo", "voice", "video", "document", "sticker", "location", "contact", "other"]

# What a message can hold → what that is for us; the first that it holds counts (an animation is a document as well).
_CONTENTS: Final[Mapping[str, Kind]] = {
    "photo": "photo",
    "live_photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "sticker",
    "sticker": "sticker",
    "document": "document",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "dice": "sticker",
    "poll": "other",
    "story": "other",
    "paid_media": "other",
    "checklist": "other",
    "game": "other",
}


def enclosures_of(message: Message) -> tuple[Enclosure, ...]:
    """The one thing that a message holds beside its text, or nothing."""
    for name, kind in _CONTENTS.items():
        if content := getattr(message, name, None):
            return (_MADE.get(kind, _bare)(kind, content),)
    return ()


def _file(kind: Kind, content: Any) -> Enclosure:
    """A file; of a photo, which comes in several sizes, the largest."""
    file = content[-1] if isinstance(content, (tuple, list)) else content
    return Enclosure(
        kind,
        ref=getattr(file, "file_id", None) or "",
        name=(getattr(file, "file_name", None) or "")[:200],
        content_type=(getattr(file, "mime_type", None) or "")[:100],
        size=getattr(file, "file_size", None),
    )


def _place(kind: Kind, content: Any) -> Enclosure:
    where = getattr(content, "location", content)
    return Enclosure(kind, latitude=where.latitude, longitude=where.longitude)


def _bare(kind: Kind, content: Any) -> Enclosure:
    """Only that there was something: a contact is somebody else's personal data, and is not kept."""
    return Enclosure(kind)


_MADE: Final[Mapping[Kind, Callable[[Kind, Any], Enclosure]]] = {
    "photo": _file,
    "voice": _file,
    "video": _file,
    "document": _file,
    "sticker": _file,
    "location": _place,
}

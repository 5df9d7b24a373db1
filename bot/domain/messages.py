"""Messages in and out, as the core sees them. No channel's types, no markup."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.text import Audience, Language


class Outcome(StrEnum):
    """How a turn ended; the closed vocabulary of the public interface."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    ASK = "ask"
    NOT_KNOWN = "not_known"
    HANDOVER = "handover"
    REFUSED = "refused"
    SOCIAL = "social"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What a message holds beside its text. ``ref``: how its channel finds the file again; ``size`` in bytes.

    ``latitude`` and ``longitude`` (WGS 84, degrees) only where a place was sent.
    """

    kind: Literal["photo", "voice", "video", "document", "sticker", "location", "contact", "other"]
    ref: str = ""
    name: str = ""
    content_type: str = ""
    size: int | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from a person. (``channel``, ``external_id``) is unique: the same one is acted on once.

    ``sender``: who wrote it, as the channel knows them (in a group many write in one conversation). ``edits``: the external id
    of the earlier message that this one replaces. ``locale``: the language of the person's program, for when nothing else
    shows one. ``desk``: said by an operator, in the topic that ``conversation`` names, not by a person; ``name``: how that
    operator is called (of people no name is kept).
    """

    channel: str
    external_id: str
    conversation: str
    text: str
    language: Language | None = None
    audience: Audience = Audience.PUBLIC
    sender: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    edits: str = ""
    locale: Language | None = None
    desk: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered with a reply. ``value`` comes back as a message's text when it is pressed (53 bytes at most)."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as it is shown. ``article`` only when the citation was ``checked``; ``as_of`` is a date as written."""

    title: str
    as_of: str
    checked: bool
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a reply."""

    name: str
    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the person: plain text (no markup), buttons, sources, attachments."""

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    attachments: tuple[Attachment, ...] = ()

"""What an operator reads of a conversation: what was said by whom, and what happened at the desk, in the order of time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from bot.domain.catalogue import Catalogue
from bot.domain.handover import Case
from bot.domain.records import Ref
from bot.domain.text import Bilingual, Language
from bot.domain.zone_time import ZONE_TIME
from bot.ports import DeskEntry, OutboxMessage, UnitOfWork
from bot.service.desk_setup import DeskSetup, visitor

LONG: Final = 60  # things said, of which the last are shown
_PRESS: Final = re.compile(r"#[a-z]+(:|$)")
_SPEAKERS: Final = {"echo": "person", "reply": "bot", "operator": "operator"}

Speaker = Literal["person", "bot", "operator", "desk"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``seq`` of what was said, ``entry`` of what happened at the desk; 0 for the other kind.

    ``payload``: as it was stored; ``text``: as it is read.
    """

    at: datetime
    speaker: Speaker
    text: str
    kind: str
    payload: Mapping[str, Any]
    seq: int = 0
    entry: int = 0

    def place(self) -> tuple[datetime, bool, int, int]:
        """Sorts lines: what was said before what happened at the same time."""
        return self.at, self.seq == 0, self.seq, self.entry


def said_line(setup: DeskSetup, language: Language, message: OutboxMessage) -> Line | None:
    """What was said as a line; None for what is no speech."""
    speaker = _SPEAKERS.get(message.kind)
    if speaker is None:
        return None
    payload = message.payload
    if message.kind == "echo" and _PRESS.match(payload.get("text", "")):
        return None  # the press of a button: what it led to is shown
    parts = [
        setup.say(language, "enclosure", kind=each["kind"], name=each.get("name", ""))
        for each in payload.get("enclosures", ())
    ]
    words = " ".join(filter(None, [*parts, payload.get("text", "")]))
    if payload.get("edits"):
        words = setup.say(language, "edited", text=words)
    return Line(_when(payload.get("at")), speaker, words, message.kind, payload, seq=message.seq)  # type: ignore[arg-type]


def entry_line(setup: DeskSetup, language: Language, entry: DeskEntry, number: str) -> Line:
    """What happened at the desk as a line."""
    assert entry.at is not None
    values = {"number": number, "name": setup.say(language, "system"), "comment": "", "offices": ()}
    text = setup.say(language, f"entry_{entry.kind}", **{**values, **_with_names(entry.payload)})
    return Line(entry.at, "desk", text, entry.kind, entry.payload, entry=entry.id)


def _with_names(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Names of offices, stored in both languages, as the templates take them."""
    values = dict(payload)
    if "office" in values:
        values["office"] = Bilingual(**values["office"])
    if "offices" in values:
        values["offices"] = [Bilingual(**each) for each in values["offices"]]
    return values


async def transcript(
    work: UnitOfWork, setup: DeskSetup, case: Case, language: Language, length: int = LONG
) -> Sequence[Line]:
    """The last lines of a conversation, in order."""
    last = await work.desk.last_seq(case.conversation_id)
    messages = await work.outbox.after(case.conversation_id, max(0, last - length), length)
    entries = await work.desk.entries(case.conversation_id, 0)
    lines = [line for line in (said_line(setup, language, message) for message in messages) if line]
    lines += [entry_line(setup, language, entry, case.number) for entry in entries]
    return sorted(lines, key=Line.place)[-length:]


def printed(setup: DeskSetup, language: Language, line: Line) -> str:
    """A line with its time and speaker."""
    clock = f"{line.at.astimezone(ZONE_TIME):%H:%M}"
    if line.speaker == "desk":
        return f"{clock} · {line.text}"
    return f"{clock} {setup.say(language, f'who_{line.speaker}')}: {line.text}"


def sources_of(case: Case, catalogue: Catalogue, language: Language) -> list[str]:
    """The sources of the records that a case is about, each once."""
    found: dict[str, None] = {}
    for reference in case.records:
        if (record := catalogue.get(Ref.parse(reference))) is not None:
            found.update(
                (f"{source.title[language]} {source.date or ''}".strip(), None) for source in record.sources
            )
    return list(found)


def card(
    setup: DeskSetup, language: Language, case: Case, lines: Sequence[Line], sources: Sequence[str]
) -> str:
    """The card of a case as text."""
    return setup.say(
        language, "card", number=case.number, visitor=visitor(setup, language, case.conversation_id),
        speaks=case.language.value, office=setup.office_name(case.office), reason=case.reason,
        question=case.question, records=case.records, sources=sources,
        lines=[printed(setup, language, line) for line in lines],
    )  # fmt: skip


def _when(text: Any) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.fromtimestamp(0, ZONE_TIME)

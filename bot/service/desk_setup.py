"""What the operators' desk is made with: offices and their time, words, the groups that it uses, who can see the queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.wording import Wording
from bot.domain.handover import Case
from bot.domain.offices import Calendar, Days, Offices
from bot.domain.text import Bilingual, Language
from bot.ports import UnitOfWork

Watched = Callable[[UnitOfWork], Awaitable[bool]]


async def nobody(work: UnitOfWork) -> bool:
    """There is no operator."""
    return False


@dataclass(frozen=True, slots=True)
class DeskSetup:
    """``chats``: the desk's Telegram groups. ``operators``: whether there is any operator who can sign in to the web desk."""

    offices: Offices
    days: Days
    wording: Wording
    chats: tuple[int, ...] = ()
    operators: Watched = field(default=nobody)

    async def watched(self, work: UnitOfWork) -> bool:
        """Whether anybody can see the queue: else nobody may be told that they are in it."""
        return bool(self.chats) or await self.operators(work)

    def calendar(self, office: str) -> Calendar:
        """The time of an office."""
        return Calendar(self.offices.shifts(office), self.days)

    def office_name(self, office: str) -> Bilingual:
        """How people know an office; its id where the office is gone."""
        found = self.offices.get(office)
        return found.name if found else Bilingual(office, office)

    def say(self, language: Language, block: str, **values: Any) -> str:
        """The words of a block of ``desk.j2``."""
        return self.wording.say(language, "desk", block, **values)

    def tell(self, case: Case, block: str, **values: Any) -> str:
        """Words to the person of a case, in their language."""
        return self.say(
            case.language, block, number=case.number, office=self.office_name(case.office), **values
        )


def visitor(setup: DeskSetup, language: Language, conversation_id: str) -> str:
    """The pseudonym of a person: it tells nothing about them, and stays the same in a conversation."""
    return setup.say(language, "visitor", name=conversation_id[-4:].upper())

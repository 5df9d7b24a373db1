"""What the channel needs of the whole, with an assistant of set answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.channels.telegram import Links
from bot.curation.template_files import read_templates
from bot.dialogue.wording import Wording
from bot.domain.errors import TryLater
from bot.ports import UnitOfWork, UnitsOfWork
from tests.fakes.clock import QuickClock
from tests.fakes.storing_assistant import StoringAssistant
from tests.fakes.unit_of_work import FakeUnitsOfWork

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


class MemoryUnits(FakeUnitsOfWork):
    """Storage in memory that is ``away`` when a test says so."""

    away = False

    def __call__(self, *, reading: bool = False) -> UnitOfWork:
        if self.away:
            raise TryLater("the database does not answer: try again in a moment")
        return super().__call__(reading=reading)


class Parts:
    """What the channel needs of the whole, over storage in memory or the given one."""

    def __init__(self, clock: QuickClock, units: UnitsOfWork | None = None) -> None:
        self.clock = clock
        self.memory = MemoryUnits(clock)
        self.units = units or self.memory
        self.wording = Wording(read_templates(KNOWLEDGE))
        self.assistant = StoringAssistant(self.units, clock)


@dataclass(frozen=True)
class ChannelSettings:
    """The settings that the channel needs."""

    telegram_token: SecretStr | None
    telegram_api_url: str
    telegram_webhook_secret: SecretStr | None = None
    desk_chats: tuple[int, ...] = ()
    public_url: str | None = None


LINKS = Links(b"a secret of the tests")

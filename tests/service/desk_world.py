"""An assistant with a desk over storage in memory, on a working morning in China."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.curation.office_files import read_offices
from bot.dialogue.mind import Mind
from bot.domain.handover import Case
from bot.domain.messages import Inbound
from bot.domain.text import Audience
from bot.domain.understanding import Source, Understanding
from bot.domain.zone_time import ZONE_TIME
from bot.planning.holidays import Holidays
from bot.ports import Nlu, OutboxMessage, TurnResult, UnitOfWork
from bot.service.assistant import ConversationService
from bot.service.desk_clock import DeskClock
from bot.service.desk_messages import DeskMessages, Front
from bot.service.desk_setup import DeskSetup
from bot.service.handle_message import MessageHandler
from bot.service.notices import Notices
from bot.service.operator_desk import Operator, OperatorDesk
from bot.service.reception import Reception
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import KNOWLEDGE, gazetteer, minds, wording

LI = Operator("li", "李工")
WANG = Operator("wang", "王工")


async def somebody(work: UnitOfWork) -> bool:
    """There is an operator."""
    return True


class Always:
    """Understands everything as one intent."""

    def __init__(self, intent: str) -> None:
        self._intent = intent

    async def parse(self, text: str) -> Understanding:
        return Understanding(self._intent, 0.95, Source.RASA)


class FixedMinds:
    """The knowledge folder, never switched."""

    def current(self, audience: Audience) -> Mind:
        return minds()[audience]


class DeskWorld:
    """``at``: when it begins, in China's time."""

    def __init__(
        self,
        at: datetime = datetime(2026, 11, 24, 9, tzinfo=ZONE_TIME),
        *,
        watched: bool = True,
        nlu: Nlu | None = None,
    ) -> None:
        self.clock = FakeClock(at)
        self.units = FakeUnitsOfWork(self.clock)
        self.notices = Notices()
        setup = DeskSetup(read_offices(KNOWLEDGE), Holidays.of(), wording())
        self.setup = replace(setup, operators=somebody) if watched else setup
        self.handler = MessageHandler(
            self.units, nlu or gazetteer(), FixedMinds(), wording(), self.clock, self.notices,
            people=Reception(self.setup),
        )  # fmt: skip
        self.desk = OperatorDesk(self.setup, self.units, self.clock, self.notices)
        front = Front(self.handler, DeskMessages(self.desk, self.units, self.clock))
        self.assistant = ConversationService(front, self.units, self.notices)
        self.time = DeskClock(self.setup, self.units, self.clock, self.notices)
        self.said_so_far = 0

    async def say(self, text: str, **rest: Any) -> TurnResult:
        """The person says something."""
        self.said_so_far += 1
        message = Inbound("web", f"m{self.said_so_far}", "conversation-1", text, **rest)
        return await self.assistant.handle(message)

    async def case(self) -> Case:
        """The conversation's newest case."""
        async with self.units(reading=True) as work:
            found = await work.conversations.find("web", "conversation-1")
            assert found
            case = await work.handovers.current(found)
        assert case is not None
        return case

    async def cases(self) -> int:
        return len(self.units.state.desk.cases)

    async def told(self, after: int = 0) -> list[OutboxMessage]:
        """What the person was told, and their own words."""
        return list(await self.assistant.events("web", "conversation-1", after))

    async def last(self, kind: str = "reply") -> dict[str, Any]:
        """The last thing of a kind that was said."""
        return [item.payload for item in await self.told() if item.kind == kind][-1]

    async def entries(self) -> list[str]:
        """What the operators were shown beside it, by kind."""
        return [entry.kind for entry in self.units.state.desk.entries]

    async def pass_minutes(self, minutes: float) -> None:
        """Time passes, and the clock's job is done at its end."""
        self.clock.advance(minutes * 60)
        await self.time()

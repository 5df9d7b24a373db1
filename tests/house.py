"""The whole assistant in memory, with people of the zone's own: for tests of who is told what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.app import build_minds
from bot.curation.language_files import read_lexicon
from bot.curation.soundness import problems_of
from bot.dialogue.mind import Mind
from bot.domain.cases import BoundaryCase, CaseFilter
from bot.domain.catalogue import KnowledgeSet, Revision
from bot.domain.contacts import Contact
from bot.domain.messages import Enclosure, Inbound
from bot.domain.staff import Role, StaffPerson
from bot.domain.text import Audience, Bilingual
from bot.planning.holidays import Holidays
from bot.ports import TurnResult
from bot.service.boundary_cases import BoundaryCases
from bot.service.drafts import DraftDesk
from bot.service.handle_message import MessageHandler
from bot.service.notices import Notices
from bot.service.recognise import StaffRecognition
from bot.service.staff_access import StaffAccess
from bot.service.staff_codes import Codes
from tests.fakes.clock import FakeClock
from tests.fakes.unit_of_work import FakeUnitsOfWork
from tests.minds import KNOWLEDGE, gazetteer, wording

UNSETTLED = "municipal-facilities-new-area"
DUTY = Contact(body="local-townships", post="duty", name="值班室甲", phone="0000-0001")
BASIS = Bilingual("职责会商纪要（2026年第3号）", "Minutes on responsibilities (2026, no. 3)")
BUILT: dict[tuple[int, date], tuple[KnowledgeSet, dict[Audience, Mind]]] = {}


class FakeRevisions:
    """Revisions in memory."""

    def __init__(self, knowledge: KnowledgeSet) -> None:
        self.all = [knowledge]

    async def active(self) -> Revision | None:
        return Revision(len(self.all), "digest", datetime(2026, 11, 24, tzinfo=UTC))

    async def load(self, number: int) -> KnowledgeSet:
        return self.all[number - 1]

    async def publish(self, knowledge: KnowledgeSet, note: str = "") -> Revision:
        self.all.append(knowledge)
        return Revision(len(self.all), note, datetime(2026, 11, 24, tzinfo=UTC))


class FakeMinds:
    """The newest revision, as it holds on a day."""

    def __init__(self, revisions: FakeRevisions, clock: FakeClock) -> None:
        self._revisions, self._clock = revisions, clock
        self.day: date | None = None

    def current(self, audience: Audience) -> Mind:
        day = self.day or self._clock.now().date()
        knowledge = self._revisions.all[-1]
        if (id(knowledge), day) not in BUILT:  # building takes seconds: shared by all tests of one knowledge
            revision = Revision(len(self._revisions.all), "digest", self._clock.now())
            contacts = {"local-townships": (DUTY,)}
            built = build_minds(knowledge, revision, read_lexicon(KNOWLEDGE), day, contacts)
            BUILT[id(knowledge), day] = (knowledge, built)
        return BUILT[id(knowledge), day][1][audience]


class Words:
    """Word lists as the understanding."""

    async def parse(self, text: str) -> Any:
        return gazetteer().understand(text)


@dataclass
class House:
    """Everything, in memory."""

    clock: FakeClock
    units: FakeUnitsOfWork
    access: StaffAccess
    minds: FakeMinds
    revisions: FakeRevisions
    cases: BoundaryCases
    drafts: DraftDesk
    handler: MessageHandler
    said: int = 0

    async def person(
        self, identifier: str, *offices: str, role: Role = Role.STAFF, chat: str = ""
    ) -> StaffPerson:
        person = StaffPerson(identifier, identifier, frozenset({role}), frozenset(offices), self.clock.now())
        await self.access.add("cli:t", person)
        if chat:
            code, _ = await self.access.invite("cli:t", identifier)
            await self.say(chat, f"/link {code}")
        return person

    async def say(self, chat: str, text: str, *enclosures: Enclosure) -> TurnResult:
        self.said += 1
        message = Inbound("telegram", f"m{self.said}", chat, text, enclosures=enclosures)
        return await self.handler.handle_message(message)

    async def heard(self, chat: str) -> list[str]:
        async with self.units(reading=True) as work:
            found = await work.conversations.find("telegram", chat)
            return [m.payload["text"] for m in await work.outbox.after(found, 0)] if found else []

    async def opened(self, chat: str = "100") -> BoundaryCase:
        """A case opened by whoever is linked to a chat."""
        await self.say(chat, "/who 路灯坏了 新划入")
        await self.say(chat, f"#k:n:{UNSETTLED}")
        await self.say(chat, "新划入片区的路灯坏了三盏，已问过镇街")
        async with self.units(reading=True) as work:
            return (await work.cases.listed(CaseFilter(), 9))[-1]


def make_house(knowledge: KnowledgeSet) -> House:
    """A house on one knowledge, with nobody in it."""
    clock = FakeClock()
    units = FakeUnitsOfWork(clock)
    codes = Codes(b"secret")
    access = StaffAccess(units, clock, codes)
    revisions = FakeRevisions(knowledge)
    minds = FakeMinds(revisions, clock)
    cases = BoundaryCases(units, clock, minds, wording(), codes, Holidays.of(), revisions)
    drafts = DraftDesk(units, clock, revisions, problems_of)
    staff = StaffRecognition(access, cases)
    handler = MessageHandler(units, Words(), minds, wording(), clock, Notices(), staff=staff)
    return House(clock, units, access, minds, revisions, cases, drafts, handler)


def texts(result: TurnResult) -> str:
    return "\n".join(reply.text for reply in result.replies)


def buttons(result: TurnResult) -> list[str]:
    return [button.value for reply in result.replies for button in reply.buttons]

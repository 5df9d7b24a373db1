"""The only wiring: builds every part from the settings, starts them in order, stops them in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Set
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import WallClock
from bot.curation.contacts import read_contacts
from bot.curation.language_files import read_lexicon
from bot.curation.office_files import read_offices
from bot.curation.template_files import read_templates
from bot.dialogue.asks import ask_in_words
from bot.dialogue.linking import build_index
from bot.dialogue.linking.forms import forms_of
from bot.dialogue.mind import Mind
from bot.dialogue.normal import normalise
from bot.dialogue.wording import Wording
from bot.documents.drawer import PlanDrawer
from bot.domain.catalogue import Catalogue, KnowledgeSet, Revision
from bot.domain.contacts import Contacts
from bot.domain.in_force import in_force, next_change
from bot.domain.lexicon import Lexicon
from bot.domain.records import Matter, ParkFact, Ref
from bot.domain.staff import Right
from bot.domain.text import Audience
from bot.domain.zone_time import local_day
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.models import fitting_model, rasa_python
from bot.nlu.rasa_client import RasaPool
from bot.nlu.supervisor import RasaCommand, RasaSupervisor
from bot.nlu.understanding import CachedNlu
from bot.planning.book import PlanningBook
from bot.planning.holidays import Holidays
from bot.ports import Clock, UnitOfWork, UnitsOfWork
from bot.service.assistant import ConversationService
from bot.service.boundary_cases import BoundaryCases, Convening
from bot.service.desk_clock import DeskClock
from bot.service.desk_messages import DeskMessages, Front
from bot.service.desk_setup import DeskSetup
from bot.service.handle_message import MessageHandler
from bot.service.housekeeping import Housekeeping, Job
from bot.service.limits import Limits
from bot.service.notices import Notices
from bot.service.operator_desk import OperatorDesk
from bot.service.plan_files import PlanFiles
from bot.service.plans import PlanService
from bot.service.reception import Reception
from bot.service.recognise import StaffRecognition
from bot.service.retention import Keep, Retention
from bot.service.staff_access import StaffAccess
from bot.service.staff_codes import Codes
from bot.service.suggestions import Suggestions
from bot.service.switch import SwitchWatch
from bot.service.take_up import TakeUp
from bot.settings import Settings
from bot.storage.catalogue_store import CatalogueStore
from bot.storage.database import open_database
from bot.storage.layout import is_current
from bot.storage.revision_watch import RevisionWatch
from bot.storage.unit_of_work import SqlUnitsOfWork

# Given the digests of the revisions that the database has: the knowledge to publish, or None when there is nothing new.
Seed = Callable[[Set[str]], KnowledgeSet | None]


class LiveMinds:
    """What the dialogue thinks with, built from the active revision and replaced when another one is switched to."""

    def __init__(self, watch: RevisionWatch[dict[Audience, Mind]]) -> None:
        self._watch = watch

    def current(self, audience: Audience) -> Mind:
        """The mind for an audience. Raises NotFound before the first revision is loaded."""
        return self._watch.current()[audience]


def build_minds(
    knowledge: KnowledgeSet,
    revision: Revision,
    lexicon: Lexicon,
    day: date | None = None,
    contacts: Contacts | None = None,
) -> dict[Audience, Mind]:
    """The minds of a revision as it holds on ``day``, one an audience, over one shared index. Pure; takes a moment.

    ``contacts`` are for staff only.
    """
    changes_on = next_change(knowledge, day) if day else None
    knowledge = in_force(knowledge, day) if day else knowledge
    places = [word for forms in lexicon.places.values() for word in forms]  # the place is decided by itself
    neutral = [normalise(word) for word in (*lexicon.neutral, *places)]
    synonyms = [[normalise(word) for word in group] for group in lexicon.synonyms]
    index = build_index(forms_of(knowledge), neutral, synonyms)
    subjects = {Ref.parse(member): subject.id for subject in knowledge.subjects for member in subject.members}
    by_place = {
        ref: record
        for ref, record in knowledge.records.items()
        if isinstance(record, Matter) and record.ask_location
    }
    families = subjects | {
        ref: "place:" + min(record.id, *record.counterpart) for ref, record in by_place.items()
    }
    asked = {
        ref: frozenset(filter(None, (ask_in_words(normalise(form), lexicon) for form in record.questions)))
        for ref, record in knowledge.records.items()
        if isinstance(record, ParkFact)
    }
    return {
        audience: Mind(
            Catalogue(knowledge, revision, audience),
            index,
            lexicon,
            subjects,
            families,
            frozenset(by_place),
            asked,
            _book(knowledge, revision, audience),
            changes_on=changes_on,
            contacts=(contacts or {}) if audience is Audience.STAFF else {},
        )
        for audience in Audience
    }


def _book(knowledge: KnowledgeSet, revision: Revision, audience: Audience) -> PlanningBook | None:
    """The rules of planning; None in revisions from before there were any."""
    return PlanningBook.of(knowledge, revision, audience) if knowledge.planning.rules else None


class LiveDays:
    """Which days are worked, by the active revision's planning rules and the official calendar."""

    def __init__(self, minds: LiveMinds) -> None:
        self._minds = minds

    def is_working(self, day: date) -> bool:
        """Of a year that is not known, whether it would be by the week alone."""
        return self._holidays().is_working(day)

    def is_known(self, year: int) -> bool:
        """Whether the official arrangement of a year is known."""
        return self._holidays().is_known(year)

    def _holidays(self) -> Holidays:
        book = self._minds.current(Audience.PUBLIC).book
        return book.holidays if book else Holidays.of()


def _desks(settings: Settings, wording: Wording, clock: Clock, minds: LiveMinds) -> DeskSetup:
    async def operators(work: UnitOfWork) -> bool:
        now = clock.now()
        people = await work.people.everybody()
        return any(person.active(now) and person.may(Right.CONVERSE) for person in people)

    offices = read_offices(settings.knowledge_dir)
    return DeskSetup(offices, LiveDays(minds), wording, settings.desk_chats, operators)


@dataclass(slots=True)
class Core:
    """The parts that every way in needs."""

    settings: Settings
    clock: Clock
    store: CatalogueStore
    units: UnitsOfWork
    watch: RevisionWatch[dict[Audience, Mind]]
    pool: RasaPool
    supervisor: RasaSupervisor | None
    wording: Wording
    assistant: ConversationService
    staff: StaffAccess
    cases: BoundaryCases
    notices: Notices
    desk: OperatorDesk
    desk_messages: DeskMessages
    suggestions: Suggestions
    plans: PlanService
    plan_files: PlanFiles
    jobs: list[Job] = field(default_factory=list)
    beside: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)

    def public_catalogue(self) -> Catalogue:
        """What the public may see, by the active revision."""
        return self.watch.current()[Audience.PUBLIC].catalogue

    async def keep_house(self) -> None:
        """Until cancelled: the jobs, shared with the other replicas, and what each replica does for itself."""
        async with asyncio.TaskGroup() as group:
            group.create_task(Housekeeping(self.jobs, self.units, self.clock).run())
            for work in self.beside:
                group.create_task(work())


@contextlib.asynccontextmanager
async def open_core(
    settings: Settings, database: str, seed: Seed | KnowledgeSet | None = None, day: date | None = None
) -> AsyncIterator[Core]:
    """Everything but the ways in, running: tables current, knowledge loaded, NLU starting.

    ``seed`` is published when it differs from every revision that the database has. ``day``: answers as of that day.
    Raises InvalidInput, NotFound or TryLater with one clear line.
    """
    clock = WallClock()
    lexicon = read_lexicon(settings.knowledge_dir)
    wording = Wording(read_templates(settings.knowledge_dir))
    await _migrate(database)
    async with contextlib.AsyncExitStack() as stack:
        engine = open_database(database)
        stack.push_async_callback(engine.dispose)
        store = CatalogueStore(engine, clock)
        await _publish(store, seed)
        contacts = read_contacts(settings.contacts_file)

        def build(knowledge: KnowledgeSet, revision: Revision) -> dict[Audience, Mind]:
            return build_minds(knowledge, revision, lexicon, day or local_day(clock.now()), contacts)

        def is_over(minds: dict[Audience, Mind]) -> bool:
            ends = minds[Audience.STAFF].changes_on
            return day is None and ends is not None and local_day(clock.now()) >= ends

        watch = RevisionWatch(store, build, clock, every=1.0, stale=is_over)
        await watch.refresh()
        session = await stack.enter_async_context(aiohttp.ClientSession())
        pool = RasaPool(session, clock)
        supervisor = await _understanding(settings, pool, clock, stack)
        units = SqlUnitsOfWork(engine, clock)
        signals = engine.signals()
        notices = Notices(relay=signals.tell)
        nlu = CachedNlu(pool, Gazetteer(lexicon))
        switch = SwitchWatch(units, clock)
        await switch.refresh()
        minds, codes = LiveMinds(watch), Codes(secret_key(settings))
        staff = StaffAccess(units, clock, codes)
        convening = Convening(settings.case_office, settings.case_working_days)
        cases = BoundaryCases(units, clock, minds, wording, codes, Holidays.of(), store, convening)
        desks = _desks(settings, wording, clock, minds)
        desk = OperatorDesk(desks, units, clock, notices)
        desk_messages = DeskMessages(desk, units, clock)
        handler = MessageHandler(
            units, nlu, minds, wording, clock, notices, switch=switch, limits=_limits(settings),
            staff=StaffRecognition(staff, cases), people=Reception(desks),
        )  # fmt: skip
        front = Front(handler, desk_messages)
        assistant = ConversationService(front, units, notices)
        plans = PlanService(lambda: watch.current()[Audience.PUBLIC].book, units, clock)
        yield Core(
            settings, clock, store, units, watch, pool, supervisor, wording, assistant, staff, cases, notices, desk,
            desk_messages, Suggestions(nlu, LiveMinds(watch), wording, clock), plans,
            PlanFiles(plans, PlanDrawer(wording)),
            jobs=[
                Job("take up", 2, TakeUp(front, units, clock)),
                Job("cases", 900, cases),
                Job("desk clock", 2, DeskClock(desks, units, clock, notices)),
                Job("retention", 3600, Retention(_keep(settings), units, clock)),
                Job("tidy", 300, engine.tidy),
            ],
            beside=[switch.run, lambda: signals.run(notices.hear, notices.hear_all)],
        )  # fmt: skip


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.turns_at_once, settings.turns_waiting, settings.person_burst, settings.person_per_minute
    )


def _keep(settings: Settings) -> Keep:
    return Keep(
        settings.keep_inbox_days,
        settings.keep_outbox_days,
        settings.keep_transcripts_days,
        settings.keep_turns_days,
        settings.keep_plans_days,
    )


async def _migrate(database: str) -> None:
    if not await is_current(database):
        # Alembic takes longer to import than all else that starts.
        from bot.storage.migrate import upgrade_to_head

        await upgrade_to_head(database)


async def _publish(store: CatalogueStore, seed: Seed | KnowledgeSet | None) -> None:
    if callable(seed):
        known = {revision.digest for revision in await store.revisions()}
        seed = await asyncio.to_thread(seed, known)
    if seed is not None:
        await store.publish_if_new(seed, note="knowledge/")


async def _understanding(
    settings: Settings, pool: RasaPool, clock: Clock, stack: contextlib.AsyncExitStack
) -> RasaSupervisor | None:
    """The servers of the settings, or one of our own, watched. Without a model the gazetteer alone understands."""
    if settings.nlu_urls:
        pool.use(settings.nlu_urls)
        return None
    model, python = fitting_model(settings.rasa_dir), rasa_python(settings.rasa_dir)
    if not model.exists() or not python.exists():
        return None
    command = RasaCommand(python, settings.rasa_dir, model, settings.var_dir / "log" / "rasa.log")
    supervisor = RasaSupervisor(command, pool, clock, random.Random())
    supervisor.start()
    stack.push_async_callback(supervisor.stop)
    return supervisor


def secret_key(settings: Settings) -> bytes:
    """The key that signs sessions, codes and buttons: the setting, or one made once under var/ (readable by us only)."""
    import secrets

    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    path: Path = settings.var_dir / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip().encode()

"""The seams between the use cases and the world: Protocols only, in the words of the domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self, TypeVar

from bot.domain.conversation import Conversation, Mode
from bot.domain.decisions import Trace
from bot.domain.handover import Case
from bot.domain.messages import Inbound, Outcome, Reply
from bot.domain.plan import Plan
from bot.domain.text import Language
from bot.domain.understanding import Understanding
from bot.staff_ports import Asked, Cases, Drafts, Keys, People

# Channels whose people fetch what is said to them: nothing is sent there.
FETCHED: Final = frozenset({"web", "console"})


class Clock(Protocol):
    """The only way to the wall clock."""

    def now(self) -> datetime:
        """The time now, with time zone UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits; a fake clock returns when its time has been moved."""
        ...


class Nlu(Protocol):
    """Understands one text. Never raises: the last resort always answers."""

    async def parse(self, text: str) -> Understanding: ...


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn gave, exactly as every way in returns it. ``records`` as KIND/ID; ``ms`` is wall time."""

    outcome: Outcome
    language: Language
    mode: Mode
    replies: tuple[Reply, ...]
    records: tuple[str, ...]
    understanding: Understanding
    ms: float
    traces: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The inbox row. ``result`` is set when this message was decided before (a duplicate)."""

    inbound_id: int
    conversation_id: str
    result: TurnResult | None = None


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One thing to deliver, in order within its conversation. ``seq`` counts from 1 in each conversation.

    ``kind``: reply (the bot), operator (a person), mode (a change of who holds the conversation), echo (what the person said),
    event (what only the desk is shown).
    ``sent_as``: the channel's own ids of what was sent for it, one a part. A payload with ``edits`` replaces what was said in
    answer to the message of that external id: ``replaces`` holds what was sent then, part by part, when it is leased.
    When leased: ``to`` is whom it is for (the conversation's external id on its channel), ``repeat`` that an earlier send of
    it ended nobody knows how, so that the person may have it already.
    """

    conversation_id: str
    kind: Literal["reply", "operator", "mode", "echo", "event"]
    payload: dict[str, Any]
    seq: int = 0
    id: int = 0
    channel: str = ""
    attempts: int = 0
    to: str = ""
    repeat: bool = False
    sent_as: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A message that could be sent now: the first of its conversation that is not done."""

    id: int
    conversation_id: str
    to: str
    due_at: datetime


# Which of the messages that could be sent are leased now, by id.
Choice = Callable[[Sequence[Due]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One decided turn, kept for the person's transcript and for explaining it later."""

    conversation_id: str
    inbound_id: int
    text: str
    at: datetime
    revision: int
    result: TurnResult


class Inbox(Protocol):
    """Messages accepted but not yet decided, and those decided before.

    ``decided`` raises Conflict for a message that was decided before: answer with the stored result instead.
    ``undecided`` (of a channel) and ``left`` (of all, accepted at ``since`` or before) list what a process that ended too early
    left behind, oldest first; ``read`` gives one by its number. What is stored is masked (``domain/privacy.py``).
    ``find`` gives the external id of the last message of a conversation whose id begins and ends so.
    """

    async def accept(self, message: Inbound, at: datetime) -> Accepted: ...
    async def decided(self, inbound_id: int, result: TurnResult) -> None: ...
    async def undecided(self, channel: str, limit: int) -> Sequence[Inbound]: ...
    async def left(self, since: datetime, limit: int) -> Sequence[Inbound]: ...
    async def read(self, inbound_id: int) -> Inbound | None: ...
    async def find(self, channel: str, conversation: str, beginning: str, ending: str) -> str | None: ...


class Conversations(Protocol):
    """Conversations, locked for the length of the unit of work.

    ``id_of`` begins the conversation when there is none; ``lock`` raises NotFound, ``save`` Conflict (read it again).
    ``at`` lists the conversations in a place, also those of its topics (``PLACE/TOPIC``); ``move`` gives one the same external
    id in another place, and False when there is one already.
    """

    async def id_of(self, channel: str, external_id: str) -> str: ...
    async def find(self, channel: str, external_id: str) -> str | None: ...
    async def at(self, channel: str, place: str) -> Sequence[str]: ...
    async def move(self, conversation_id: str, before: str, after: str) -> bool: ...
    async def lock(self, conversation_id: str) -> Conversation: ...
    async def save(self, conversation: Conversation) -> None: ...
    async def forget(self, conversation_id: str) -> None: ...


class Turns(Protocol):
    """Turn records, newest last."""

    async def add(self, turn: TurnRecord) -> None: ...
    async def recent(self, conversation_id: str, limit: int) -> Sequence[TurnRecord]: ...


class Outbox(Protocol):
    """Messages to deliver. Appending numbers them in their conversation.

    ``lease`` takes the first message of each conversation, or those that ``choose`` chooses among at most ``limit`` of them.
    A lease that ends unsettled makes the message a ``repeat`` for whoever leases it next; ``hold`` makes leases longer.
    ``settle`` with ``unknown`` and a ``due_at`` ends a lease unsettled at that time; without ``due_at`` it is the last word,
    and what follows goes on.

    ``park`` sets everything undelivered of a conversation aside, and what is appended to it from then on, until ``unpark``
    makes it due again, in order; what was said before ``since`` is then refused: it is too old to be of use.
    What is said on a channel whose people fetch it themselves (web, console) is ``sent`` from the start, and so is every echo.

    ``note`` keeps what was sent for a message so far; ``defer`` makes nothing that goes to a place due before a time;
    ``sent_since`` tells when and to whom something was sent, once a part, oldest first.
    """

    async def append(self, messages: Sequence[OutboxMessage]) -> Sequence[OutboxMessage]: ...
    async def after(self, conversation_id: str, seq: int, limit: int = 200) -> Sequence[OutboxMessage]: ...
    async def lease(
        self, channel: str, limit: int, until: datetime, now: datetime, choose: Choice | None = None
    ) -> Sequence[OutboxMessage]: ...
    async def note(self, message_id: int, sent_as: Sequence[str]) -> None: ...
    async def defer(self, channel: str, place: str, until: datetime) -> None: ...
    async def sent_since(self, channel: str, since: datetime) -> Sequence[tuple[datetime, str]]: ...
    async def hold(self, message_ids: Sequence[int], until: datetime) -> None: ...
    async def settle(
        self, message_id: int, state: str, due_at: datetime | None = None, sent_as: Sequence[str] = ()
    ) -> None: ...
    async def park(self, conversation_id: str) -> None: ...
    async def unpark(self, conversation_id: str, since: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What somebody did. ``actor``: who (a staff id, ``cli:NAME``, ``system``); ``action`` dotted, as ``switch.off``.

    ``subject``: the id of what it was done to. Nobody's personal data anywhere. ``id`` and ``at`` are set when it is stored.
    """

    actor: str
    action: str
    subject: str = ""
    why: str = ""
    at: datetime | None = None
    id: int = 0


class Audit(Protocol):
    """Who did what, when and why. Only ever added to: neither changed nor removed."""

    async def add(self, entry: AuditEntry) -> None: ...
    async def recent(self, limit: int, action: str = "") -> Sequence[AuditEntry]:
        """The last entries, newest first; with ``action`` those whose action begins with it."""
        ...


class Leases(Protocol):
    """Which replica does a job. Compare-and-set: of several that ask at once, one gets it."""

    async def take(self, name: str, holder: str, until: datetime, idle_since: datetime | None = None) -> bool:
        """True: ``holder`` has the job until then. False: somebody has it, or it was done after ``idle_since``."""
        ...

    async def keep(self, name: str, holder: str, until: datetime) -> bool:
        """Makes a lease longer; False when it is no longer ``holder``'s: stop."""
        ...

    async def done(self, name: str, holder: str) -> None:
        """The job is done now, and free."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """The job is free, and not done."""
        ...


@dataclass(frozen=True, slots=True)
class SwitchState:
    """Whether the assistant is switched off, why, by whom and since when."""

    off: bool = False
    reason: str = ""
    actor: str = ""
    at: datetime | None = None


Old = Literal["inbox", "outbox", "transcripts", "turns", "conversations", "plans"]


class Plans(Protocol):
    """Plans that were made, by their id (``Plan.id``). What is stored never changes: the same plan again is the same row."""

    async def add(self, plan: Plan, at: datetime) -> None: ...
    async def read(self, plan_id: str) -> Plan | None: ...


class Retention(Protocol):
    """Removes what is older than ``before``, at most ``limit`` rows; gives how many.

    ``transcripts``: the words of turns, which stay otherwise; ``conversations``: those of which nothing else is left.
    What is not decided or not delivered yet is never removed.
    """

    async def remove(self, kind: Old, before: datetime, limit: int) -> int: ...


class Switch(Protocol):
    """The switch that silences the assistant everywhere."""

    async def read(self) -> SwitchState: ...
    async def turn(self, state: SwitchState) -> None: ...


class Handovers(Protocol):
    """Cases: handovers to a person. At most one of a conversation's cases is open; the newest is the ``current`` one.

    ``save`` raises Conflict when somebody else saved first (compare-and-set). ``queue`` lists the open cases (of ``offices``, else
    of all), those that wait longest first, then the others; ``due`` those for which time makes something happen by ``now``.
    """

    async def open(self, case: Case) -> Case: ...
    async def get(self, case_id: int) -> Case: ...
    async def current(self, conversation_id: str) -> Case | None: ...
    async def save(self, case: Case) -> Case: ...
    async def queue(self, offices: Sequence[str] | None, limit: int) -> Sequence[Case]: ...
    async def recent(self, limit: int) -> Sequence[Case]: ...
    async def due(self, now: datetime, limit: int) -> Sequence[Case]: ...


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """What operators see of a conversation beside what was said in it: never shown to the person.

    ``kind``: a note, or what happened (claimed, transferred, reminded …). ``actor``: an operator's id, or ``system``. ``id``
    and ``at`` are set when it is stored; ids rise over all conversations.
    """

    conversation_id: str
    kind: str
    actor: str
    payload: dict[str, Any]
    at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """A conversation's topic in a group of the desk, and how far it has been filled.

    ``thread`` None: it is still to be made. ``last_seq``, ``last_entry``: what of the conversation, and of the desk's entries,
    stands in it. ``unwanted``: the person's words were erased, so it is to be deleted.
    """

    conversation_id: str
    chat: int
    thread: int | None = None
    last_seq: int = 0
    last_entry: int = 0
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """An operator at the web desk, and the conversation that is open before them."""

    operator: str
    name: str
    conversation_id: str
    seen_at: datetime


class Desk(Protocol):
    """What the operators' desks keep: their own entries, topics, who is there.

    ``unfilled_topics`` lists those that something is missing in, or that are to be deleted. ``put_post`` notes under which number
    a message stands in a topic, so that its edits can follow.
    """

    async def add(self, entry: DeskEntry) -> DeskEntry: ...
    async def entries(self, conversation_id: str, after: int, limit: int = 500) -> Sequence[DeskEntry]: ...
    async def put_topic(self, topic: Topic) -> None: ...
    async def topic(self, conversation_id: str, chat: int) -> Topic | None: ...
    async def topics_of(self, conversation_id: str) -> Sequence[Topic]: ...
    async def topic_at(self, chat: int, thread: int) -> Topic | None: ...
    async def unfilled_topics(self, limit: int) -> Sequence[Topic]: ...
    async def drop_topic(self, topic: Topic) -> None: ...
    async def last_seq(self, conversation_id: str) -> int: ...
    async def put_post(self, topic: Topic, seq: int, message: int) -> None: ...
    async def post(self, topic: Topic, seq: int) -> int | None: ...
    async def see(self, present: Present) -> None: ...
    async def present(self, since: datetime) -> Sequence[Present]: ...


class UnitOfWork(Protocol):
    """One transaction. Rolled back unless committed."""

    inbox: Inbox
    conversations: Conversations
    turns: Turns
    outbox: Outbox
    audit: Audit
    leases: Leases
    switch: Switch
    retention: Retention
    handovers: Handovers
    desk: Desk
    people: People
    keys: Keys
    plans: Plans
    cases: Cases
    drafts: Drafts
    asked: Asked

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    async def commit(self) -> None: ...


class UnitsOfWork(Protocol):
    """Begins transactions. ``reading``: nothing will be written, so nobody is waited for."""

    def __call__(self, *, reading: bool = False) -> UnitOfWork: ...


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` sends in any ``seconds`` seconds."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sent:
    """How one send ended.

    ``sent``, under the channel's own ``id``; ``later``: certainly not delivered, worth another try, after ``wait`` seconds when
    the channel says how long; ``flooded``: the same, and nothing else may be sent to that place until then; ``unknown``: it may
    have been delivered; ``refused``: this message never will be; ``unreachable``: nothing will be, to this conversation.
    """

    state: Literal["sent", "later", "flooded", "unknown", "refused", "unreachable"]
    wait: float | None = None
    why: str = ""
    id: str = ""


Part = TypeVar("Part")


class Sender(Protocol[Part]):
    """Brings messages to the people of one channel. A message may need several parts, sent one after the other."""

    @property
    def channel(self) -> str:
        """The channel's name, as conversations have it."""
        ...

    @property
    def overall(self) -> Sequence[Rate]:
        """The limits of all sends together."""
        ...

    def parts(self, message: OutboxMessage) -> Sequence[Part]:
        """What is sent for a message, in order; nothing for one that this channel does not show. Pure."""
        ...

    def limits(self, to: str) -> tuple[str, Sequence[Rate]]:
        """Whose limits a send to ``to`` counts against (people may share them), and these limits."""
        ...

    def rank(self, to: str) -> int:
        """Who goes first when not all can: the lower number."""
        ...

    async def send(self, to: str, part: Part) -> Sent:
        """Sends one part, once. Never raises."""
        ...


class Assistant(Protocol):
    """What every way in talks to: the use cases behind one conversation."""

    async def handle(self, message: Inbound) -> TurnResult:
        """Acts on a message once and returns the turn; the same external id again returns the same turn."""
        ...

    async def events(self, channel: str, conversation: str, after: int) -> Sequence[OutboxMessage]:
        """What was said to (and by) the person with ``seq`` above ``after``, in order."""
        ...

    async def wait(self, channel: str, conversation: str, after: int, seconds: float) -> bool:
        """True as soon as there may be something above ``after``; False when ``seconds`` have passed first."""
        ...


class Signals(Protocol):
    """Hints between replicas that something was said in a conversation. They may be lost: whoever waits looks by itself, too."""

    def tell(self, conversation_id: str, channel: str) -> None:
        """Tells the other replicas, in a moment; costs nothing here."""
        ...

    async def run(self, told: Callable[[str, str], None], missed: Callable[[], None]) -> None:
        """Hears the others until cancelled. ``missed``: some hints may have been lost."""
        ...


PlanFileKind = Literal["chart", "notice", "sheet", "calendar"]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """One file of a plan. ``name``: as the person sees it."""

    name: str
    content_type: str
    content: bytes


class Drawer(Protocol):
    """Draws the files of a plan. Takes a few hundred milliseconds, without waiting for anything: for a thread."""

    def draw(self, plan: Plan, kind: PlanFileKind, language: Language) -> PlanFile: ...


class Probe(Protocol):
    """Told when a message has come to a named point of its way. Does nothing, but in tests that end the process there."""

    def __call__(self, point: str) -> None: ...


def no_probe(point: str) -> None:
    """The probe of every day."""


class Files(Protocol):
    """Reads the files that attachments name."""

    async def read(self, url: str) -> bytes | None:
        """The content of the file at an address of ours; None when there is none (any more). Raises TryLater."""
        ...


class Readiness(Protocol):
    """What ``/readyz`` tells: each part's state in one word, and whether all that must be ready is."""

    async def check(self) -> tuple[bool, dict[str, Any]]: ...

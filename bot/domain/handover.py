"""Who holds a conversation: the states of a handover, what leads from one to another, and the handover itself as a value.

One table says everything that may happen; anything else raises. No storage, no clock, no wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from bot.domain.conversation import Mode
from bot.domain.errors import Conflict
from bot.domain.text import Language
from bot.domain.zone_time import ZONE_TIME

Reason = Literal["wish", "complaint", "misses", "sensitive", "unsettled", "error"]


class Event(StrEnum):
    """What can happen to a handover."""

    OFFER = "offer"  # a person is offered
    DECLINE = "decline"  # the person goes on with the bot
    ACCEPT = "accept"  # the person wants one, and the office is open
    ACCEPT_AFTER_HOURS = "accept_after_hours"  # … and it is not
    OPEN = "open"  # the office opens
    SHUT = "shut"  # the office closes, and nobody has taken it
    CLAIM = "claim"  # an operator takes it
    SAY = "say"  # the person says something
    REPLY = "reply"  # the operator does
    TRANSFER = "transfer"  # to another office's queue
    HAND_BACK = "hand_back"  # to the bot
    CANCEL = "cancel"  # the person waits no longer
    EXPIRE = "expire"  # nobody took it for a working day
    CLOSE = "close"
    RESUME = "resume"  # the person writes after the end


_WAITING: Final = (Mode.QUEUED, Mode.AFTER_HOURS)
_HELD: Final = (Mode.CLAIMED, Mode.WAITING_USER)


def _table() -> dict[tuple[Mode, Event], Mode]:
    table = {
        (Mode.BOT, Event.OFFER): Mode.OFFERED,
        (Mode.CLOSED, Event.OFFER): Mode.OFFERED,
        (Mode.EXPIRED, Event.OFFER): Mode.OFFERED,
        (Mode.OFFERED, Event.OFFER): Mode.OFFERED,
        (Mode.OFFERED, Event.DECLINE): Mode.BOT,
        (Mode.OFFERED, Event.ACCEPT): Mode.QUEUED,
        (Mode.OFFERED, Event.ACCEPT_AFTER_HOURS): Mode.AFTER_HOURS,
        (Mode.AFTER_HOURS, Event.OPEN): Mode.QUEUED,
        (Mode.QUEUED, Event.SHUT): Mode.AFTER_HOURS,
        (Mode.CLOSED, Event.RESUME): Mode.BOT,
        (Mode.EXPIRED, Event.RESUME): Mode.BOT,
        (Mode.EXPIRED, Event.CLAIM): Mode.CLAIMED,  # late, but somebody
    }
    for state in _WAITING:
        table |= {
            (state, Event.CLAIM): Mode.CLAIMED,
            (state, Event.SAY): state,
            (state, Event.TRANSFER): Mode.QUEUED,
            (state, Event.CANCEL): Mode.BOT,
            (state, Event.EXPIRE): Mode.EXPIRED,
            (state, Event.HAND_BACK): Mode.BOT,
            (state, Event.CLOSE): Mode.CLOSED,
        }
    for state in _HELD:
        table |= {
            (state, Event.SAY): Mode.CLAIMED,
            (state, Event.REPLY): Mode.WAITING_USER,
            (state, Event.TRANSFER): Mode.QUEUED,
            (state, Event.HAND_BACK): Mode.BOT,
            (state, Event.CLOSE): Mode.CLOSED,
        }
    return table


TRANSITIONS: Final[Mapping[tuple[Mode, Event], Mode]] = MappingProxyType(_table())
OPEN: Final = frozenset({*_WAITING, *_HELD})  # somebody still has to do with it
WAITING: Final = frozenset(_WAITING)
HELD: Final = frozenset(_HELD)  # a person has it, and the bot is silent
SILENT: Final = frozenset({Mode.QUEUED, *_HELD})  # the bot says nothing of its own


class NotAllowed(Conflict):
    """What was asked does not fit the state that the handover is in (any more)."""

    def __init__(self, state: Mode, event: Event) -> None:
        super().__init__(f"{event.value} is not possible: the conversation is {state.value}")
        self.state = state
        self.event = event


def after(state: Mode, event: Event) -> Mode:
    """The state after an event. Raises NotAllowed for what the table does not have."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise NotAllowed(state, event) from None


@dataclass(frozen=True, slots=True)
class Case:
    """One handover, from the moment that a person was asked for. ``version`` rises with every save (compare-and-set).

    ``question``: what the person asked when they were handed over; ``records`` (KIND/ID): what that was about. ``waiting_since``:
    when the person's first message that no operator has answered came, None when all are answered; the wait clock counts from there.
    ``reminded``: the working minutes of the last reminder. ``awaits``: what the person may still say about a case that is closed. ``due_at``: when time itself next makes something happen.
    """

    conversation_id: str
    state: Mode
    office: str
    reason: Reason
    language: Language
    opened_at: datetime
    question: str = ""
    records: tuple[str, ...] = ()
    id: int = 0
    waiting_since: datetime | None = None
    operator: str = ""
    operator_name: str = ""
    claimed_at: datetime | None = None
    operator_at: datetime | None = None  # the operator's last word
    person_at: datetime | None = None  # the person's last word
    reminded: int = 0
    nudged: bool = False
    closed_at: datetime | None = None
    rating: int | None = None
    comment: str = ""
    awaits: Literal["", "rating", "comment"] = ""
    due_at: datetime | None = None
    version: int = 0

    @property
    def number(self) -> str:
        """The case number that people are told: the day in China, and the running number."""
        return f"{self.opened_at.astimezone(ZONE_TIME):%Y%m%d}-{self.id:04d}"

    @property
    def mode(self) -> Mode:
        """What the conversation's mode is by this case: after its expiry the bot has it again."""
        return Mode.BOT if self.state is Mode.EXPIRED else self.state

    def on(self, event: Event) -> Case:
        """The same after an event. Raises NotAllowed."""
        return replace(self, state=after(self.state, event))

    def said(self, at: datetime) -> Case:
        """The person said something at ``at``: the first of what is unanswered starts the wait clock."""
        case = self.on(Event.SAY)
        return replace(case, person_at=at, waiting_since=self.waiting_since or at, nudged=False)

    def replied(self, at: datetime) -> Case:
        """The operator answered: the wait clock stops."""
        case = self.on(Event.REPLY)
        return replace(case, operator_at=at, waiting_since=None, reminded=0, nudged=False)

    def claimed(self, operator: str, name: str, at: datetime) -> Case:
        """An operator has it from now on. The clock goes on until they answer."""
        case = self.on(Event.CLAIM)
        return replace(
            case, operator=operator, operator_name=name, claimed_at=at, operator_at=at, closed_at=None
        )

    def transferred(self, office: str) -> Case:
        """In another office's queue; the wait clock belongs to the person and goes on, reminders begin anew."""
        return replace(self.on(Event.TRANSFER), office=office, operator="", operator_name="", reminded=0)

    def ended(self, event: Event, at: datetime) -> Case:
        """Closed, handed back, given up or expired: nothing is due any more."""
        return replace(self.on(event), closed_at=at, waiting_since=None, due_at=None)
